"""Every way to read the chain, as every role and as a stranger: one sees what concerns one's unit, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from core import clock, permissions
from core.actors import Actor
from core.periods import Period
from core.problems import NotFound, Refused
from organizations.selectors import unit
from sanctions.models import Case, ExecutionTask, Listing
from sanctions.permissions import PERMISSIONS
from sanctions.selectors import (
    persons_concerning,
    public_listing,
    public_listings,
    rewards_to_reconsider,
)
from sanctions.services import cases, determinations, listings, meetings, notices, tasks
from subjects.models import Subject
from tests.factories import catalog as catalog_factory
from tests.factories import sanctions as make

DAY = date(2026, 3, 16)  # the day on which a case that starts on make.START is listed
A, B, C, D, P = "wages", "club", "draft", "district", "person"  # the cases of the stage


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Case]]:
    """Cases of several units, groups and kinds of subjects, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        entry = catalog_factory.make_active(initiating_units=("lzq_fgj",)).entry.code
        yield {
            A: make.case_in("listed"),
            B: make.case_in(
                "listed", entry=make.COURT, initiator="zy", subjects=[make.social_org()], units=("fgw", "czj")
            ),
            C: make.draft(),
            D: make.case_in("submitted", entry=entry, initiator="lzq_fgj"),
            P: make.case_in("listed", subjects=[make.person()], units=("gaj",)),
        }
        transaction.set_rollback(True)


# who: which cases, which listings, and of which cases all tasks (True), the own unit's (False) or none are seen
SEEN: dict[tuple[str, str], tuple[set[str], set[str], dict[str, bool]]] = {
    ("rsj", "handler"): ({A, C, P}, {A, B, P}, {A: False, B: False, P: False}),
    ("rsj", "reviewer"): ({A, C, P}, {A, B, P}, {A: False, B: False, P: False}),
    ("zjj", "handler"): ({A}, {A, P}, {A: False, P: False}),
    ("gaj", "reviewer"): ({P}, set(), {}),
    ("czj", "handler"): ({B, P}, {A, B, P}, {A: False, B: False, P: False}),
    ("scjgj", "group_lead"): ({A, D}, {A, P}, {A: True, P: False}),
    ("mzj", "group_lead"): ({B}, {B}, {B: True}),
    ("gaj", "group_lead"): ({P}, {P}, {P: True}),
    ("fgw", "office"): ({A, B, C, D, P}, {A, B, P}, {A: True, B: True, P: True}),
    ("lzq_fgj", "district_credit"): ({D}, set(), {}),
    ("lzq_fgj", "handler"): ({D}, set(), {}),
    ("cgj", "handler"): (set(), set(), {}),
    ("rsj", "window"): (set(), set(), {}),
    ("rsj", "system_admin"): (set(), set(), {}),
    ("fgw", "security_admin"): (set(), set(), {}),
    ("fgw", "audit_admin"): (set(), set(), {}),
}


@pytest.mark.parametrize("who", SEEN, ids="-".join)
def test_each_role_sees_what_concerns_it(stage: dict[str, Case], who: tuple[str, str]) -> None:
    seen_cases, seen_listings, seen_tasks = SEEN[who]
    with clock.at(DAY):
        actor = make.actor_of(*who)
    names = {case.pk: name for name, case in stage.items()}
    assert {names[pk] for pk in Case.objects.visible_to(actor).values_list("pk", flat=True)} == seen_cases
    of_cases = Listing.objects.visible_to(actor).values_list("case_subject__case_id", flat=True)
    assert sorted(names[pk] for pk in of_cases) == sorted(seen_listings)
    for name in (A, B, P):
        everything = ExecutionTask.objects.filter(listing__case_subject__case=stage[name])
        seen = ExecutionTask.objects.visible_to(actor).filter(pk__in=everything)
        expected = {
            True: everything,
            False: everything.filter(unit_id=actor.unit_id),
            None: everything.none(),
        }[seen_tasks.get(name)]
        assert set(seen) == set(expected), name
        assert seen.count() == expected.count()  # counts tell no more than lists


def nobodies() -> dict[str, Actor]:
    own = unit("rsj").pk
    return {
        "client": Actor("client", "c", "接口", unit_id=own, permissions=frozenset({"scope.checks"})),
        "applicant": Actor.applicant("a"),
        "source": Actor.source("s", "来源"),
        "job": Actor.job("j", ["sanctions.listing.delist"]),
        "officer without a job": Actor("officer", "o", "某人", unit_id=own),
        "group without permission": Actor("officer", "g", "某人", group_ids=frozenset({1, 2, 3, 4})),
        "district without permission": Actor("officer", "d", "某人", district_code="510802"),
    }


def test_who_is_no_officer_with_a_part_sees_nothing(stage: dict[str, Case]) -> None:
    for name, actor in nobodies().items():
        for model in (Case, Listing, ExecutionTask):
            assert not model.objects.visible_to(actor).exists(), (name, model)


@pytest.mark.parametrize("who", SEEN, ids="-".join)
def test_persons_are_known_where_they_concern_the_unit(stage: dict[str, Case], who: tuple[str, str]) -> None:
    with clock.at(DAY):
        actor = make.actor_of(*who)
    person = stage[P].subjects.get().subject
    known = Subject.objects.filter(persons_concerning(actor), pk=person.pk).exists()
    assert known == (P in SEEN[who][0] or P in SEEN[who][2])


# --- acts of somebody whose unit has no part -------------------------------------------------------------------------


