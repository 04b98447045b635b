"""The province holds exactly what may be seen here, each record under one number, whatever it does meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import reverse

from core import clock
from core.models import Alert, Deadline
from exchange.upward.system import PROVINCE
from publicity.models import Push, PushBatch, Reconciliation
from publicity.push import running
from publicity.push.enrolling import enrol
from sanctions.services.tasks import acknowledge_task, apply_task
from tests.factories import objections, organizations, repair
from tests.factories import publicity as make
from tests.factories import sanctions as chain
from tests.factories import subjects as people
from tests.support.peers import Peers, playing
from tests.support.pushing import DAY, PUSHER, peer, published, pushed, states
from tests.support.waiting import wait_until
from tests.support.workbench import signed_in

TODAY = date(2026, 6, 15)


@pytest.fixture
def peers(tmp_path: Path) -> Iterator[Peers]:
    with clock.at(TODAY), playing(tmp_path) as found:
        yield found


def one_of_each() -> dict[str, str]:
    """Return, by kind, the one record that the province should come to hold."""
    (penalty,) = published(organizations.make_unit())
    listing = chain.listing()
    task = listing.tasks.filter(duty="duty").order_by("pk")[0]
    day = date(2026, 3, 20)
    done_by = chain.actor_of(task.unit.code, "handler")
    with clock.at(day):
        detail = f"已限制，经办电话13800138000，证件{people.new_id_number()}"
        acknowledge_task(actor=done_by, task=task)
        case = apply_task(actor=done_by, task=chain.fresh(task), done=chain.done(done_by, day, detail=detail))
    mark = objections.objection(listing, "accepted", on=date(2026, 4, 1))
    repaired = repair.application_in("published")
    person = chain.listing(entry="CJ-025", initiator="jfq", subjects=[chain.person(name="测试丙")], units=("gaj",))
    assert person.subject.is_person
    return {
        "penalty": penalty.public_id,
        "listing": listing.public_id,
        "measure_case": case.public_id,
        "objection": mark.public_id,
        "repair": repaired.public_id,
    }


def test_upw01_upw02_psh12_each_kind_arrives_once_under_one_number_and_nothing_personal_leaves(
    db: None, peers: Peers
) -> None:
    expected = one_of_each()
    enrol(peer(PROVINCE), actor=PUSHER)
    peers.fault("lose", PROVINCE, every=2)  # every second answer is lost, those with numbers and those with receipts
    for _ in range(30):
        pushed(PROVINCE)
        if set(states(PROVINCE)) == {"acknowledged"}:
            break
    peers.control("heal")
    held, state = peers.province(), peers.control("province/state")
    assert {row["kind"]: uid for uid, row in held.items()} == expected
    assert {row["taken"] for row in held.values()} == {1}
    assert max(row["sent"] for row in held.values()) > 1  # answers were lost
    assert max(row["asked"] for row in state["numbers"]) > 1
    ours = dict(Push.objects.values_list("uid", "number"))
    assert ours == {row["rec_uid"]: row["number"] for row in state["numbers"]}
    assert len(set(ours.values())) == len(expected)
    documents = {row["kind"]: json.loads(row["payload"]) for row in held.values()}
    assert documents["listing"]["state"] == "paused"
    assert documents["listing"]["mark"]
    assert documents["measure_case"]["listing"] == documents["objection"]["about"] == expected["listing"]
    assert documents["measure_case"]["code"] == documents["listing"]["code"] != ""
    assert (documents["repair"]["kind"], documents["objection"]["state"]) == ("leave_list", "accepted")
    told = json.dumps(documents, ensure_ascii=False)
    assert "13800138000" not in told
    assert "测试丙" not in told
    assert "applicant" not in told
    assert all(batch.digest and batch.state == "done" for batch in PushBatch.objects.exclude(answered_at=None))
    result = running.reconcile_once(PROVINCE, actor=PUSHER)
    run = Reconciliation.objects.get()
    assert (result["differences"], run.fault) == (0, "")
    assert run.ours == run.acknowledged == run.theirs == len(expected)
    assert PushBatch.objects.exclude(answered_at=None).exclude(state="reconciled").count() == 0
    assert not Alert.objects.filter(code__startswith="publicity.push", settled_on__isnull=True).exists()


def test_psh07_psh08_three_sides_are_compared_by_unit_and_a_range_is_replayed(db: None, peers: Peers) -> None:
    first, second = organizations.make_unit(), organizations.make_unit()
    rows = published(first, 4) + published(second, 2)
    enrol(peer(PROVINCE), actor=PUSHER)
    pushed(PROVINCE)
    dropped, altered, unsaid, kept = rows[0], rows[1], rows[2], rows[4]
    peers.control("province/drop", rec_uid=dropped.public_id)
    peers.control("province/alter", rec_uid=altered.public_id)
    Push.objects.filter(uid=unsaid.public_id).update(digest="0" * 64)  # what its receipt said is not what they hold
    assert running.reconcile_once(PROVINCE, actor=PUSHER)["differences"] == 3
    run = Reconciliation.objects.order_by("-pk")[0]
    named = {row.uid: (row.what, row.acknowledged, row.unit_id) for row in run.rows.all()}
    assert named == {
        dropped.public_id: ("missing", True, first.pk),
        altered.public_id: ("differs", True, first.pk),
        unsaid.public_id: ("receipt", True, first.pk),
    }
    assert (run.ours, run.acknowledged, run.theirs, run.differing_days) == (6, 6, 5, 1)
    pushed(PROVINCE)  # the dropped one is unknown as a change there: it travels again as new, under its old number
    assert running.reconcile_once(PROVINCE, actor=PUSHER)["differences"] == 0
    number = Push.objects.get(uid=dropped.public_id).number
    assert peers.province()[dropped.public_id]["number"] == number != ""

    office = signed_in(organizations.make_actor("office", "fgw"))
    page = reverse("admin:publicity_peer_change", args=[peer(PROVINCE).public_id])
    assert "按范围重新送达" in office.get(page).content.decode()
    assert "6／6／6" in office.get(page).content.decode()
    address = reverse("admin:publicity_peer_act", args=[peer(PROVINCE).public_id, "replay"])
    typed = {"kind": "penalty", "unit": second.code, "first": DAY, "last": DAY, "reason": "对方恢复了旧备份"}
    wrong = office.post(address, typed | {"last": DAY - timedelta(days=1)})
    assert (wrong.status_code, "截止日早于起始日" in wrong.content.decode()) == (409, True)
    empty = office.post(address, typed | {"kind": "listing"})
    assert "所选范围内没有推送记录" in empty.content.decode()
    assert office.post(address, typed).status_code == 302
    assert set(Push.objects.filter(state="queued").values_list("unit", flat=True)) == {second.pk}
    assert pushed(PROVINCE)["sent"] == 2
    assert peers.province()[kept.public_id]["taken"] == 2
    assert running.reconcile_once(PROVINCE, actor=PUSHER)["differences"] == 0


def test_psh05_psh13_what_is_refused_for_its_content_goes_back_to_its_unit_until_it_is_corrected(
    db: None, peers: Peers
) -> None:
    bad, good = make.published_penalty("scjgj", DAY), make.published_penalty("yjj", DAY)
    enrol(peer(PROVINCE), actor=PUSHER)
    peers.control("province/rule", rec_uid=bad.public_id, code="V06", field="facts", message="事实不完整")
    assert pushed(PROVINCE)["given_up"] == 1
    row = Push.objects.get(uid=bad.public_id)
    assert (row.state, row.code, row.last_error) == ("dead", "V06", "V06 事实不完整 facts")
    assert set(peers.province()) == {good.public_id}
    alert = Alert.objects.get(code="publicity.push.returned", settled_on__isnull=True)
    assert (alert.role, alert.unit_id) == ("handler", bad.unit_id)
    due = Deadline.objects.get(aggregate_type="publicity.push", object_id=row.pk)
    assert (due.rule.code, due.counts_from, due.due_on) == ("PUB-T03", TODAY, TODAY + timedelta(days=3))
    own, other = signed_in(make.handler_of(bad)), signed_in(make.handler_of(good))
    listed = reverse("admin:publicity_push_changelist") + "?todo=returned"
    assert bad.document_number in own.get(listed).content.decode()
    assert bad.document_number not in other.get(listed).content.decode()
    told = own.get(reverse("admin:publicity_push_change", args=[row.public_id])).content.decode()
    assert "由报送单位按原因更正后重新报送" in told
    assert "事实不完整" in told
    assert "被退回待更正的信息" in own.get(reverse("admin:index")).content.decode()
    running.reconcile_once(PROVINCE, actor=PUSHER)
    assert Push.objects.get(uid=bad.public_id).state == "dead"  # not sent again and again: the unit has to act
    with clock.at(TODAY + timedelta(days=6)):
        pushed(PROVINCE)
        assert Alert.objects.filter(code="publicity.push.late", settled_on__isnull=True).count() == 1
        right = make.publish(make.new_version(bad, facts="经营超过保质期的食品 12 瓶"))
        enrol(peer(PROVINCE), actor=PUSHER)
        pushed(PROVINCE)
        assert states(PROVINCE) == {"acknowledged": 3}
        assert {uid for uid, held in peers.province().items() if not held["gone"]} == {good.public_id, right.public_id}
        assert not Deadline.objects.filter(aggregate_type="publicity.push", closed_on__isnull=True).exists()
        assert running.reconcile_once(PROVINCE, actor=PUSHER)["differences"] == 0
        assert not Alert.objects.filter(code__startswith="publicity.push", settled_on__isnull=True).exists()


def test_psh06_what_is_revoked_or_shielded_is_asked_back(db: None, peers: Peers) -> None:
    repaired = repair.application_in("published")
    enrol(peer(PROVINCE), actor=PUSHER)
    pushed(PROVINCE)
    assert {row["kind"]: row["gone"] for row in peers.province().values()} == {"repair": 0}
    repair.propose(repaired, TODAY)
    repair.revoke(repaired, TODAY)
    assert enrol(peer(PROVINCE), actor=PUSHER) == 2  # the repair leaves, the restored listing comes
    pushed(PROVINCE)
    held = {row["kind"]: (row["gone"], row["payload"] is None) for row in peers.province().values()}
    assert held == {"repair": (1, True), "listing": (0, False)}


def test_fil01_fil02_the_same_engine_speaks_by_files(db: None, tmp_path: Path) -> None:
    outgoing, incoming = tmp_path / "outgoing", tmp_path / "incoming"
    outgoing.mkdir()
    incoming.mkdir()
    by_files = override_settings(
        PROVINCE_MODE="file", PROVINCE_OUTGOING_DIR=str(outgoing), PROVINCE_INCOMING_DIR=str(incoming)
    )
    arguments = ("--outgoing", str(outgoing), "--incoming", str(incoming))
    with clock.at(TODAY), playing(tmp_path, *arguments) as peers, by_files:
        rows = published(organizations.make_unit(), 3)
        enrol(peer(PROVINCE), actor=PUSHER)
        running.reconcile_once(PROVINCE, actor=PUSHER)  # hands over as well
        assert "没有交来持有清单" in _fault()
        assert wait_until(lambda: any(incoming.glob("*.receipt.json")), 30)
        assert wait_until(lambda: any(incoming.glob("holdings-penalty-*.json")), 30)
        spoiled = incoming / "5108-x.receipt.json"
        spoiled.write_bytes(b'{"batch_no": "x"}')
        spoiled.with_name(f"{spoiled.name}.sm3").write_text("0" * 64)
        running.push_once(PROVINCE, actor=PUSHER)
        assert states(PROVINCE) == {"acknowledged": 3}
        assert "E3001" in (incoming / "refused" / f"{spoiled.name}.why.txt").read_text()
        assert not list(incoming.glob("*.receipt.json"))
        held = peers.province()
        assert {uid: row["number"] for uid, row in held.items()} == dict(Push.objects.values_list("uid", "number"))
        assert set(held) == {row.public_id for row in rows}
        for kind in ("licence", "listing", "measure_case", "repair", "objection"):
            peers.control("province/holdings", kind=kind)
        found = running.reconcile_once(PROVINCE, actor=PUSHER)
        assert (found["differences"], _fault()) == (0, "")
        peers.control("province/drop", rec_uid=rows[0].public_id)
        peers.control("province/holdings", kind="penalty")
        assert running.reconcile_once(PROVINCE, actor=PUSHER)["differences"] == 1


def _fault() -> str:
    return Reconciliation.objects.order_by("-pk")[0].fault
