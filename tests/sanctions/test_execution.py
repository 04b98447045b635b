"""Execution: one task per measure and unit, duties and notices, refusals and sums."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import clock
from core.actors import Actor
from core.deadlines import deadlines_of
from core.problems import NotFound, NotPermitted
from organizations import services as organizations
from organizations.models import WorkingGroup
from organizations.selectors import unit
from sanctions.models import ExecutionTask, GroupSummary, Listing
from sanctions.permissions import JOB_PERMISSIONS
from sanctions.selectors import group_figures, task_timeline
from sanctions.services.cases import ReportedSubject
from sanctions.services.monitoring import last_quarter, make_quarterly_summaries, make_summary
from sanctions.services.tasks import Done, acknowledge_task, apply_task, insist_on_task, refuse_task
from sanctions.tasks import quarterly_summaries_job
from tests.factories import sanctions as make
from tests.factories.organizations import KEEPER
from tests.support.refusals import nothing_written, refused

pytestmark = pytest.mark.django_db
JOB = Actor.job("test.job", JOB_PERMISSIONS)
DAY = timedelta(days=1)


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


# --- sums ----------------------------------------------------------------------------------------------


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
