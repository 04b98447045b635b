"""Two persons before anything is public, in single records and in sets; updates wait while the old version stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from core import clock, permissions, workflow
from core.actors import Actor
from core.models import OutboxEvent, TransitionRecord
from core.problems import NotFound, NotPermitted
from publicity.enums import RecordKind
from publicity.models import Licence, Penalty
from publicity.permissions import FROM_ABOVE, JOB, MACHINES, PERMISSIONS
from publicity.selectors import publicly_visible
from publicity.services import adjusting, changing, reference, reporting, reviewing
from publicity.services.trusted import pass_trusted
from publicity.workflow import LICENCE, PENALTY
from tests.factories import publicity as make
from tests.factories import sanctions as chain
from tests.factories import subjects
from tests.support.refusals import database_refuses, refused, sql
from tests.support.workflow_matrix import cases, check_cell, denied_without, reachable

pytestmark = pytest.mark.django_db
DAY, CHECKED, PASSED = date(2026, 5, 6), date(2026, 5, 7), date(2026, 5, 8)
UNIT = "scjgj"
DAYS = timedelta


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(PASSED):
        yield


def handler(number: int = 1) -> Actor:
    return chain.actor_of(UNIT, "handler", number)


def reviewer(number: int = 1) -> Actor:
    return chain.actor_of(UNIT, "reviewer", number)


def visible(record: Any, day: date = PASSED) -> bool:
    kind = "penalty" if isinstance(record, Penalty) else "licence"
    return publicly_visible(day, kind).filter(pk=record.pk).exists()


def events(record: Any) -> list[str]:
    rows = OutboxEvent.objects.filter(aggregate_id=record.public_id).order_by("pk")
    return [name.removeprefix("disclosure.") for name in rows.values_list("event_type", flat=True)]


def test_two_persons_and_then_the_public_sees_it() -> None:
    record = make.penalty(UNIT, DAY)
    assert not visible(record)
    refused("CORE-04", reviewing.approve, actor=reviewer(), record=record)
    reviewing.check(actor=reviewer(), record=record)
    assert not visible(record)
    refused("CORE-05", reviewing.approve, actor=reviewer(), record=record)
    reviewing.approve(actor=reviewer(2), record=record)
    assert visible(record)
    assert not visible(record, PASSED - DAYS(1))
    assert record.last_public_day == date(2027, 5, 5)  # a fine under order 36: twelve months from the document
    assert (record.visible_from, record.first_visible_on) == (PASSED, PASSED)
    assert events(record) == ["published"]
    told = OutboxEvent.objects.get(aggregate_id=record.public_id).payload
    assert told == {
        "kind": "penalty", "version": 1, "visible_from": "2026-05-08", "last_day": "2027-05-05", "replaces": "",
    }  # fmt: skip


def test_a_set_leaves_alone_what_is_not_this_officers_or_not_ready() -> None:
    good = [make.penalty(UNIT, DAY) for _ in range(3)]
    doubtful = make.penalty(UNIT, DAY, findings=["V15:facts"])
    make.penalty(UNIT, date(2024, 1, 8), severity="minor", regime_code="")
    rows = Penalty.objects.visible_to(reviewer())
    outcome = reviewing.check_set(actor=reviewer(), kind="penalty", rows=rows)
    assert sorted(outcome.done) == sorted(r.pk for r in good)
    assert outcome.left == {reviewing.UNSEEN: 1, reviewing.OVER: 1}
    own = reviewing.approve_set(actor=reviewer(), kind="penalty", rows=rows)
    assert (own.done, own.left) == ([], {reviewing.OWN: 3})
    done = reviewing.approve_set(actor=reviewer(2), kind="penalty", rows=rows)
    assert set(done.done) == {r.pk for r in good}
    assert set(publicly_visible(PASSED, "penalty")) == set(good)
    assert not visible(doubtful)
    assert TransitionRecord.objects.filter(workflow=PENALTY.name, transition="pass").count() == 3
    assert all(events(r) == ["published"] for r in good)


def test_pub_04_findings_are_looked_at_first() -> None:
    record = make.penalty(UNIT, DAY, findings=["V15:facts"])
    refused("PUB-04", reviewing.check, actor=handler(), record=record)
    refused("CORE-07", reviewing.look, actor=handler(), record=record, reason=" ")
    reviewing.look(actor=handler(), record=record, reason="系企业统一社会信用代码，不是证件号码")
    reviewing.check(actor=handler(), record=record)


def test_pub_05_nothing_appears_after_its_last_day() -> None:
    record = make.penalty(UNIT, DAY)
    reviewing.check(actor=handler(), record=record)
    with clock.at(record.last_public_day + DAYS(1)):
        refused("PUB-05", reviewing.approve, actor=reviewer(), record=record)
    with clock.at(record.last_public_day):
        reviewing.approve(actor=reviewer(), record=record)
        assert visible(record, record.last_public_day)


def test_an_update_waits_while_the_old_version_stays_public() -> None:
    old = make.published_penalty(UNIT, DAY)
    assert visible(old)
    fresh = make.new_version(old, facts="更正后的事实")
    assert visible(old)
    assert not visible(fresh)
    with clock.at(PASSED + DAYS(3)):
        reviewing.check(actor=handler(), record=fresh)
        assert visible(old, PASSED + DAYS(3))
        reviewing.approve(actor=reviewer(), record=fresh)
        old.refresh_from_db()
        assert old.state == "superseded"
        assert not visible(old, PASSED + DAYS(3))
        assert visible(fresh, PASSED + DAYS(3))
    assert fresh.first_visible_on == PASSED  # a correction does not make the decision late
    assert events(old) == ["published", "replaced"]
    assert OutboxEvent.objects.get(aggregate_id=fresh.public_id).payload["replaces"] == old.public_id


def corrected(old: Penalty, **changes: Any) -> Penalty:
    """Report other content of the same decision, as a programme of the unit does."""
    names = [
        "document_number", "decided_on", "authority", "authority_name", "authority_code", "source_name", "source_code",
        "party_name", "violation", "facts", "basis", "kinds_text", "content", "fine",
    ]  # fmt: skip
    columns = {name: getattr(old, name) for name in names} | changes
    found: Penalty = reporting.report_one(
        actor=handler(), kind="penalty", subject=old.subject, unit=old.unit, columns=columns, reason="更正"
    )
    return found


def test_a_correction_keeps_what_officers_and_repairs_have_settled() -> None:
    closed = make.publish(make.penalty(UNIT, DAY, scope="not_open", scope_reason="涉及国家秘密"))
    later = make.publish(
        make.penalty(UNIT, DAY, scope="deferred", scope_reason="案件在查", deferred_until=PASSED + DAYS(9))
    )
    rated, repaired = make.published_penalty(UNIT, DAY), make.published_penalty(UNIT, DAY)
    adjusting.rate(actor=reviewer(), record=rated, severity="serious", reason="行业标准")
    above = Actor.job("test.above", FROM_ABOVE)
    adjusting.end_early(actor=above, record=repaired, from_on=PASSED, reason="信用修复")
    with clock.at(PASSED + DAYS(3)):
        fresh = [make.publish(corrected(row, facts="更正后的事实")) for row in (closed, later, rated, repaired)]
        assert (fresh[0].scope, fresh[0].scope_reason) == ("not_open", "涉及国家秘密")
        assert (fresh[1].scope, fresh[1].visible_from) == ("deferred", PASSED + DAYS(10))
        assert (fresh[2].severity, fresh[2].severity_by, fresh[2].last_public_day) == (
            "serious",
            "officer",
            date(2029, 5, 5),
        )
        assert (fresh[3].ended_from, fresh[3].end_ground) == (PASSED, "repair")
        assert [visible(row, PASSED + DAYS(3)) for row in fresh] == [False, False, True, False]
        assert events(fresh[3]) == ["reported"]  # what a repair has ended is not announced anew
        adjusting.restore(actor=above, record=fresh[3], reason="修复被撤销")
        assert visible(fresh[3], PASSED + DAYS(3))


def test_a_trusted_units_clean_records_appear_by_themselves_and_nothing_else() -> None:
    law = [Actor("officer", f"office-{n}", f"测试{n}", permissions=frozenset(PERMISSIONS)) for n in "甲乙"]
    row = reference.propose(
        actor=law[0], model=reference.TrustedUnit, reason="质量稳定",
        values={"unit": make.unit(UNIT), "record_kind": "penalty", "valid_from": DAY, "basis": "联席办纪要", "confidence": "sure"},
    )  # fmt: skip
    clean = make.penalty(UNIT, DAY, severity_sure=True)
    doubtful = make.penalty(UNIT, DAY, severity_sure=True, findings=["V15:facts"])
    unsure = make.penalty(UNIT, DAY)
    other = make.penalty("yjj", DAY, severity_sure=True)
    job = Actor.job("publicity.pass_trusted", JOB)
    assert pass_trusted(actor=job) == 0
    refused("CORE-05", reference.confirm, actor=law[0], row=row)
    reference.confirm(actor=law[1], row=row)
    assert pass_trusted(actor=job) == 1
    assert pass_trusted(actor=job) == 0
    clean.refresh_from_db()
    assert clean.automatic
    assert visible(clean)
    assert not any(visible(r) for r in (doubtful, unsure, other))


def test_who_sees_which_records() -> None:
    mine, other = make.penalty(UNIT, DAY), make.penalty("yjj", DAY)
    for role in ("handler", "reviewer"):
        seen = Penalty.objects.visible_to(chain.actor_of(UNIT, role))
        assert mine in seen
        assert other not in seen
    assert set(Penalty.objects.visible_to(chain.actor_of("fgw", "office"))) >= {mine, other}
    for actor in (
        chain.actor_of(UNIT, "window"),
        Actor.applicant("x"),
        Actor.job("x"),
        chain.actor_of("fgw", "system_admin"),
    ):
        assert not Penalty.objects.visible_to(actor).exists()
    with pytest.raises(NotFound):
        reviewing.check(actor=chain.stranger(), record=mine)
    with pytest.raises(NotPermitted):
        reviewing.check(actor=Actor.applicant("x"), record=mine)


def test_pub_10_to_11_a_changed_decision_is_withdrawn_by_another_person_in_three_working_days() -> None:
    record = make.published_penalty(UNIT, DAY)
    refused("PUB-11", changing.withdraw, actor=reviewer(), record=record, reason="决定撤销")
    call = {"record": record, "ground": "revoked", "reason": "复议机关撤销原决定"}
    refused("PUB-10", changing.note_change, actor=reviewer(), changed_on=DAY - DAYS(1), **call)
    refused("PUB-10", changing.note_change, actor=reviewer(), changed_on=PASSED + DAYS(1), **call)
    with clock.at(date(2026, 5, 15)):  # a Friday; 9 May was worked
        changing.note_change(actor=reviewer(), changed_on=date(2026, 5, 15), document="广府复〔2026〕1号", **call)
        due = make.due_days(record)
        assert [row.due_on for row in due] == [date(2026, 5, 20)]
        assert "PUB-T02" in due[0].explanation()
        refused("PUB-10", changing.note_change, actor=reviewer(), changed_on=PASSED, **call)
        refused("CORE-05", changing.withdraw, actor=reviewer(), record=record, reason="撤下")
        assert visible(record, date(2026, 5, 15))
    with clock.at(date(2026, 5, 18)):
        refused("CORE-07", changing.withdraw, actor=reviewer(2), record=record, reason="")
        changing.withdraw(actor=reviewer(2), record=record, reason="原决定已被撤销")
        assert not visible(record, date(2026, 5, 18))
    assert events(record) == ["published", "withdrawn"]
    assert make.due_days(record)[0].closed_on == date(2026, 5, 18)
    with pytest.raises(NotPermitted):
        changing.withdraw(actor=handler(), record=record, reason="无权")


def test_pub_03_deferred_appears_by_its_date_and_is_announced_once() -> None:
    record = make.penalty(UNIT, DAY)
    refused("PUB-03", adjusting.set_scope, actor=handler(), record=record, scope="deferred", reason="涉及专案")
    until = PASSED + DAYS(5)
    adjusting.set_scope(actor=handler(), record=record, scope="deferred", reason="涉及专案", deferred_until=until)
    reviewing.check(actor=handler(), record=record)
    reviewing.approve(actor=reviewer(), record=record)
    assert not visible(record, until)
    assert visible(record, until + DAYS(1))
    assert events(record) == []
    assert make.announce(until) == (0, 0)
    assert make.announce(until + DAYS(1)) == (1, 0)
    assert make.announce(until + DAYS(9)) == (0, 0)
    assert events(record) == ["published"]


# --- the table -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "table"), [("penalty", PENALTY), ("licence", LICENCE)])
def test_the_workflow_matrix(kind: str, table: workflow.Workflow) -> None:
    made = {state: make.record_in(kind, UNIT, state, DAY) for state in table.states}
    assert reachable(table) == set(table.states)
    for state, name in cases(table):
        check_cell(table, made[state], state, name)
    for name, record in denied_without(table, lambda state: made[state]):
        code = table.transition(name).permission
        nearly = Actor("officer", "nearly", "测试丙", permissions=frozenset(PERMISSIONS) - {code})
        with pytest.raises(NotPermitted):
            workflow.check(record, table, name, nearly, reason="理由")


def test_somebody_holds_each_permission() -> None:
    for code in PERMISSIONS:
        assert permissions.label_of(code) != code
        assert permissions.roles_with(code) or code in JOB | FROM_ABOVE | MACHINES


def test_licences_go_the_same_way() -> None:
    record = make.licence(UNIT, DAY)
    reviewing.check(actor=handler(), record=record)
    reviewing.approve(actor=reviewer(), record=record)
    assert record.last_public_day is None  # valid without an end
    assert visible(record)
    bounded = make.licence(UNIT, DAY, valid_to=date(2027, 5, 5))
    reviewing.check(actor=handler(), record=bounded)
    reviewing.approve(actor=reviewer(), record=bounded)
    assert bounded.last_public_day == date(2027, 5, 5)
    assert set(publicly_visible(date(2027, 5, 6), RecordKind.LICENCE)) == {record}
    assert Licence.objects.count() == 2


def test_a_person_is_not_published_and_the_database_holds_it_too() -> None:
    person = subjects.person()
    record = make.penalty(UNIT, DAY, subject=person)
    refused("PUB-02", adjusting.set_scope, actor=handler(), record=record, scope="open", reason="试")
    adjusting.set_scope(actor=handler(), record=record, scope="not_open", reason="自然人默认不公示")
    reviewing.check(actor=handler(), record=record)
    reviewing.approve(actor=reviewer(), record=record)
    assert not visible(record)
    assert events(record) == []
    with database_refuses("publicity_penalty_persons_by_rule"):
        sql("UPDATE publicity_penalty SET scope = 'open' WHERE id = %s", [record.pk])