def attempts(stage: dict[str, Case], actor: Actor) -> dict[str, Callable[[], Any]]:
    """Every act of the chain on records of others."""
    case, row = stage[A], stage[A].subjects.get()
    meeting = case.meetings.get()
    listing = row.listing
    task = listing.tasks.first()
    served = {"method": "direct", "recipient": "某人", "served_on": DAY}
    units = [unit("rsj")]
    return {
        "evidence": lambda: cases.attach_evidence(
            actor=actor, case=case, title="", attachment=case.evidence.get().attachment
        ),
        "revise": lambda: cases.revise_case(actor=actor, case=case, facts="", document_number=""),
        "submit": lambda: cases.submit_case(actor=actor, case=case),
        "accept": lambda: cases.accept_case(actor=actor, case=case),
        "return": lambda: cases.return_case(actor=actor, case=case, reason="退"),
        "escalate": lambda: cases.escalate_case(actor=actor, case=case, reason="报"),
        "withdraw": lambda: cases.withdraw_case(actor=actor, case=case, reason="撤"),
        "notify": lambda: notices.issue_notices(actor=actor, case=case),
        "serve notice": lambda: notices.record_notice_service(actor=actor, notice=row.notice, **served),
        "statement": lambda: notices.record_statement(
            actor=actor, notice=row.notice, statement="不服", received_on=DAY
        ),
        "convene": lambda: meetings.convene_meeting(actor=actor, case=case, held_on=DAY, place="", units=units),
        "draw": lambda: meetings.prepare_draw(actor=actor, meeting=meeting, demand={"law": 1}),
        "attendance": lambda: meetings.record_attendance(actor=actor, meeting=meeting, attended=units),
        "vote": lambda: meetings.cast_vote(actor=actor, meeting=meeting, case_subject=row, choice="list"),
        "decide": lambda: determinations.decide(actor=actor, case=case, decision=make.decision_for(case)),
        "issue": lambda: determinations.issue_determination(actor=actor, case=case, official_number="1号"),
        "serve": lambda: determinations.serve_determination(actor=actor, case_subject=row, **served),
        "perform": lambda: listings.perform_listing(actor=actor, listing=listing, reason="毕"),
        "withdraw reward": lambda: listings.withdraw_reward(actor=actor, listing=listing, reason="毕"),
        "acknowledge": lambda: tasks.acknowledge_task(actor=actor, task=task),
        "apply": lambda: tasks.apply_task(actor=actor, task=task, done=tasks.Done(DAY, "事", "办")),
        "refuse": lambda: tasks.refuse_task(actor=actor, task=task, reason="否"),
        "insist": lambda: tasks.insist_on_task(actor=actor, task=task, reason="须"),
    }


def test_a_stranger_with_every_permission_does_not_learn_that_a_record_exists(stage: dict[str, Case]) -> None:
    everything = frozenset(permissions.labels()) - {"sanctions.case.see_all", "sanctions.case.see_district"}
    with clock.at(DAY):
        stranger = replace(make.stranger(), permissions=everything)
        for name, attempt in attempts(stage, stranger).items():
            with pytest.raises(NotFound) as caught:
                attempt()
            assert caught.value.status == 404, name
            assert caught.value.remedy


def test_who_sees_a_case_does_not_therefore_act_on_it(stage: dict[str, Case]) -> None:
    """The invited unit and the office see the case; leading it is the group's, reporting it the unit's."""
    everything = frozenset(permissions.labels())
    with clock.at(DAY):
        guest = replace(make.actor_of("zjj", "handler"), permissions=everything - {"sanctions.case.see_all"})
        office = replace(make.actor_of("fgw", "office"), permissions=everything, roles=frozenset())
        for actor, whose in ((guest, {"vote", "acknowledge", "apply", "refuse"}), (office, set())):
            for name, attempt in attempts(stage, actor).items():
                if name in whose:
                    continue
                with pytest.raises((Refused, NotFound)) as caught:
                    attempt()
                assert caught.value.code not in {"CORE-04"}, (name, actor)


# --- what the public sees --------------------------------------------------------------------------------------------


def test_the_public_sees_legal_entities_only_by_an_allow_list(stage: dict[str, Case]) -> None:
    shown = list(public_listings(DAY))
    person = stage[P].subjects.get().subject
    assert {row.case_subject.case_id for row in shown} == {stage[A].pk, stage[B].pk}
    for row in shown:
        document = public_listing(row)
        assert set(document) == {
            *("id", "kind", "subject", "entry", "decided_by", "document", "basis", "period", "starts_on", "ends_on"),
            *(
                "state",
                "state_label",
                "mark",
                "exit_terms",
                "remedies",
                "explanation",
                "governed_by",
                "governed_by_label",
            ),
        }
        told = json.dumps(document, ensure_ascii=False)
        assert person.name not in told
        assert "行为" not in document["subject"]
        assert str(row.case_subject.case.facts) not in told
    assert [row.pk for row in public_listings(DAY - timedelta(days=1))] == []
    assert public_listings(DAY, polarity="incentive").count() == 0
    assert public_listings(date(2040, 1, 1)).count() == 0


@pytest.mark.django_db
def test_other_readers_keep_to_what_was_asked() -> None:
    company = make.legal_entity()
    reward = make.listing(entry=make.REWARD, subjects=[company], decision={"period": Period(months=12)})
    assert list(rewards_to_reconsider(DAY)) == []
    discipline = make.listing(subjects=[company], start=make.START + timedelta(days=28))
    assert list(rewards_to_reconsider(discipline.starts_on)) == [reward]


def test_every_permission_of_the_chain_is_held_and_labelled() -> None:
    for code in PERMISSIONS:
        assert permissions.label_of(code) != code
    asking = {"sanctions.check.ask", "sanctions.check.see"}  # whoever takes an application asks (逢报必查)
    for role, own in (("system_admin", set()), ("security_admin", set()), ("audit_admin", set()), ("window", asking)):
        held = {code for code in permissions.permissions_of([role]) if code.startswith("sanctions.")}
        assert held == own, role
