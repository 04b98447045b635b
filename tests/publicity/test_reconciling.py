"""Both sides are compared by digest: what differs on either side is counted, named by row, and mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from core import clock
from core.actors import Actor, acting
from core.models import Alert
from publicity.models import Difference, Penalty, Push, Reconciliation
from publicity.push import comparing, reconciling, running
from publicity.push.enrolling import enrol
from publicity.push.sealing import canonical, day_digest, digest_of, sm3
from publicity.selectors import public_document
from tests.factories import organizations
from tests.support.peers import Peers, playing
from tests.support.pushing import DAY, PUSHER, peer, published, pushed, states
from tests.support.workbench import signed_in
from tools.peers import sealing as theirs

TODAY = date(2026, 6, 15)


@pytest.fixture
def peers(tmp_path: Path) -> Iterator[Peers]:
    with clock.at(TODAY), playing(tmp_path) as found:
        yield found


def test_psh07_psh08_what_differs_on_either_side_is_named_and_mended(db: None, peers: Peers) -> None:
    unit = organizations.make_unit()
    rows = published(unit, 6) + published(unit, 2, day=DAY + timedelta(days=1))
    enrol(peer(), actor=PUSHER)
    pushed()
    first = running.reconcile_once(actor=PUSHER)
    assert (first["days"], first["differences"]) == (2, 0)
    dropped, altered, gone_here, queued = rows[0], rows[1], rows[2], rows[3]
    peers.control("drop", uid=dropped.public_id)
    peers.control("alter", uid=altered.public_id)
    peers.fault("error", times=1)
    assert running.reconcile_once(actor=PUSHER)["differences"] == 0
    assert "应答 500" in Reconciliation.objects.order_by("-pk")[0].fault
    foreign = {"name": "不是本平台的记录", "document_number": "外〔2026〕1号"}
    peers.control(
        "add", uid="FOREIGN000000001", generation=5, kind="penalty", decided_on="2026-06-01", document=foreign
    )
    with acting(Actor.job("test"), "test.end"):
        Penalty.objects.filter(pk=gone_here.pk).update(ended_from=TODAY, end_ground="repair")
    peers.control("drop", uid=queued.public_id)
    Push.objects.filter(uid=queued.public_id).update(
        state="queued", generation=2, next_at=clock.now() + timedelta(hours=1)
    )
    running.reconcile_once(actor=PUSHER)
    run = Reconciliation.objects.order_by("-pk")[0]
    named = {row.uid: (row.what, row.on_its_way) for row in run.rows.all()}
    assert named == {
        dropped.public_id: ("missing", False),
        altered.public_id: ("differs", False),
        gone_here.public_id: ("extra", True),
        queued.public_id: ("missing", True),
        "FOREIGN000000001": ("extra", False),
    }
    assert run.differing_days == 2
    page = signed_in(organizations.make_actor("office", "fgw")).get(
        reverse("admin:publicity_reconciliation_change", args=[run.public_id])
    )
    for row in (dropped, altered):
        assert row.document_number in page.content.decode()
    assert "FOREIGN000000001" in page.content.decode()
    assert Alert.objects.filter(code="publicity.push.apart", settled_on__isnull=True).count() == 1
    pushed()
    assert running.reconcile_once(actor=PUSHER)["differences"] == 0
    assert {uid for uid, row in peers.records().items() if not row["gone"]} == {
        row.public_id for row in rows if row != gone_here
    }
    assert not Alert.objects.filter(settled_on__isnull=True).exists()


def test_cmp01_cmp03_all_are_counted_the_first_are_named_and_a_run_that_was_cut_off_says_so(
    db: None, peers: Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(organizations.make_unit(), 3)
    enrol(peer(), actor=PUSHER)
    Push.objects.update(state="acknowledged", next_at=None, acknowledged_at=clock.now())  # says one side alone
    with monkeypatch.context() as broken:
        broken.setattr(reconciling, "_mend", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            running.reconcile_once(actor=PUSHER)
    assert Reconciliation.objects.get().fault == comparing.UNDER_WAY
    monkeypatch.setattr(comparing, "NAMED_AT_MOST", 2)
    running.reconcile_once(actor=PUSHER)
    run = Reconciliation.objects.order_by("-pk")[0]
    assert (run.differences, run.rows.count(), run.ours, run.theirs, run.fault) == (3, 2, 3, 0, "")
    assert states() == {"acknowledged": 3}  # all three went out again and were taken
    assert len(peers.records()) == 3


def test_a_silent_change_of_a_record_here_is_found(db: None, peers: Peers) -> None:
    (row,) = published(organizations.make_unit())
    enrol(peer(), actor=PUSHER)
    pushed()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE publicity_penalty DISABLE TRIGGER USER")  # as no service and no guard would let it
        cursor.execute("UPDATE publicity_penalty SET facts = '被直接改写' WHERE id = %s", [row.pk])
        cursor.execute("ALTER TABLE publicity_penalty ENABLE TRIGGER USER")
    running.reconcile_once(actor=PUSHER)
    found = Difference.objects.get()
    assert (found.uid, found.what, found.decided_on) == (row.public_id, "differs", DAY)


def test_both_sides_count_alike(db: None) -> None:
    (row,) = published(organizations.make_unit())
    document = public_document(row)
    assert canonical(document) == theirs.canonical(document)
    assert digest_of(document) == theirs.sm3(theirs.canonical(document)) == sm3(canonical(document))
    pairs = [("A", "1" * 64), ("B", "2" * 64)]
    assert day_digest(pairs) == day_digest(reversed(pairs)) == theirs.day_digest(pairs)
