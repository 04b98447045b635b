"""The province hands lists down: taken over page by page, held when cut short on the way, and answered with receipts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.models import Alert
from exchange import tasks
from exchange.downflow import running
from exchange.models import ListBatch
from sanctions.models import ExternalListing
from tests.factories import lists as make
from tests.factories import subjects as people
from tests.support.peers import Peers, playing


@pytest.fixture
def peers(own_database: str, tmp_path: Path) -> Iterator[Peers]:
    with playing(tmp_path) as found:
        yield found


def handed_down(peers: Peers, rows: list[dict[str, Any]], **more: Any) -> None:
    given = {"source": "sc-credit", "list": "enforcement", "rows": rows, "as_of": clock.today().isoformat()}
    peers.control("province/list", **(given | more))


def taken_in() -> None:
    """Run the jobs: take over, work off, answer."""
    tasks.fetch_lists()
    running.sweep()
    tasks.fetch_lists()


def receipts(peers: Peers) -> list[list[str]]:
    return [[said["state"] for said in row["receipts"]] for row in peers.control("province/lists")["lists"]]


@pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")  # the sweep does what no worker took
def test_http_200_with_half_of_the_rows_ends_nothing(peers: Peers) -> None:
    rows = [make.row(f"H{place}", people.entity()) for place in range(10)]
    handed_down(peers, rows)
    taken_in()
    assert ExternalListing.objects.filter(ended_on=None).exclude(subject=None).count() == 10
    handed_down(peers, rows)
    peers.control("province/truncate", times=1)
    taken_in()
    held = ListBatch.objects.order_by("-pk")[0]
    assert (held.state, held.rows) == ("quarantined", 5)
    assert [row["code"] for row in held.findings] == ["LST-22", "LST-23", "LST-24"]
    peers.control("province/shrink", list="enforcement", share=0.5)  # whole, sealed, and half as long
    peers.control("province/spoil", list="enforcement")
    taken_in()
    assert ExternalListing.objects.filter(ended_on=None).count() == 10
    assert Alert.objects.filter(code="lists.quarantined", settled_on=None).count() == 3
    assert receipts(peers) == [["merged"], ["quarantined"], ["quarantined"], ["quarantined"]]
    handed_down(peers, [*rows[1:], make.row("H20")])
    handed_down(peers, rows, list="nobody")
    taken_in()
    assert receipts(peers) == [["merged"], *[["quarantined", "rejected"]] * 3, ["merged"], []]
    assert ExternalListing.objects.get(source_number="H0").ended_on == clock.today()
    assert Alert.objects.filter(code="lists.not_taken", ref="sc-credit/nobody").exists()
    peers.kill()
    counted = tasks.fetch_lists()
    assert counted is not None
    assert ListBatch.objects.count() == 5  # a province that is away is asked again; nothing is lost
