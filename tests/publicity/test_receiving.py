"""Decisions of the power platform come in once, through the same checks as files; what differs or fails is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.identifiers import make_uscc
from core.intake.running import sweep
from core.models import Alert
from core.models.intake import IntakeBatch
from organizations.models import Organization
from publicity.models import Difference, LedgerCount, Peer, Penalty, ReceivedDecision, Reconciliation
from publicity.permissions import MACHINES
from publicity.profiles import PENALTIES
from publicity.receiving import running
from publicity.services import adjusting
from tests.factories import organizations, subjects
from tests.support.peers import Peers, playing
from tests.support.workbench import signed_in

TODAY = date(2026, 6, 15)
DAY = date(2026, 6, 8)
TAKER = Actor.job("publicity.receive", MACHINES)
CODES = {column.field: column.code for column in PENALTIES.columns}


@pytest.fixture
def peers(own_database: str, tmp_path: Path) -> Iterator[Peers]:
    with clock.at(TODAY), playing(tmp_path) as found:
        yield found


@pytest.fixture
def unit(own_database: str) -> Organization:
    return organizations.make_unit(uscc=make_uscc("11", "510899", "MB1DEM12"))


def decided(unit: Organization, number: int, **changes: Any) -> dict[str, Any]:
    """Return a decision as the platform holds it."""
    subject = changes.pop("subject", None) or subjects.entity()
    fields = {
        "party_name": subject.name,
        "party": "法人及非法人组织",
        "uscc": subject.identifiers.get(type="uscc").value,
        "legal_representative": "示例人",
        "document_number": f"广示罚〔2026〕{number}号",
        "violation": "销售超过保质期的食品",
        "facts": "经查，当事人销售超过保质期的饮料",
        "basis": "《食品安全法》第一百二十四条",
        "kinds_text": "罚款",
        "content": "罚款 5000 元",
        "fine": "0.5",
        "decided_on": f"{DAY:%Y/%m/%d}",
        "valid_to": "2099/12/31",
        "authority_name": unit.name,
        "authority_code": unit.uscc,
        "source_name": unit.name,
        "source_code": unit.uscc,
    } | changes
    return {
        "uid": f"PW{number:06d}",
        "kind": "penalty",
        "decided_on": DAY.isoformat(),
        "unit": unit.uscc,
        "fields": {CODES[name]: value for name, value in fields.items()},
    }


def taken_in() -> None:
    """Run the jobs: take over, work the batches off, answer."""
    running.receive_once(actor=TAKER)
    sweep()
    running.receive_once(actor=TAKER)


def test_rcv01_rcv02_each_decision_comes_in_once_whatever_the_platform_does(peers: Peers, unit: Organization) -> None:
    rows = [decided(unit, number) for number in range(1, 4)]
    peers.control("decide", rows=rows)
    for fault in ("refuse", "error", "lose"):
        peers.fault(fault, peer="power")
        assert running.receive_once(actor=TAKER)["fault"] == 1
    assert Peer.objects.get().failing_since is not None
    taken_in()
    assert Penalty.objects.count() == 3
    assert IntakeBatch.objects.count() == 1
    record = Penalty.objects.order_by("batch_row")[0]
    assert (record.unit, record.state, record.document_number) == (unit, "reported", "广示罚〔2026〕1号")
    assert {row["outcome"] for row in peers.state()["decisions"]} == {"新增"}
    peers.control("decide", rows=rows[:1])  # handed out again, as it stands
    taken_in()
    assert IntakeBatch.objects.count() == 1
    office = organizations.make_actor("reviewer", unit)
    adjusting.set_scope(actor=office, record=record, scope="not_open", reason="涉及国家秘密")
    adjusting.rate(actor=office, record=record, severity="serious", reason="行业标准")
    rows[0]["fields"][CODES["facts"]] = "经查，当事人销售超过保质期的饮料 12 瓶"
    peers.control("decide", rows=rows[:1])
    taken_in()
    assert (IntakeBatch.objects.count(), Penalty.objects.count()) == (2, 4)
    again = Penalty.objects.filter(document_number="广示罚〔2026〕1号").order_by("-version")[0]
    assert (again.version, again.scope, again.scope_reason) == (
        2,
        "not_open",
        "涉及国家秘密",
    )  # what an officer said stays
    assert (again.severity, again.severity_by, again.last_public_day) == ("serious", "officer", date(2029, 6, 7))
    assert Peer.objects.get().failing_since is None


def test_rcv04_rcv05_what_differs_and_what_did_not_go_in_is_named(peers: Peers, unit: Organization) -> None:
    good, bad, lost, gone = (decided(unit, number) for number in range(1, 5))
    bad["fields"][CODES["fine"]] = ""
    stranger = decided(unit, 9) | {"unit": "11510899XXXXXXXXXX"}
    peers.control("decide", rows=[good, bad, lost, gone, stranger])
    taken_in()
    assert {row["uid"]: row["outcome"] for row in peers.state()["decisions"]} == {
        good["uid"]: "新增", bad["uid"]: "退回", lost["uid"]: "新增", gone["uid"]: "新增", stranger["uid"]: "",
    }  # fmt: skip
    assert Alert.objects.filter(code="publicity.receiving.stranger", settled_on__isnull=True).count() == 1
    ReceivedDecision.objects.filter(uid=lost["uid"]).delete()
    peers.control("drop-decision", uid=gone["uid"])
    running.compare_once(actor=TAKER)
    run = Reconciliation.objects.get()
    named = {(row.uid, row.what): row.done for row in run.rows.all()}
    what = Difference.What
    assert set(named) == {
        (lost["uid"], what.MISSING.value), (gone["uid"], what.EXTRA.value), (bad["uid"], what.NOT_IN.value),
        (stranger["uid"], what.MISSING.value), (stranger["uid"], what.NOT_IN.value), (lost["uid"], what.NOT_IN.value),
    }  # fmt: skip
    assert "V09" in named[bad["uid"], what.NOT_IN.value]
    page = signed_in(organizations.make_actor("office", "fgw")).get(
        reverse("admin:publicity_reconciliation_change", args=[run.public_id])
    )
    assert lost["uid"] in page.content.decode()
    taken_in()
    assert Penalty.objects.count() == 3  # taken over again, found unchanged
    assert ReceivedDecision.objects.get(uid=lost["uid"]).outcome == "="
    counted = LedgerCount.objects.get(unit=unit, kind="penalty", source="platform")
    assert (counted.on, counted.decisions) == (DAY, 3)


def test_a_platform_that_goes_back_in_its_order_is_a_fault(peers: Peers, unit: Organization) -> None:
    peers.control("decide", rows=[decided(unit, 1)])
    taken_in()
    assert Peer.objects.get().taken_to == 1
    assert running.receive_once(actor=TAKER)["received"] == 0
    assert Peer.objects.get().taken_to == 1
