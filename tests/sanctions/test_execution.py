"""From listing to delisting: tasks, duties and notices, refusals, reminders, sums, and the ends that dates bring."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import clock, workflow
from core.actors import Actor, acting
from core.deadlines import deadlines_of
from core.models import OutboxEvent, TransitionRecord
from core.periods import Period
from core.problems import NotFound, NotPermitted
from organizations import services as organizations
from organizations.models import WorkingGroup
from organizations.selectors import unit
from sanctions.models import ExecutionTask, GroupSummary, Listing, Reminder
from sanctions.permissions import JOB_PERMISSIONS
from sanctions.selectors import disciplined_among, explain_listing, group_figures, task_timeline, timeline
from sanctions.services.cases import ReportedSubject
from sanctions.services.listings import (
    delist_expired,
    perform_listing,
    record_source_exit,
    release_expired_tasks,
    withdraw_reward,
)
from sanctions.services.monitoring import last_quarter, make_quarterly_summaries, make_summary, remind_overdue
from sanctions.services.tasks import Done, acknowledge_task, apply_task, insist_on_task, refuse_task
from sanctions.tasks import delist_expired_job, quarterly_summaries_job, remind_overdue_job
from sanctions.workflow import LISTING
from tests.factories import sanctions as make
from tests.factories.organizations import KEEPER
from tests.support.refusals import nothing_written, refused

pytestmark = pytest.mark.django_db
JOB = Actor.job("test.job", JOB_PERMISSIONS)
DAY = timedelta(days=1)


def state_on(listing: Listing, day: date) -> str:
    """Return the state by Python, which must be the state by SQL."""
    by_sql = Listing.objects.with_state_on(day).get(pk=listing.pk).state_on
    assert by_sql == make.fresh(listing).clock().state_on(day)
    return str(by_sql)


def cells(listing: Listing) -> set[tuple[str, str]]:
    return set(listing.tasks.values_list("measure__code", "unit__code"))


# --- tasks -----------------------------------------------------------------------------------------------------------


def test_one_task_per_measure_and_unit() -> None:
    listing = make.listing()
    named = set(listing.revision.measure_units.values_list("measure__code", "unit__code"))
    supported = named - {("P21", "rsj")} if ("P21", "rsj") not in cells(listing) else named
    assert cells(listing) == supported
    assert len({code for _, code in cells(listing)}) >= 6
    for task in listing.tasks.all():
        assert (task.starts_on, task.ends_on, task.state) == (listing.starts_on, listing.ends_on, "assigned")
        assert task.assigned_on == make.days_of(listing.case_subject.case).served
        assert task.content


def test_class_3_measures_are_notices_without_a_term() -> None:
    listing = make.listing()
    notices = listing.tasks.filter(measure__measure_class=3)
    assert set(notices.values_list("duty", "unit__code")) == {("notice", "jgj"), ("notice", "yhxh")}
    for task in listing.tasks.all():
        assert [d.rule.code for d in deadlines_of(task)] == ([] if task.duty == "notice" else ["SAN-T03"])
    bank = notices.get(unit__code="jgj")
    with clock.at(listing.starts_on):
        acknowledge_task(actor=make.actor_of("jgj", "handler"), task=bank)
    assert deadlines_of(bank).count() == 0


def test_a_person_bears_the_measures_on_persons() -> None:
    """CJ-025 is for persons only: P07 for life, P11 for its own two years, P15 with the list."""
    listing = make.listing(entry="CJ-025", initiator="jfq", subjects=[make.person()], units=("gaj",))
    ends = dict(listing.tasks.values_list("measure__code", "ends_on"))
    assert ends["P07"] is None
    assert ends["P11"] == ends["P15"] == listing.ends_on == date(2028, 3, 15)


def test_a_responsible_person_is_a_subject_of_his_own() -> None:
    company, boss = make.legal_entity(), make.person()
    case = make.case_in(
        "listed",
        entry="CJ-005",
        initiator="scjgj",
        subjects=[company, ReportedSubject(boss, "直接负责的主管人员", role="responsible_person")],
    )
    on_company = Listing.objects.get(case_subject__case=case, subject=company)
    on_boss = Listing.objects.get(case_subject__case=case, subject=boss)
    assert "P13" not in {code for code, _ in cells(on_company)}
    assert {code for code, _ in cells(on_boss)} == {"P13"}
    assert on_boss.case_subject.notice.served_on == on_company.case_subject.notice.served_on


def test_a_dissolved_unit_is_represented_by_its_successor() -> None:
    with clock.at(make.START):
        organizations.merge_organizations(
            actor=KEEPER, predecessors=[unit("slj")], successor=unit("jtj"), on=make.START, duties="水利", reason="改革"
        )
    listing = make.listing()
    taken = listing.tasks.filter(named_unit__code="slj")
    assert set(taken.values_list("unit__code", flat=True)) == {"jtj"}
    assert listing.tasks.filter(unit__code="slj").count() == 0
    with clock.at(listing.starts_on):
        for task in taken:
            acknowledge_task(actor=make.actor_of("jtj", "handler"), task=task)


def test_a_unit_dissolved_later_hands_its_tasks_on() -> None:
    listing = make.listing()
    day = listing.starts_on + 30 * DAY
    with clock.at(day):
        organizations.merge_organizations(
            actor=KEEPER, predecessors=[unit("slj")], successor=unit("jtj"), on=day, duties="水利", reason="改革"
        )
        heir = make.actor_of("jtj", "handler")
        task = listing.tasks.filter(unit__code="slj").first()
        assert ExecutionTask.objects.visible_to(heir).filter(pk=task.pk).exists()
        assert acknowledge_task(actor=heir, task=task).state == "acknowledged"


# --- handling --------------------------------------------------------------------------------------------------------


def test_acknowledge_apply_and_feed_back_again() -> None:
    task = make.task()
    who, day = make.actor_of("zjj", "handler"), task.starts_on
    with clock.at(day + DAY):
        done = make.done(who, day)
        with nothing_written():
            refused("CORE-04", apply_task, actor=who, task=task, done=done)
        acknowledge_task(actor=who, task=task)
        for wrong, code in (
            (make.done(who, day, matter=" "), "SAN-11"),
            (make.done(who, day - DAY), "SAN-41"),
            (make.done(who, day + 2 * DAY), "SAN-41"),
            (make.done(who, day, amount=-1), "SAN-11"),
            (make.done(who, day, evidence=None), "SAN-45"),
        ):
            with nothing_written():
                refused(code, apply_task, actor=who, task=task, done=wrong)
        apply_task(actor=who, task=task, done=make.done(who, day))
        apply_task(actor=who, task=task, done=make.done(who, day + DAY))
    task.refresh_from_db()
    assert (task.state, task.feedback.count()) == ("applied", 2)
    closed = {d.rule.code: d.closed_on for d in deadlines_of(task)}
    assert closed == {"SAN-T03": day + DAY, "SAN-T04": day + DAY}
    assert [row["label"] for row in task_timeline(task)][:2] == ["签收", "反馈已实施"]


def test_others_do_not_act_for_a_unit() -> None:
    task = make.task("P02", "jtj")
    guest = Actor("officer", "w", "窗口", unit_id=unit("zjj").pk, permissions=frozenset({"sanctions.task.handle"}))
    with clock.at(task.starts_on), nothing_written():
        refused("SAN-40", acknowledge_task, actor=make.actor_of("fgw", "office"), task=task)
        for other in (make.stranger(), guest):
            with pytest.raises(NotFound):
                acknowledge_task(actor=other, task=task)
            with pytest.raises(NotFound):
                apply_task(actor=other, task=task, done=Done(task.starts_on, "招标", "已限制"))


def test_further_feedback_needs_the_permission_too() -> None:
    task = make.task("P02", "fgw")
    with clock.at(task.starts_on):
        who = make.actor_of("fgw", "handler")
        acknowledge_task(actor=who, task=task)
        apply_task(actor=who, task=task, done=make.done(who, task.starts_on))
        admin = make.actor_of("fgw", "system_admin")
        done = make.done(who, task.starts_on, detail="改写")
        with nothing_written(), pytest.raises(NotPermitted):
            apply_task(actor=admin, task=task, done=done)
        same = make.done(who, task.starts_on)
        with nothing_written():
            refused("SAN-26", apply_task, actor=who, task=task, done=same)


def test_refused_and_insisted_on() -> None:
    task = make.task()
    who, day = make.actor_of("zjj", "handler"), task.starts_on
    case = task.listing.case_subject.case
    with clock.at(day):
        with nothing_written():
            refused("CORE-07", refuse_task, actor=who, task=task, reason=" ")
        refuse_task(actor=who, task=task, reason="没有在办项目")
        assert all(d.closed_on == day for d in deadlines_of(task))
        with nothing_written():
            other = make.actor_of("mzj", "group_lead")
            with pytest.raises(NotFound):
                insist_on_task(actor=other, task=task, reason="应当实施")
        insist_on_task(actor=make.lead_of(case), task=task, reason="不以在办项目为前提")
    task.refresh_from_db()
    assert task.state == "assigned"
    assert [d.closed_on for d in deadlines_of(task)] == [day, None]
    with clock.at(day + DAY):
        refuse_task(actor=who, task=task, reason="仍不涉及")
    with clock.at(task.ends_on + DAY), nothing_written():
        refused("SAN-42", insist_on_task, actor=make.lead_of(case), task=task, reason="应当实施")


def test_a_group_insists_only_in_its_own_cases() -> None:
    """The unit that leads one group may have tasks of another group's cases: as a unit, not as their leader."""
    club = make.social_org()
    listing = make.listing(entry=make.COURT, initiator="zy", subjects=[club], units=("fgw", "mzj"))
    task = listing.tasks.filter(unit__code="czj").first()
    with clock.at(listing.starts_on):
        refuse_task(actor=make.actor_of("czj", "handler"), task=task, reason="不涉及")
        with nothing_written(), pytest.raises(NotFound):
            insist_on_task(actor=make.actor_of("scjgj", "group_lead"), task=task, reason="应当")


