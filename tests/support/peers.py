"""The program that plays city portal, power platform and province, as a process of its own that tests may let fail and kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.test import override_settings

from tests.support.databases import CHECKOUT
from tests.support.sites import free_port
from tests.support.waiting import wait_until


@dataclass
class Peers:
    """The running program: its address, its file, and its controls."""

    port: int
    store: Path
    process: subprocess.Popen[bytes]
    more: Sequence[str] = ()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def control(self, what: str, **given: Any) -> Any:
        request = urllib.request.Request(
            f"{self.url}/control/{what}", json.dumps(given).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def province(self) -> dict[str, dict[str, Any]]:
        """Return what the province holds, by record."""
        return {row["rec_uid"]: row for row in self.control("province/state")["records"]}

    def fault(self, name: str, peer: str = "portal", **given: Any) -> None:
        self.control("fault", fault=name, peer=peer, **given)

    def records(self) -> dict[str, dict[str, Any]]:
        """Return what the portal holds, by record."""
        return {row["uid"]: row for row in self.control("state")["records"]}

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.control("state")
        return found

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/", timeout=5):
                return True
        except OSError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        self.process = _started(self.port, self.store, self.more)
        assert wait_until(self.answers, 60)


def _started(port: int, store: Path, more: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tools.peers", "--port", str(port), "--store", str(store), "--portal-key", "a key",
         "--power-key", "another", "--province-key", "a third", *more],
        cwd=CHECKOUT, env=os.environ | {"PYTHONPATH": str(CHECKOUT)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip


@contextmanager
def playing(folder: Path, *more: str) -> Iterator[Peers]:
    """Run the program, with further arguments, until the block ends; the settings point at it meanwhile."""
    port, store = free_port(), folder / "peers.sqlite"
    peers = Peers(port, store, _started(port, store, more), more)
    try:
        assert wait_until(peers.answers, 60)
        with override_settings(
            CITY_PORTAL_URL=f"{peers.url}/portal", CITY_PORTAL_KEY="a key",
            POWER_PLATFORM_URL=f"{peers.url}/power", POWER_PLATFORM_KEY="another", PEER_SECONDS=5, PUSH_ATTEMPTS=2,
            PROVINCE_URL=f"{peers.url}/province", PROVINCE_KEY="a third",
        ):  # fmt: skip
            yield peers
    finally:
        peers.kill()
