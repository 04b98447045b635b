"""No order of acts, by whomever, on whatever days, yields a listing without revision in force, notice, decision and
decided subject; and whatever is refused is refused in words, never by an error of the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from catalog.selectors import executable_measures, revision_in_force
from core import clock
from core.actors import Actor
from core.deadlines import deadlines_of
from core.models import OutboxEvent
from core.periods import Period
from core.problems import Problem
from organizations.selectors import unit
from sanctions.models import Case, Determination, ExecutionTask, Listing, Notice
from sanctions.permissions import JOB_PERMISSIONS
from sanctions.services import cases, determinations, meetings, notices, tasks
from sanctions.services.cases import ReportedSubject
from sanctions.services.listings import (
    delist_expired,
    perform_listing,
    record_source_exit,
    release_expired_tasks,
    withdraw_reward,
)
from subjects.models import Subject
from tests.factories import sanctions as make

DAY = timedelta(days=1)
JOB = Actor.job("chaos", JOB_PERMISSIONS)
CAST = [
    ("rsj", "handler", 1), ("rsj", "reviewer", 1), ("scjgj", "group_lead", 1), ("scjgj", "group_lead", 2),
    ("fgw", "office", 1), ("fgw", "office", 2), ("zjj", "reviewer", 1), ("zjj", "handler", 1), ("scjgj", "reviewer", 1),
    ("cgj", "handler", 1), ("rsj", "system_admin", 1),
]  # fmt: skip
PERIODS = [Period(months=36), Period(months=12), Period(permanent=True), Period(months=35), Period(days=5)]
ACTS = [
    "evidence", "revise", "submit", "accept", "return", "escalate", "withdraw", "notify", "serve_notice", "state",
    "convene", "draw", "attend", "vote", "decide", "issue", "serve", "file", "acknowledge", "apply", "refuse", "insist",
    "perform", "withdraw_reward", "source_exit", "delist", "reconvene", "invite",
]  # fmt: skip
# What comes next when all is done properly, by state.
NEXT = {
    "draft": ["evidence", "submit"],
    "submitted": ["accept"],
    "returned": ["revise"],
    "accepted": ["notify", "convene"],
    "noticed": ["serve_notice", "convene"],
    "convened": ["attend", "vote", "decide"],
    "decided": ["issue"],
    "issued": ["serve", "acknowledge"],
}


class Chain(RuleBasedStateMachine):
    """Two or three cases of one company, on which everybody tries everything."""

    people: dict[tuple[str, str, int], Actor]
    company: Subject

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.day = make.START
        self.cases: list[Case] = []
        self.wild = {"days": 0, "period": PERIODS[0], "source": "catalogue", "choice": "list", "listed": True}
        self.changed = True  # since the listings were looked at: what is refused is rolled back

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # --- acts: each takes the actor and the case, and what is drawn from `wild` ---------------------------------------

    def act(self, name: str, who: Actor, case: Case) -> bool:
        """Do one act; a refusal in words is a fine answer, anything else is a bug."""
        acts: dict[str, Callable[[Actor, Case], Any]] = {
            "evidence": lambda a, c: cases.attach_evidence(
                actor=a, case=c, title="证据", attachment=make.attachment(a)
            ),
            "revise": lambda a, c: cases.revise_case(actor=a, case=c, facts="", document_number="补〔2026〕1号"),
            "submit": lambda a, c: cases.submit_case(actor=a, case=c),
            "accept": lambda a, c: cases.accept_case(actor=a, case=c),
            "return": lambda a, c: cases.return_case(actor=a, case=c, reason="补充"),
            "escalate": lambda a, c: cases.escalate_case(actor=a, case=c, reason="重大"),
            "withdraw": lambda a, c: cases.withdraw_case(actor=a, case=c, reason="有误"),
            "notify": lambda a, c: notices.issue_notices(actor=a, case=c),
            "serve_notice": lambda a, c: [
                self.serve_notice(a, row) for row in Notice.objects.filter(case_subject__case=c)
            ],
            "state": lambda a, c: [self.hear(a, row) for row in Notice.objects.filter(case_subject__case=c)],
            "convene": self.convene,
            "reconvene": lambda a, c: self.convene(a, c, again=True),
            "invite": lambda a, c: meetings.invite_units(
                actor=a, meeting=c.meetings.latest("pk"), units=[unit("jtj"), unit("czj")]
            ),
            "source_exit": lambda a, c: self.on_listings(
                c, lambda x: record_source_exit(actor=a, listing=x, ended_on=self.other_day, reason="源名单移出")
            ),
            "draw": lambda a, c: meetings.draw_experts(
                actor=a, draw=meetings.prepare_draw(actor=a, meeting=c.meetings.latest("pk"), demand={"law": 1})
            ),
            "attend": self.attend,
            "vote": self.vote,
            "decide": self.decide,
            "issue": lambda a, c: determinations.issue_determination(actor=a, case=c, official_number="测〔2026〕1号"),
            "serve": self.serve,
            "file": lambda a, c: determinations.file_determination(actor=a, determination=c.determination),
            "acknowledge": lambda a, c: self.on_tasks(a, c, lambda t: tasks.acknowledge_task(actor=a, task=t)),
            "apply": lambda a, c: self.on_tasks(
                a, c, lambda t: tasks.apply_task(actor=a, task=t, done=make.done(a, self.other_day))
            ),
            "refuse": lambda a, c: self.on_tasks(a, c, lambda t: tasks.refuse_task(actor=a, task=t, reason="否")),
            "insist": lambda a, c: self.on_tasks(a, c, lambda t: tasks.insist_on_task(actor=a, task=t, reason="须")),
            "perform": lambda a, c: self.on_listings(c, lambda x: perform_listing(actor=a, listing=x, reason="毕")),
            "withdraw_reward": lambda a, c: self.on_listings(
                c, lambda x: withdraw_reward(actor=a, listing=x, reason="止")
            ),
            "delist": lambda *_: delist_expired(actor=JOB) + release_expired_tasks(actor=JOB),
        }
        assert set(acts) == set(ACTS)
        with clock.at(self.day):
            try:
                with transaction.atomic():
                    acts[name](who, case)
            except (Problem, Case.determination.RelatedObjectDoesNotExist, case.meetings.model.DoesNotExist):
                return False
        self.changed = True
        return True

    @property
    def other_day(self) -> date:
        return self.day + self.wild["days"] * DAY

    def serve_notice(self, who: Actor, notice: Notice) -> None:
        notices.record_notice_service(
            actor=who, notice=notice, method="post", recipient="某人", served_on=self.other_day
        )

    def hear(self, who: Actor, notice: Notice) -> None:
        notices.record_statement(actor=who, notice=notice, statement="放弃", received_on=self.other_day)

    def convene(self, who: Actor, case: Case, again: bool = False) -> None:
        units = [unit(code) for code in ("rsj", "zjj", "scjgj")]
        held = self.day + max(self.wild["days"], -1) * DAY + 8 * DAY
        call = {"actor": who, "case": case, "held_on": held, "place": "", "units": units}
        if again:
            meetings.reconvene_meeting(**call, reason="未达到法定人数")
        else:
            meetings.convene_meeting(**call)

    def attend(self, who: Actor, case: Case) -> None:
        meeting = case.meetings.latest("pk")
        came = [row.unit for row in meeting.invitees.select_related("unit")][: 3 - abs(self.wild["days"]) % 3]
        meetings.record_attendance(actor=who, meeting=meeting, attended=came)

    def vote(self, who: Actor, case: Case) -> None:
        meeting = case.meetings.latest("pk")
        for row in case.subjects.all():
            meetings.cast_vote(actor=who, meeting=meeting, case_subject=row, choice=self.wild["choice"])

    def decide(self, who: Actor, case: Case) -> None:
        planned = self.other_day if self.wild["days"] else None
        decision = make.decision_for(
            case,
            listed=self.wild["listed"],
            period=self.wild["period"],
            period_source=self.wild["source"],
            starts_on=planned,
        )
        determinations.decide(actor=who, case=case, decision=decision)

    def serve(self, who: Actor, case: Case) -> None:
        planned = self.other_day if self.wild["days"] else None
        for row in case.subjects.all():
            determinations.serve_determination(
                actor=who, case_subject=row, method="post", recipient="某人", served_on=self.day, starts_on=planned
            )

    def on_tasks(self, who: Actor, case: Case, act: Callable[[ExecutionTask], Any]) -> None:
        mine = ExecutionTask.objects.filter(listing__case_subject__case=case).order_by("pk")
        for task in (mine.filter(unit_id=who.unit_id).first() or mine.first(),):
            if task:
                act(task)

    def on_listings(self, case: Case, act: Callable[[Listing], Any]) -> None:
        for row in Listing.objects.filter(case_subject__case=case):
            act(row)

    # --- rules --------------------------------------------------------------------------------------------------------

    @initialize(rewards=st.integers(0, 1), two=st.booleans())
    def open_cases(self, rewards: int, two: bool) -> None:
        other = [make.legal_entity()] if two else []
        self.cases.append(make.draft(subjects=[self.company, *other], evidence=two))
        if rewards:
            self.cases.append(make.draft(entry=make.REWARD, subjects=[ReportedSubject(self.company)]))

    @rule(days=st.integers(1, 12))
    def days_pass(self, days: int) -> None:
        self.day += days * DAY

    @precondition(lambda self: self.day.year < 2032)
    @rule()
    def years_pass(self) -> None:
        self.day += 1100 * DAY

    @rule(which=st.integers(0, 5), name=st.sampled_from(ACTS), who=st.sampled_from(CAST), wild=st.data())
    def anybody_does_anything(self, which: int, name: str, who: tuple[str, str, int], wild: Any) -> None:
        case = make.fresh(self.cases[which % len(self.cases)])
        self.draw_wildly(wild)
        self.act(name, self.people[who], case)

    @rule(which=st.integers(0, 5), steps=st.integers(1, 9))
    def proceed_properly(self, which: int, steps: int) -> None:
        """Carry a case on as it should be, days passing as they must, so that the far end is reached too."""
        self.wild = {"days": 0, "period": None, "source": "catalogue", "choice": "list", "listed": True}
        for _ in range(steps):
            case = make.fresh(self.cases[which % len(self.cases)])
            self.wild["period"] = make.default_period(case)
            place, role = ("fgw", "office") if case.level == "office" else ("scjgj", "group_lead")
            leader, signer = self.people[(place, role, 1)], self.people[(place, role, 2)]
            rsj = self.people[("rsj", "handler", 1)]
            reviewer = self.people[("rsj", "reviewer", 1)]
            voters = [reviewer, self.people[("zjj", "reviewer", 1)], self.people[("scjgj", "reviewer", 1)]]
            whose = {
                "evidence": [rsj], "revise": [rsj], "submit": [reviewer], "serve_notice": [rsj], "serve": [rsj],
                "vote": voters, "issue": [signer], "acknowledge": [voters[1]],
            }  # fmt: skip
            if case.state == "convened":
                self.day = max(self.day, case.meetings.latest("pk").held_on)
            for name in NEXT.get(case.state, ["delist"]):
                for who in whose.get(name, [leader]):
                    self.act(name, who, case)

    def draw_wildly(self, data: Any) -> None:
        self.wild = {
            "days": data.draw(st.sampled_from([0, 0, 0, -1, 1, 9, -400])),
            "period": data.draw(st.sampled_from(PERIODS)),
            "source": data.draw(st.sampled_from(["catalogue", "minutes", "nowhere"])),
            "choice": data.draw(st.sampled_from(["list", "list", "not_list", "abstain", "perhaps"])),
            "listed": data.draw(st.booleans()),
        }

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def every_listing_is_grounded(self) -> None:
        if not self.changed:
            return
        self.changed = False
        found = Listing.objects.select_related("case_subject__case__revision__entry", "determination__meeting")
        for listing in found:
            check_listing(listing)
        kept = list(
            Determination.objects.filter(number__isnull=False).order_by("number").values_list("number", flat=True)
        )
        by_unit = (
            Determination.objects.filter(number__isnull=False).values_list("lead_unit", flat=True).distinct().count()
        )
        assert by_unit > 1 or kept == list(range(1, len(kept) + 1))
        assert OutboxEvent.objects.filter(event_type="listing.issued").count() == len(found)


def check_listing(listing: Listing) -> None:
    """Everything that must be true of a listing, read from the tables alone."""
    row, decision = listing.case_subject, listing.determination
    case = row.case
    assert (case.state, row.decision, decision.case_id) == ("issued", "listed", case.pk)
    assert decision.issued_on is not None
    assert decision.number
    in_force = revision_in_force(case.revision.entry.code, case.recognized_on)
    assert in_force is not None
    assert in_force.pk == listing.revision_id
    assert listing.starts_on >= listing.served_on >= decision.issued_on >= decision.decided_on
    assert decision.decided_on >= decision.meeting.held_on
    assert decision.meeting.adjourned_on is None
    assert "" not in (case.submitted_by_key, decision.issued_by_key)
    assert case.submitted_by_key != case.drafted_by_key
    assert decision.issued_by_key != decision.decided_by_key
    invited = list(decision.meeting.invitees.values_list("pk", "attended"))
    came = {pk for pk, attended in invited if attended}
    assert len(came) * 100 >= len(invited) * decision.meeting.quorum_percent
    in_favour = row.votes.filter(invitee__in=came, choice="list").count()
    assert in_favour * 2 > len(came)
    assert decision.period == make.default_period(case) or decision.period_source == "minutes"
    if case.polarity == "discipline":
        notice = row.notice
        assert notice.served_on is not None
        term = deadlines_of(notice).get()
        assert notice.statement_on or decision.meeting.held_on > term.due_on
        assert notice.served_on <= decision.decided_on
    else:
        earlier = Listing.objects.filter(subject=listing.subject, polarity="discipline", pk__lt=listing.pk)
        assert not earlier.with_state_on(listing.starts_on).filter(state_on__in=["in_force", "paused"]).exists()
    executable = executable_measures(listing.revision, case.recognized_on)
    named = set(listing.revision.measure_units.values_list("measure_id", "unit_id"))
    for task in listing.tasks.select_related("measure"):
        assert task.measure.code in executable
        assert (task.measure_id, task.named_unit_id) in named


@pytest.fixture
def stage(db: None) -> type[Chain]:
    """The people and the company that every run of the machine starts from."""
    with clock.at(make.START):
        Chain.people = {part: make.actor_of(part[0], part[1], part[2]) for part in CAST}
        Chain.company = make.legal_entity()
    return Chain


@pytest.mark.long
def test_no_order_of_acts_lists_anybody_without_ground(stage: type[Chain]) -> None:
    reached: list[int] = []

    class Counted(stage):  # type: ignore[valid-type, misc]
        def teardown(self) -> None:
            reached.append(Listing.objects.count())
            super().teardown()

    run_state_machine_as_test(
        Counted,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(reached) >= 20
    assert sum(1 for count in reached if count) >= 5, "the machine must get as far as listings"