# --- reminders and sums ----------------------------------------------------------------------------------------------


def test_overdue_tasks_climb_once_per_level() -> None:
    listing = make.listing()
    duties = listing.tasks.filter(duty="duty").count()
    due = deadlines_of(listing.tasks.filter(duty="duty").first()).get().due_on
    told = {after: remind_overdue(actor=JOB, day=due + after * DAY) for after in range(9)}
    assert told == {0: 0, 1: duties, 2: 0, 3: duties, 4: 0, 5: 0, 6: 0, 7: duties, 8: 0}
    assert remind_overdue(actor=JOB, day=due + 8 * DAY) == 0
    assert set(Reminder.objects.values_list("level", flat=True)) == {1, 2, 3}
    assert set(Reminder.objects.filter(level=3).values_list("deadline__escalated", flat=True)) == {3}


def test_a_late_run_reminds_at_every_level_it_missed_and_closed_terms_at_none() -> None:
    listing = make.listing()
    duties = listing.tasks.filter(duty="duty")
    task = duties.get(unit__code="zjj", measure__code="P02")
    with clock.at(listing.starts_on):
        acknowledge_task(actor=make.actor_of("zjj", "handler"), task=task)
    with clock.at(listing.starts_on + 20 * DAY):
        assert remind_overdue_job() == 3 * (duties.count() - 1)
        assert remind_overdue_job() == 0
    assert not Reminder.objects.filter(deadline__object_id=task.pk).exists()


