"""What the peers hold, in SQLite: the portal's public records, the platform's decisions, and what was asked."""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import UTC, datetime
from typing import Any

from tools.peers.sealing import canonical, day_digest, sm3

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    uid TEXT PRIMARY KEY, kind TEXT NOT NULL, decided_on TEXT NOT NULL, generation INTEGER NOT NULL,
    document TEXT, gone INTEGER NOT NULL DEFAULT 0, taken INTEGER NOT NULL DEFAULT 1, sent INTEGER NOT NULL DEFAULT 1,
    since TEXT NOT NULL, receipt TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS decision (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL, kind TEXT NOT NULL, decided_on TEXT NOT NULL,
    unit TEXT NOT NULL, fields TEXT NOT NULL, outcome TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
    UNIQUE (kind, uid));
CREATE TABLE IF NOT EXISTS asked (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, peer TEXT NOT NULL, what TEXT NOT NULL,
    fault TEXT NOT NULL, status INTEGER NOT NULL);
"""


def moment() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Answer(Exception):
    """An answer given from anywhere."""

    def __init__(self, status: int, content: Any) -> None:
        super().__init__(status)
        self.status, self.content = status, content


class Holding:
    """One connection and one lock: a peer that is slow on purpose needs no more."""

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        with self._lock:
            self._db.executescript(SCHEMA)

    def prepare(self, schema: str) -> None:
        """Make the tables of a further part of this program."""
        with self._lock:
            self._db.executescript(schema)

    def rows(self, statement: str, *given: Any) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(row) for row in self._db.execute(statement, given)]

    def do(self, statement: str, *given: Any) -> int:
        with self._lock, self._db:
            return self._db.execute(statement, given).rowcount

    # --- the portal ---

    def take(self, record: dict[str, Any]) -> dict[str, Any]:
        """Take one record or one removal; the same generation again changes nothing. Return its receipt."""
        uid, generation = str(record["uid"]), int(record["generation"])
        with self._lock:
            known = next(iter(self.rows("SELECT * FROM record WHERE uid = ?", uid)), None)
            receipt = known["receipt"] if known else f"R{sm3(f'{uid}/{generation}'.encode())[:20].upper()}"
            answer = {"uid": uid, "generation": generation, "code": "0000", "receipt": receipt}
            if known and generation <= known["generation"]:
                self.do("UPDATE record SET sent = sent + 1 WHERE uid = ?", uid)
                return {**answer, "message": "已有"}
            if record["op"] == "U":
                if sm3(canonical(record["document"])) != record.get("digest"):
                    return {"uid": uid, "generation": generation, "code": "E3001", "message": "内容与摘要不符"}
                document = json.dumps(record["document"], ensure_ascii=False)
            else:
                document = None
            self._put(known, record, document, receipt)
            if record["op"] == "U" and record.get("replaces"):
                self.do("UPDATE record SET gone = 1, document = NULL WHERE uid = ?", str(record["replaces"]))
            return {**answer, "message": "已接收" if record["op"] == "U" else "已撤下"}

    def _put(self, known: dict[str, Any] | None, record: dict[str, Any], document: str | None, receipt: str) -> None:
        given = (int(record["generation"]), document, int(document is None))
        if known:
            self.do(
                "UPDATE record SET generation = ?, document = ?, gone = ?, taken = taken + 1, sent = sent + 1"
                " WHERE uid = ?", *given, known["uid"],
            )  # fmt: skip
            return
        self.do(
            "INSERT INTO record (uid, kind, decided_on, generation, document, gone, since, receipt)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            str(record["uid"]), str(record["kind"]), str(record.get("decided_on") or ""), *given, moment(), receipt,
        )  # fmt: skip

    def public(self, kind: str, first: str, last: str) -> list[dict[str, Any]]:
        """Return what the portal shows of these days, with the digest of what it really holds."""
        rows = self.rows(
            "SELECT uid, decided_on, generation, document FROM record"
            " WHERE kind = ? AND NOT gone AND decided_on BETWEEN ? AND ?", kind, first, last,
        )  # fmt: skip
        return [{**row, "digest": sm3(canonical(json.loads(row.pop("document"))))} for row in rows]

    # --- the power platform ---

    def decisions(self, kind: str, first: str, last: str) -> list[dict[str, Any]]:
        rows = self.rows(
            "SELECT uid, decided_on, unit, fields, seq AS generation FROM decision"
            " WHERE kind = ? AND decided_on BETWEEN ? AND ?", kind, first, last,
        )  # fmt: skip
        return [{**row, "digest": sm3(canonical(json.loads(row.pop("fields"))))} for row in rows]

    def put_decision(self, row: dict[str, Any]) -> None:
        """Add a decision, or change one: then it is handed out again under a new number."""
        self.do("DELETE FROM decision WHERE kind = ? AND uid = ?", row["kind"], row["uid"])
        self.do(
            "INSERT INTO decision (uid, kind, decided_on, unit, fields) VALUES (?, ?, ?, ?, ?)",
            row["uid"], row["kind"], row["decided_on"], row["unit"], json.dumps(row["fields"], ensure_ascii=False),
        )  # fmt: skip

    def handed(self, seq: int, limit: int, uids: list[str]) -> list[dict[str, Any]]:
        """Return decisions after a number, in order, or those named."""
        columns = "SELECT seq, uid, kind, decided_on, unit, fields FROM decision"
        if uids:
            marks = ",".join("?" * len(uids))
            rows = self.rows(f"{columns} WHERE uid IN ({marks}) ORDER BY seq LIMIT ?", *uids, limit)
        else:
            rows = self.rows(f"{columns} WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit)
        for row in rows:
            row["fields"] = json.loads(row["fields"])
        return rows

    def counts(self, kind: str, first: str, last: str) -> list[dict[str, Any]]:
        """Return how many decisions each unit took per day."""
        return self.rows(
            "SELECT unit, decided_on, count(*) AS count FROM decision WHERE kind = ? AND decided_on BETWEEN ? AND ?"
            " GROUP BY unit, decided_on ORDER BY decided_on, unit", kind, first, last,
        )  # fmt: skip


def by_day(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return count and digest per day."""
    days: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        days.setdefault(row["decided_on"], []).append((row["uid"], row["digest"]))
    return [{"decided_on": day, "count": len(held), "digest": day_digest(held)} for day, held in sorted(days.items())]
