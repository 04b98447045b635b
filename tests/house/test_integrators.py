"""docs/integrators.md as a new user reads it: every block run, in order, against a served site; its numbers are the settings'."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from core.api.retiring import NOTICE_DAYS
from core.intake.running import sweep
from credit_platform.settings import api
from organizations.scopes import known_scopes
from sanctions.embedding.origins import register_origin
from sanctions.models import CheckFeedback
from tests.factories import sanctions as make
from tests.factories.clients import system
from tests.factories.organizations import KEEPER
from tests.support.sites import Site

GUIDE = (settings.BASE_DIR / "docs" / "integrators.md").read_text("utf-8")
KEPT = ("PATH", "HOME", "LANG")
DEMO_CODE = "91510899MA01001X4M"


def blocks(language: str, guide: str) -> str:
    """Return all blocks of a language as one program: a later one builds on what came before."""
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```", guide, re.MULTILINE | re.DOTALL))


@contextmanager
def worker() -> Iterator[None]:
    """Work off what is handed in, as a worker beside the site does."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.2):
            sweep()
        connections.close_all()

    beside = threading.Thread(target=work)
    beside.start()
    try:
        yield
    finally:
        over.set()
        beside.join()


def test_the_guide_runs_line_by_line(live_site: Site, tmp_path: Path) -> None:
    listed = make.listing()  # as the company that the guide asks about is in the demo city
    code = listed.subject.identifiers.get(type="uscc").value
    guide = GUIDE.replace(DEMO_CODE, code)
    assert code in guide
    mine = system("zjj", scopes=list(known_scopes()))
    register_origin(actor=KEEPER, client=mine.row, origin="https://approval.example")
    given = {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "SITE": live_site.url,
        "CLIENT_ID": mine.row.client_id,
        "CLIENT_SECRET": mine.secret,
        "PYTHONUTF8": "1",
    }
    missing = [tool for tool in ("bash", "curl", "openssl") if shutil.which(tool) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"this machine has no {', '.join(missing)}")
    with worker():
        _run_both(guide, given, tmp_path)
    told = CheckFeedback.objects.get()
    assert (told.decision, told.task.listing, told.task.state) == ("restricted", listed, "applied")


def _run_both(guide: str, given: dict[str, str], tmp_path: Path) -> None:
    for command in (
        ["bash", "-euxo", "pipefail", "-c", blocks("bash", guide)],
        [sys.executable, "-c", blocks("python", guide)],
    ):
        done = subprocess.run(
            command, cwd=tmp_path, env=given, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"


def test_the_guide_quotes_the_numbers_of_the_settings() -> None:
    told = dict(re.findall(r"^\| `(\w+)`[^|]*\| (\d+/\d+) \|$", GUIDE, re.MULTILINE))
    assert told == {door: api.RATE_LIMITS[door] for door in told}
    assert len(told) == 5
    assert f"{api.CLIENT_LOG_DAYS} days" in GUIDE
    assert f"{NOTICE_DAYS} days" in GUIDE