def test_a_group_sums_up_each_quarter_once() -> None:
    listing = make.listing()
    case = listing.case_subject.case
    with clock.at(date(2026, 4, 9)):
        assert quarterly_summaries_job() == WorkingGroup.objects.count()
        assert quarterly_summaries_job() == 0
    assert last_quarter(date(2026, 4, 1)) == (date(2026, 1, 1), date(2026, 3, 31))
    assert last_quarter(date(2026, 1, 1)) == (date(2025, 10, 1), date(2025, 12, 31))
    kept = GroupSummary.objects.get(group=case.group, from_on=date(2026, 1, 1))
    assert kept.figures == group_figures(case.group, date(2026, 1, 1), date(2026, 3, 31))
    assert (kept.figures["cases"], kept.figures["listings"]) == (1, 1)
    assert sum(row["waiting"] for row in kept.figures["units"]) == listing.tasks.count()
    assert make_quarterly_summaries(actor=JOB, day=date(2026, 6, 30)) == 0


def test_san_18_a_group_sums_up_its_own_execution() -> None:
    group = make.case_in("submitted").group
    with clock.at(date(2026, 4, 9)), nothing_written():
        span = {"group": group, "from_on": date(2026, 1, 1), "to_on": date(2026, 3, 31)}
        refused("SAN-18", make_summary, actor=make.actor_of("mzj", "group_lead"), **span)
        with pytest.raises(NotPermitted):
            make_summary(actor=make.actor_of("rsj", "handler"), **span)


