"""A double click, two officers at once, two runs of a job: exactly one succeeds, the other is told, nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.actors import Actor
from core.models import Counter, Deadline, OutboxEvent, TransitionRecord
from core.periods import Period
from core.problems import Refused
from organizations.selectors import unit
from sanctions.models import Case, Determination, ExecutionTask, Listing, Notice, Service, Vote
from sanctions.permissions import JOB_PERMISSIONS
from sanctions.services import cases, determinations, meetings, notices
from sanctions.services.listings import delist_expired, perform_listing, release_expired_tasks
from sanctions.services.tasks import acknowledge_task, apply_task, insist_on_task, refuse_task
from tests.factories import sanctions as make
from tests.support.threads import at_once

pytestmark = pytest.mark.usefixtures("own_database")
JOB = Actor.job("test.job", JOB_PERMISSIONS)
DAY = timedelta(days=1)


def one_of(*acts: Callable[[], Any], times: int = 1) -> Refused:
    """Do the acts at once: exactly one succeeds, each other one is refused with a remedy."""
    given, raised = at_once(*acts, *acts[:1] * times)
    assert len(given) == 1, (given, raised)
    for error in raised:
        assert isinstance(error, Refused), error
        assert error.remedy
    return raised[0]  # type: ignore[return-value]


def acts_of(name: str) -> int:
    return TransitionRecord.objects.filter(workflow__startswith="sanctions.", transition=name).count()


def test_the_same_report_opened_twice() -> None:
    company = make.legal_entity()
    with clock.at(make.START):
        who, place = make.actor_of("rsj", "handler"), unit("rsj")
        report = {
            "actor": who,
            "entry_code": make.WAGES,
            "unit": place,
            "recognized_on": make.START,
            "act_on": make.START,
            "document_number": "测试罚〔2026〕1号",
            "facts": "拖欠工资",
            "subjects": [cases.ReportedSubject(company)],
        }
        assert one_of(lambda: cases.open_case(**report), times=2).code == "SAN-35"
    assert Case.objects.count() == 1


def test_the_same_report_submitted_twice() -> None:
    case = make.draft()
    with clock.at(make.days_of(case).submitted):
        who = make.actor_of("rsj", "reviewer")
        assert one_of(lambda: cases.submit_case(actor=who, case=case), times=3).code == "CORE-04"
    assert acts_of("submit") == OutboxEvent.objects.filter(event_type="case.submitted").count() == 1


def test_escalated_twice_or_escalated_and_accepted() -> None:
    case = make.case_in("submitted")
    with clock.at(make.days_of(case).accepted):
        first, second = make.lead_of(case), make.lead_of(case, 2)
        refusal = one_of(
            lambda: cases.escalate_case(actor=first, case=case, reason="重大"),
            lambda: cases.escalate_case(actor=second, case=case, reason="重大"),
        )
    assert refusal.code == "SAN-18"
    assert acts_of("escalate") == 1
    other = make.case_in("submitted")
    with clock.at(make.days_of(other).accepted):
        one_of(
            lambda: cases.escalate_case(actor=first, case=other, reason="重大"),
            lambda: cases.accept_case(actor=second, case=other),
            times=0,
        )


def test_accepted_by_one_and_returned_by_another() -> None:
    case = make.case_in("submitted")
    with clock.at(make.days_of(case).accepted):
        first, second = make.lead_of(case), make.lead_of(case, 2)
        one_of(
            lambda: cases.accept_case(actor=first, case=case),
            lambda: cases.return_case(actor=second, case=case, reason="补充"),
            times=0,
        )
    assert acts_of("accept") + acts_of("return") == 1


def test_notices_issued_and_served_twice() -> None:
    case = make.case_in("accepted")
    with clock.at(make.days_of(case).noticed):
        lead = make.lead_of(case)
        one_of(lambda: notices.issue_notices(actor=lead, case=case))
    notice = Notice.objects.get(case_subject__case=case)
    served = make.days_of(case).heard
    with clock.at(served):
        who = make.actor_of("rsj", "handler")
        refusal = one_of(
            lambda: notices.record_notice_service(
                actor=who, notice=Notice.objects.get(pk=notice.pk), method="post", recipient="某人", served_on=served
            ),
            times=2,
        )
    assert refusal.code == "SAN-26"
    assert Service.objects.count() == Deadline.objects.filter(rule__code="SAN-T01").count() == 1


def test_the_meeting_called_twice_and_the_lot_prepared_and_drawn_twice() -> None:
    case = make.case_in("heard")
    days = make.days_of(case)
    with clock.at(days.convened):
        lead = make.lead_of(case)
        units = [unit("rsj"), unit("zjj"), unit("scjgj")]
        call = {"case": case, "held_on": days.held, "place": "", "units": units}
        one_of(lambda: meetings.convene_meeting(actor=lead, **call))
        meeting = case.meetings.get()
        refusal = one_of(
            lambda: meetings.prepare_draw(actor=lead, meeting=meeting, demand={"law": 1, "labour": 1}), times=2
        )
        assert refusal.code == "SAN-32"
        draw = meeting.draws.get()
        refusal = one_of(lambda: meetings.draw_experts(actor=lead, draw=draw), times=2)
        assert refusal.code == "SAN-32"
    assert meeting.experts.count() == 2


@pytest.mark.parametrize("attempt", range(3))
def test_a_vote_cast_while_the_decision_is_recorded(attempt: int) -> None:
    """Whatever comes first, the recorded result is what the votes say."""
    case = make.case_in("convened")
    meeting = make.vote(case, absent=["scjgj"])
    row = case.subjects.get()
    with clock.at(meeting.held_on):
        voter, lead, decision = make.actor_of("zjj", "reviewer"), make.lead_of(case), make.decision_for(case)
        given, raised = at_once(
            lambda: meetings.cast_vote(actor=voter, meeting=meeting, case_subject=row, choice="not_list"),
            lambda: determinations.decide(actor=lead, case=case, decision=decision),
        )
    assert all(isinstance(error, Refused) for error in raised), raised
    assert len(given) == 1
    in_favour = Vote.objects.filter(case_subject=row, choice="list").count()
    assert Determination.objects.filter(case=case).exists() == (in_favour == 2)


def test_decided_issued_and_served_twice() -> None:
    case = make.case_in("voted")
    days = make.days_of(case)
    with clock.at(days.held):
        lead, decision = make.lead_of(case), make.decision_for(case)
        assert one_of(lambda: determinations.decide(actor=lead, case=case, decision=decision)).code == "CORE-04"
    with clock.at(days.issued):
        second, third = make.lead_of(case, 2), make.lead_of(case, 3)
        refusal = one_of(
            lambda: determinations.issue_determination(actor=second, case=case, official_number="测1号"),
            lambda: determinations.issue_determination(actor=third, case=case, official_number="测2号"),
            times=2,
        )
        assert refusal.code == "CORE-04"
    kept = Determination.objects.get()
    assert (kept.number, Counter.objects.get(series="determination").last) == (1, 1)
    assert Deadline.objects.filter(rule__code="SAN-T02").count() == 1
    row = case.subjects.get()
    with clock.at(days.served):
        who, other = make.actor_of("rsj", "handler"), make.actor_of("rsj", "reviewer")
        refusal = one_of(
            lambda: make.serve_one(case, row, served_on=days.served, actor=who),
            lambda: make.serve_one(case, row, served_on=days.served, actor=other),
            times=2,
        )
        assert refusal.code == "SAN-26"
    listing = Listing.objects.get()
    tasks = ExecutionTask.objects.filter(listing=listing)
    assert tasks.count() == tasks.values("measure", "named_unit").distinct().count() > 6
    assert OutboxEvent.objects.filter(event_type="listing.issued").count() == 1


def test_numbers_are_gapless_when_decisions_are_issued_at_once() -> None:
    waiting = [make.case_in("decided") for _ in range(5)]
    day = make.days_of(waiting[0]).issued
    with clock.at(day):
        lead, same = make.lead_of(waiting[0], 2), make.lead_of(waiting[0])
        acts = [
            lambda case=case: determinations.issue_determination(actor=lead, case=case, official_number="测号")
            for case in waiting
        ]
        fails = [
            lambda case=case: determinations.issue_determination(actor=same, case=case, official_number="测号")
            for case in waiting[:2]
        ]
        given, raised = at_once(*acts, *fails)
    assert len(given) == 5, raised
    assert sorted(Determination.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_a_reward_and_a_discipline_served_at_once() -> None:
    """One subject is never rewarded from a day on which its discipline is already in force."""
    company = make.legal_entity()
    reward = make.case_in("issued", entry=make.REWARD, subjects=[company])
    wages = make.case_in("issued", subjects=[company])
    day = max(make.days_of(reward).served, make.days_of(wages).served)
    with clock.at(day):
        who = make.actor_of("rsj", "handler")
        at_once(
            *(
                lambda case=case: make.serve_one(case, case.subjects.get(), served_on=day, actor=who)
                for case in (reward, wages)
            )
        )
    kept = list(Listing.objects.order_by("pk").values_list("polarity", flat=True))
    assert kept in (["discipline"], ["incentive", "discipline"])


def test_a_task_acknowledged_applied_refused_and_insisted_on_twice() -> None:
    task = make.task("P02", "zjj")
    other = ExecutionTask.objects.get(listing=task.listing, measure__code="P18", unit__code="zjj")
    day = task.assigned_on
    lead = make.lead_of(task.listing.case_subject.case)
    with clock.at(day):
        who, colleague = make.actor_of("zjj", "handler"), make.actor_of("zjj", "reviewer")
        one_of(lambda: acknowledge_task(actor=who, task=task), lambda: acknowledge_task(actor=colleague, task=task))
        done = make.done(who, day)
        given, raised = at_once(
            lambda: apply_task(actor=who, task=task, done=done),
            lambda: refuse_task(actor=colleague, task=task, reason="不涉及"),
        )
        assert (len(given), len(raised)) == (1, 1), raised
        one_of(lambda: refuse_task(actor=who, task=other, reason="不涉及"))
        one_of(lambda: insist_on_task(actor=lead, task=other, reason="应当实施"))
    open_terms = Deadline.objects.filter(object_id=other.pk, aggregate_type="sanctions.executiontask")
    assert open_terms.filter(closed_on__isnull=True).count() == 1


def test_two_delisting_runs_at_once() -> None:
    for _ in range(4):
        make.listing(entry=make.REWARD, decision={"period": Period(months=12)})
    day = Listing.objects.first().ends_on + DAY
    given, raised = at_once(*[lambda: delist_expired(actor=JOB, day=day, chunk=1)] * 3)
    assert raised == []
    assert sum(given) == 4
    assert Listing.objects.filter(state="delisted", delisted_on=day).count() == 4
    assert acts_of("delist") == OutboxEvent.objects.filter(event_type="listing.delisted").count() == 4
    tasks = ExecutionTask.objects.all()
    assert acts_of("release") == tasks.filter(state="released").count() == tasks.count()
    assert at_once(*[lambda: release_expired_tasks(actor=JOB, day=day)] * 2) == ([0, 0], [])


def test_performed_twice_ends_once() -> None:
    listing = make.listing(entry="JL-004")
    day = listing.starts_on + 10 * DAY
    with clock.at(day):
        who = make.actor_of("rsj", "reviewer")
        one_of(lambda: perform_listing(actor=who, listing=listing, reason="发生拖欠，激励条件不再具备"))
    assert Listing.objects.get().ends_on == day
    assert Case.objects.get().state == "issued"
