"""The peer: Datasette over SQLite FTS5 with the trigram tokenizer, on the same names and codes."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from benchmarks.stage import environment, free_port, process


def build(target: Path, rows: Iterable[tuple[str, str, str]]) -> None:
    """Write name, former name and code of every subject into a table with a trigram index."""
    target.unlink(missing_ok=True)
    with sqlite3.connect(target) as database:
        database.execute("CREATE TABLE subjects (id INTEGER PRIMARY KEY, name TEXT, former TEXT, code TEXT)")
        database.executemany("INSERT INTO subjects (name, former, code) VALUES (?, ?, ?)", rows)
        database.execute(
            "CREATE VIRTUAL TABLE subjects_fts USING fts5 (name, former, code, tokenize='trigram', content='subjects',"
            " content_rowid='id')"
        )
        database.execute("INSERT INTO subjects_fts (subjects_fts) VALUES ('rebuild')")
        database.execute("INSERT INTO subjects_fts (subjects_fts) VALUES ('optimize')")
    database.close()


def path_of(q: str, database: str) -> str:
    """Return the question as Datasette takes it, without its count, facets and suggestions, which cost it time."""
    return f"/{database}/subjects.json?_search={quote(q)}&_size=20&_nocount=1&_nofacet=1&_shape=array"


def search_path(q: str, form: str, database: str = "peer") -> str:
    """Return its search as a page (form "") or as JSON (".json"), without what costs it time."""
    return f"/{database}/subjects{form}?_search={quote(q)}&_size=20&_nocount=1&_nofacet=1&_nosuggest=1"


def row_path(number: int, form: str, database: str = "peer") -> str:
    """Return the address of one row, as a page or as JSON."""
    return f"/{database}/subjects/{number}{form}"


@contextmanager
def served(target: Path) -> Iterator[str]:
    """Serve the file with Datasette, immutable, which is its fastest; gives the address."""
    port = free_port()
    command = [sys.executable, "-m", "datasette", "serve", "-i", str(target), "-h", "127.0.0.1", "-p", str(port)]
    env = environment("xinyong") | {"PYTHONPATH": ""}
    with process(command, f"http://127.0.0.1:{port}/-/versions.json", env, seconds=180):
        yield f"http://127.0.0.1:{port}"