# --- the end ---------------------------------------------------------------------------------------------------------


def test_the_last_day_is_in_force_and_the_next_is_announced() -> None:
    listing = make.listing(entry="CJ-011", initiator="zjj", decision={"period": Period(months=13)})
    first, last = listing.starts_on, listing.ends_on
    assert (first, last) == (date(2026, 3, 16), date(2027, 4, 15))
    assert [state_on(listing, day) for day in (first - DAY, first, last, last + DAY)] == [
        "pending",
        "in_force",
        "in_force",
        "ended",
    ]
    assert disciplined_among([listing.subject], last) == {listing.subject_id}
    assert disciplined_among([listing.subject], last + DAY) == set()
    assert delist_expired(actor=JOB, day=last) == 0
    assert delist_expired(actor=JOB, day=last + DAY) == 1
    assert delist_expired(actor=JOB, day=last + DAY) == 0
    listing.refresh_from_db()
    assert (listing.state, listing.delisted_on, listing.ends_on) == ("delisted", last + DAY, last)
    assert {task.state for task in listing.tasks.filter(follows_listing=True)} == {"released"}
    assert all(d.closed_on for task in listing.tasks.filter(state="released") for d in deadlines_of(task))
    assert "起止日均计入" in explain_listing(listing)
    assert [row["kind"] for row in timeline(listing.case_subject.case)].count("clock") == 2


def test_a_late_announcement_changes_no_date() -> None:
    listing = make.listing(entry="CJ-011", initiator="zjj", decision={"period": Period(months=12)})
    last = listing.ends_on
    with clock.at(last + 100 * DAY):
        assert state_on(listing, last + DAY) == "ended"
        assert delist_expired_job() == 1
        assert delist_expired_job() == 0
    assert state_on(listing, last) == "in_force"
    assert state_on(listing, last + DAY) == "ended"
    assert TransitionRecord.objects.filter(workflow=LISTING.name, transition="delist").count() == 1
    assert OutboxEvent.objects.filter(event_type="listing.delisted", aggregate_id=listing.public_id).count() == 1


def test_many_end_in_chunks_and_a_wrong_projection_is_no_end() -> None:
    """The dates decide: a row whose stored `ends_on` is wrong is neither removed nor does it hold up the others."""
    listings = [make.listing(entry=make.REWARD, decision={"period": Period(months=12)}) for _ in range(5)]
    last = listings[0].ends_on
    with acting(JOB, "test"):
        Listing.objects.filter(pk=listings[0].pk).update(ends_on=listings[0].starts_on)
    assert delist_expired(actor=JOB, day=last, chunk=1) == 0
    assert delist_expired(actor=JOB, day=last + DAY, chunk=2) == 5


def test_a_statutory_measure_outlives_its_listing() -> None:
    listing = make.listing(entry="CJ-005", initiator="scjgj")
    task = listing.tasks.get(measure__code="P01")
    assert (task.follows_listing, task.ends_on) == (False, date(2031, 3, 15))
    assert listing.ends_on == date(2029, 3, 15)
    assert delist_expired(actor=JOB, day=listing.ends_on + DAY) == 1
    assert make.fresh(task).state == "assigned"
    assert release_expired_tasks(actor=JOB, day=task.ends_on) == 0
    assert release_expired_tasks(actor=JOB, day=task.ends_on + DAY) == 1
    assert release_expired_tasks(actor=JOB, day=task.ends_on + DAY) == 0
    assert make.fresh(task).state == "released"


def test_a_statutory_measure_may_end_before_its_listing() -> None:
    decision = {"period": Period(months=36), "measure_months": {"P02": 12}}
    listing = make.listing(entry="CJ-011", initiator="zjj", decision=decision)
    task = listing.tasks.filter(measure__code="P02").first()
    assert task.ends_on == date(2027, 3, 15)
    assert listing.ends_on == date(2029, 3, 15)
    assert release_expired_tasks(actor=JOB, day=task.ends_on + DAY) == listing.tasks.filter(measure__code="P02").count()
    assert make.fresh(listing).state == "issued"
    with clock.at(task.ends_on + 2 * DAY), nothing_written():
        refused("CORE-04", acknowledge_task, actor=make.actor_of(task.unit.code, "handler"), task=task)


