"""Ending the publication of a penalty, from the filing to the page it is gone from; and what is refused on the way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.actors import Actor
from core.models import OutboxEvent
from objections.models import Objection
from publicity.law import Law
from publicity.models import Penalty
from publicity.selectors import find_public
from repair import navigator
from repair.matters import PenaltyMatter
from repair.models import Application
from repair.permissions import JOB
from repair.services import deciding, filing, handling, revoking
from repair.services.announcing import end_without_object
from subjects.models import Message, Subject
from subjects.selectors import code_of
from tests.factories import objections as remedies
from tests.factories import publicity
from tests.factories import repair as make
from tests.factories import sanctions as chain
from tests.support.refusals import copied, database_refuses, refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DECIDED = date(2026, 5, 6)  # under the order of April 2026


def published(severity: str, *, subject: Subject | None = None, decided_on: date = DECIDED) -> Penalty:
    """A penalty of the safety bureau that is public since its day, of this severity."""
    with clock.at(decided_on):
        who = subject or make.company()
        last = Law().span(severity, decided_on)[2]
        made = publicity.published_penalty(make.UNIT, decided_on, subject=who, severity=severity, last_public_day=last)
    assert made.severity == severity
    return made


def filed(penalty: Penalty, on: date, **changes: Any) -> Application:
    with clock.at(on):
        given = make.submission(**{"kind": "end_disclosure", **changes})
        return filing.apply(actor=make.window(), penalty=penalty, submission=given).application


def refused_filing(code: str, penalty: Penalty, on: date, **changes: Any) -> Any:
    with clock.at(on):
        given = make.submission(**{"kind": "end_disclosure", **changes})
        return refused(code, filing.apply, actor=make.window(), penalty=penalty, submission=given)


def carried(row: Application, on: date, *, outcome: str = "approve", until: str = "published") -> Application:
    """Bring an application through every step on one day, by the officers of the deciding unit."""
    first, second = chain.actor_of(make.UNIT, "handler"), chain.actor_of(make.UNIT, "reviewer")
    with clock.at(on):
        filing.check_identity(actor=make.window(), application=row, note="核对营业执照、身份证原件一致")
        handling.accept(actor=first, application=chain.fresh(row))
        handling.verify(actor=first, application=chain.fresh(row), found=make.findings())
        handling.opine(actor=first, application=chain.fresh(row), outcome=outcome, text="罚款已缴清，隐患已整改")
        sign = deciding.approve if outcome == "approve" else deciding.reject
        sign(actor=second, application=chain.fresh(row), reason="理由成立")
        if outcome == "approve" and until == "published":
            deciding.publish(actor=first, application=chain.fresh(row))
    return chain.fresh(row)


@pytest.mark.parametrize(
    ("severity", "first"), [("minor", DECIDED), ("ordinary", date(2026, 8, 6)), ("serious", date(2027, 5, 6))]
)
def test_rep_06_from_the_day_after_the_minimum_of_its_severity(severity: str, first: date) -> None:
    penalty = published(severity)
    assert PenaltyMatter(penalty).terms().first_day(penalty.decided_on) == first
    if first > DECIDED:
        problem = refused_filing("REP-06", penalty, first - DAY)
        assert first.isoformat() in problem.detail
        assert navigator.disclosure_guide(PenaltyMatter(penalty), first - DAY).earliest == first
    found = navigator.disclosure_guide(PenaltyMatter(penalty), first)
    assert (found.code, found.possible) == ("possible", True)
    assert filed(penalty, first).state == "received"


def test_from_filing_to_the_page_it_is_gone_from(client: Client) -> None:
    penalty, on = published("ordinary"), date(2026, 8, 6)
    row = filed(penalty, on)
    assert (row.kind, row.listing, row.penalty, row.subject) == ("end_disclosure", None, penalty, penalty.subject)
    assert row.unit.code == make.UNIT
    with clock.at(on):
        assert find_public(on, penalty.public_id)
        assert "等待办理单位" in navigator.disclosure_guide(PenaltyMatter(penalty), on).next_step
    row = carried(row, on + DAY)
    over = on + DAY
    with clock.at(over):
        assert find_public(on, penalty.public_id) is not None  # it was public on the day before
        assert find_public(over, penalty.public_id) is None
        assert client.get(f"/disclosures/{penalty.public_id}").status_code == 404
        code = code_of(penalty.subject)
        told = client.get("/api/v1/public/disclosures", {"kind": "penalty", "code": code}).json()
        assert penalty.public_id not in str(told)
        assert "已于2026年8月7日终止公示" in navigator.disclosure_guide(PenaltyMatter(penalty), over).next_step
    penalty = chain.fresh(penalty)
    assert (penalty.ended_from, penalty.end_ground) == (over, "repair")
    event = OutboxEvent.objects.get(event_type="repair.published", aggregate_id=row.public_id)
    assert event.payload["disclosure"] == penalty.public_id
    assert "listing" not in event.payload
    assert OutboxEvent.objects.filter(event_type="disclosure.ended", aggregate_id=penalty.public_id).count() == 1
    bodies = " ".join(Message.objects.filter(about_id=row.public_id).values_list("body", flat=True))
    assert "终止公示该行政处罚信息" in bodies
    assert "名单" not in bodies
    refused_filing("REP-02", penalty, over + DAY)


def test_revoked_it_is_public_again_for_the_rest_of_its_period() -> None:
    penalty, on = published("ordinary"), date(2026, 8, 6)
    last = penalty.last_public_day
    row = carried(filed(penalty, on), on)
    first, second = chain.actor_of(make.UNIT, "handler", 3), chain.actor_of(make.UNIT, "reviewer", 4)
    found = on + timedelta(days=30)
    with clock.at(found):
        assert find_public(found, penalty.public_id) is None
        revoking.propose_revocation(
            actor=first,
            application=row,
            ground="false_commitment",
            findings="复查发现罚款未缴",
            proof=chain.attachment(first),
        )
        revoking.revoke(actor=second, application=chain.fresh(row), reason="承诺不实")
        assert find_public(found, penalty.public_id)
    penalty = chain.fresh(penalty)
    assert (penalty.ended_from, penalty.last_public_day) == (None, last)
    refused_filing("REP-07", penalty, found + DAY)


def test_rep_40_one_repair_never_stands_for_another() -> None:
    penalty, on = published("ordinary"), date(2026, 8, 6)
    problem = refused_filing("REP-40", penalty, on, kind="leave_list")
    assert "行政处罚公示记录" in problem.detail
    refused_filing("REP-40", penalty, on, kind="correct_other")
    row = filed(penalty, on)
    refused_filing("REP-08", penalty, on)
    with database_refuses("repair_one_open_about_a_penalty"):
        copied("repair_application", row.pk)


def test_rep_02_rep_09_rep_42_and_what_is_not_public() -> None:
    penalty, on = published("ordinary"), date(2026, 8, 6)
    last = penalty.last_public_day
    assert last is not None
    refused_filing("REP-02", penalty, last + DAY)
    everything = refused_filing("REP-09", penalty, on, materials=(), commitment="", applicant_name="测试路人")
    assert {"REP-09", "REP-10", "REP-42"} <= {violation.code for violation in everything.errors}
    refused_filing("REP-05", penalty, on, channel="national")


def test_rep_23_what_ran_out_meanwhile_leaves_nothing_to_repair() -> None:
    penalty = published("ordinary")
    last = penalty.last_public_day
    assert last is not None
    row = filed(penalty, last)
    job = Actor.job("repair.announce", JOB)
    with clock.at(last):
        assert end_without_object(actor=job) == 0
        filing.check_identity(actor=make.window(), application=row, note="核对原件一致")
    with clock.at(last + DAY):
        who = chain.actor_of(make.UNIT, "handler")
        refused("REP-23", handling.accept, actor=who, application=chain.fresh(row))
        assert end_without_object(actor=job) == 1
        assert end_without_object(actor=job) == 0
    assert chain.fresh(row).state == "moot"


def test_a_refusal_can_be_objected_to_and_is_decided_anew() -> None:
    penalty, on = published("ordinary"), date(2026, 8, 6)
    row = carried(filed(penalty, on), on, outcome="reject")
    assert row.state == "rejected"
    with clock.at(on + DAY):
        ready = remedies.Request(
            target_kind="repair_refusal",
            target_key=row.public_id,
            filer=remedies.Filer(penalty.subject.name, "self"),
            grounds=remedies.GROUNDS,
            claims=remedies.CLAIMS,
            papers=remedies.papers(),
        )
        objection = remedies.filing.file_objection(actor=make.window(), request=ready).record
        assert isinstance(objection, Objection)
        assert (objection.answering_unit.code, objection.listing) == (make.UNIT, None)
        remedies.check(objection, on + DAY)
        officers = [chain.actor_of(make.UNIT, "reviewer", number) for number in (21, 22)]
        remedies.accept(objection, on + DAY, actor=officers[0])
        remedies.draft(objection, on + DAY, "upheld", actor=officers[0])
        remedies.sign(objection, on + DAY, actor=officers[1])
    assert chain.fresh(row).state == "accepted"


def test_at_the_counter_and_online(client: Client) -> None:
    penalty, on = published("ordinary"), date(2026, 8, 6)
    code = code_of(penalty.subject)
    body = {
        "subject": code,
        "disclosure": penalty.public_id,
        "applicant": {"name": make.CHIEF, "role": "representative"},
        "statement": "罚款已经缴清",
        "commitment": filing.COMMITMENT,
        "materials": [
            {"kind": "performance", "title": "缴款凭证", "name": "凭证.txt", "content": "57y05qy+5Yet6K+B"},
        ],
    }
    with clock.at(on):
        answer = client.post("/api/v1/public/repairs", body, content_type="application/json")
        assert answer.status_code == 201, answer.content
        told = answer.json()
        shown = client.get(
            f"/api/v1/public/repairs/{told['receipt']}", headers={"X-Receipt-Secret": told["secret"]}
        ).json()
        both = client.post("/api/v1/public/repairs", {**body, "listing": "0" * 16}, content_type="application/json")
    assert (shown["kind"], shown["state"]) == ("end_disclosure", "received")
    assert both.status_code == 400
    assert Application.objects.get(public_id=told["receipt"]).penalty == penalty