@pytest.mark.parametrize(("months", "code"), [(11, "SAN-22"), (37, "SAN-22")])
def test_san_22_the_minutes_keep_a_statutory_range(months: int, code: str) -> None:
    case = make.case_in("voted", entry="CJ-011", initiator="zjj")
    with nothing_written():
        refused(code, make.decide, case=case, measure_months={"P02": months})


def test_until_performed_ends_by_confirmation_of_the_unit_that_reported() -> None:
    listing = make.listing(entry="JL-004")
    assert listing.ends_on is None
    far = date(2040, 1, 1)
    assert state_on(listing, far) == "in_force"
    assert delist_expired(actor=JOB, day=far) == 0
    day = listing.starts_on + 100 * DAY
    helper = listing.tasks.exclude(unit__code="rsj").first().unit.code
    with clock.at(day):
        with nothing_written():
            refused("SAN-09", perform_listing, actor=make.actor_of(helper, "reviewer"), listing=listing, reason="完毕")
        perform_listing(actor=make.actor_of("rsj", "reviewer"), listing=listing, reason="发生拖欠")
    assert [state_on(listing, d) for d in (day, day + DAY)] == ["in_force", "ended"]
    assert delist_expired(actor=JOB, day=day) == 0
    assert delist_expired(actor=JOB, day=day + DAY) == 1
    fixed = make.listing()
    with clock.at(day), nothing_written():
        refused("SAN-50", perform_listing, actor=make.actor_of("rsj", "reviewer"), listing=fixed, reason="完毕")


def test_a_reward_is_withdrawn_by_who_gave_it_and_not_after_its_end() -> None:
    listing = make.listing(entry=make.REWARD, decision={"period": Period(months=12)})
    day = listing.starts_on + 30 * DAY
    lead = make.lead_of(listing.case_subject.case)
    with clock.at(listing.ends_on + DAY), nothing_written():
        refused("SAN-51", withdraw_reward, actor=lead, listing=listing, reason="被列入惩戒名单")
    with clock.at(day):
        withdraw_reward(actor=lead, listing=listing, reason="被列入惩戒名单")
    assert [state_on(listing, d) for d in (day - DAY, day)] == ["in_force", "ended"]
    assert delist_expired(actor=JOB, day=day) == 1
    wages = make.listing()
    with clock.at(day), nothing_written():
        refused("SAN-51", withdraw_reward, actor=lead, listing=wages, reason="误")


def test_a_planned_day_ahead_is_pending_until_then() -> None:
    planned = make.Days(make.START).served + 14 * DAY
    listing = make.listing(decision={"starts_on": planned})
    assert (listing.served_on, listing.starts_on) == (planned - 14 * DAY, planned)
    assert [state_on(listing, d) for d in (planned - DAY, planned)] == ["pending", "in_force"]
    assert workflow.allowed(listing, LISTING, JOB)
    task = listing.tasks.get(measure__code="P02", unit__code="zjj")
    with clock.at(planned - DAY):
        who = make.actor_of("zjj", "handler")
        acknowledge_task(actor=who, task=task)
        done = make.done(who, planned - DAY)
        with nothing_written():
            refused("SAN-41", apply_task, actor=who, task=task, done=done)


def test_a_list_of_another_source_ends_when_its_source_says_so() -> None:
    listing = make.listing(entry="CJ-002", initiator="swj")
    assert listing.governed_by == "source"
    day = listing.starts_on + 50 * DAY
    who = make.actor_of("swj", "reviewer")
    call = {"listing": listing, "reason": "税务机关提前停止公布"}
    with clock.at(day):
        with nothing_written():
            refused("SAN-24", record_source_exit, actor=who, ended_on=day + DAY, **call)
            refused("SAN-52", record_source_exit, actor=make.actor_of("scjgj", "reviewer"), ended_on=day, **call)
        record_source_exit(actor=who, ended_on=day, **call)
    assert [state_on(listing, d) for d in (day - DAY, day)] == ["in_force", "ended"]
    assert delist_expired(actor=JOB, day=day) == 1
    other = make.listing()
    with clock.at(day), nothing_written():
        refused(
            "SAN-52",
            record_source_exit,
            actor=make.actor_of("rsj", "reviewer"),
            listing=other,
            ended_on=day,
            reason="误",
        )
