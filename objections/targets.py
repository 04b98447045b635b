"""What can be objected to: one resolver per kind of target, filled by this app and by the packages that own the rest.

A resolver answers for a public key with everything that filing, routing and recusal need. Who answers is not decided
here: a resolver offers the units by their part, and `TargetRoute` rows say which part answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from core.actors import Actor
from core.models import TransitionRecord
from core.problems import Violation, refuse
from objections.enums import Answerer, TargetKind
from organizations.models import Organization, WorkingGroup
from organizations.selectors import group_for, office_group
from sanctions.enums import CaseLevel, DocumentKind, GovernedBy, ListingState, Polarity, SubjectDecision
from sanctions.models import Case, CaseSubject, Determination, ExecutionTask, ExternalListing, Listing
from sanctions.workflow import LISTING, TASK
from subjects.models import Subject
from subjects.selectors import family


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that can be contested.

    decided_on: day from which it can be, None before; units: who had which part in it; took_part: keys of the officers
    who decided or issued it; listing: set where a measure clock hangs on it; hangs_on: the listing without which it
    is nothing; revoked_on: void since then.
    """

    kind: str
    key: str
    label: str
    subject: Subject
    decided_on: date | None
    units: Mapping[str, Organization] = field(default_factory=dict)
    group: WorkingGroup | None = None
    listing: Listing | None = None
    hangs_on: Listing | None = None
    took_part: frozenset[str] = frozenset()
    reward: bool = False
    reward_lost: bool = False
    revoked_on: date | None = None
    forward_to: str = ""

    def __str__(self) -> str:
        return f"{TargetKind(self.kind).label}：{self.label}"


Resolver = Callable[[str], Target | None]
Lister = Callable[[Subject], Iterable[Target]]
# What an upheld objection or complaint does at once to what has no measure clock; says what it did.
Effect = Callable[[Actor, Target, date, str], str]
ORDER = ("listing", "facts", "reward", "disclosure", "repair_refusal", "source_list", "base_record", "measure")
_resolvers: dict[str, Resolver] = {}
_listers: dict[str, Lister] = {}
_effects: dict[str, Effect] = {}


def register(kind: str, resolver: Resolver, lister: Lister, effect: Effect | None = None) -> None:
    """Let a package answer for one kind of target; from AppConfig.ready()."""
    _resolvers[kind] = resolver
    _listers[kind] = lister
    if effect is not None:
        _effects[kind] = effect


def corrected_at_once(actor: Actor, target: Target, on: date, why: str) -> str:
    """Put right what an answer or ruling found wrong, inside that act; "" where the unit corrects it itself."""
    effect = _effects.get(target.kind)
    return effect(actor, target, on, why) if effect else ""


def registered() -> list[str]:
    return sorted(_resolvers)


def resolve(kind: str, key: str) -> Target:
    """Return the target; Refused OBJ-43 for a kind that cannot be contested, or a key that nothing answers to."""
    resolver = _resolvers.get(kind)
    found = resolver(key) if resolver else None
    if found is None:
        refuse(
            [
                Violation(
                    "OBJ-43",
                    "没有找到所异议的事项",
                    "target_key",
                    "按决定书、告知书或公示页面上的编号填写；不清楚的到窗口查询",
                )
            ]
        )
        raise AssertionError("refused above")
    return found


def contestable(subject: Subject) -> list[Target]:
    """Return everything about a subject that it may contest, for the officer at the window to choose from.

    What the city determined comes first, the many single measures last.
    """
    order = [kind for kind in ORDER if kind in _listers] + sorted(set(_listers) - set(ORDER))
    return [target for kind in order for target in _listers[kind](subject)]


def _group_of(case: Case) -> WorkingGroup | None:
    return office_group() if case.level == CaseLevel.OFFICE else case.group


def _deciders(determination: Determination) -> frozenset[str]:
    return frozenset({determination.decided_by_key, determination.issued_by_key} - {""})


def _case_parts(case: Case, determination: Determination | None) -> dict[str, Organization]:
    parts = {Answerer.INITIATING_UNIT.value: case.unit}
    if determination is not None:
        parts |= {Answerer.LEAD_UNIT.value: determination.lead_unit, Answerer.DETERMINER.value: determination.lead_unit}
    return parts


def _served_on(case_subject: CaseSubject) -> date | None:
    days = [row.served_on for row in case_subject.services.all() if row.document == DocumentKind.DETERMINATION]
    return min(days, default=None)


_CASE_SUBJECTS = CaseSubject.objects.select_related(
    "subject", "case__unit", "case__group", "case__revision", "case__determination__lead_unit"
).prefetch_related("services")


def _facts_of(row: CaseSubject) -> Target:
    case = row.case
    return Target(
        kind=TargetKind.FACTS,
        key=row.public_id,
        label=f"{case.revision.title}（{case.document_number}）所认定的事实",
        subject=row.subject,
        decided_on=_served_on(row),
        units=_case_parts(case, getattr(case, "determination", None)),
        group=_group_of(case),
        took_part=frozenset({case.drafted_by_key, case.submitted_by_key} - {""}),
        reward=case.polarity == Polarity.INCENTIVE,
        reward_lost=row.decision == SubjectDecision.NOT_LISTED,
    )


def _facts(key: str) -> Target | None:
    row = _CASE_SUBJECTS.filter(public_id=key).first()
    return _facts_of(row) if row else None


def _facts_about(subject: Subject) -> Iterable[Target]:
    rows = _CASE_SUBJECTS.filter(subject__in=family(subject), services__document=DocumentKind.DETERMINATION)
    return [_facts_of(row) for row in rows.exclude(case__polarity=Polarity.INCENTIVE).order_by("pk").distinct()]


_LISTINGS = Listing.objects.select_related(
    "subject", "revision", "determination__lead_unit", "case_subject__case__unit", "case_subject__case__group"
)


def _listing_target(row: Listing) -> Target:
    case = row.case_subject.case
    return Target(
        kind=TargetKind.LISTING,
        key=row.public_id,
        label=f"{row.determination.official_number or row.determination.numbered()} 对“{row.revision.title}”的联合认定",
        subject=row.subject,
        decided_on=row.served_on,
        units=_case_parts(case, row.determination),
        group=_group_of(case),
        listing=row,
        took_part=_deciders(row.determination),
        reward=row.polarity == Polarity.INCENTIVE,
        revoked_on=row.revoked_from,
    )


def _listing(key: str) -> Target | None:
    row = _LISTINGS.filter(public_id=key).first()
    return _listing_target(row) if row else None


def _listings_about(subject: Subject) -> Iterable[Target]:
    rows = _LISTINGS.filter(subject__in=family(subject), polarity=Polarity.DISCIPLINE).order_by("pk")
    return [_listing_target(row) for row in rows]


def _source_of_listing(row: Listing) -> Target:
    unit = row.case_subject.case.unit
    return Target(
        kind=TargetKind.SOURCE_LIST,
        key=row.public_id,
        label=f"“{row.revision.title}”的源名单记录（{row.case_subject.case.document_number}）",
        subject=row.subject,
        decided_on=row.served_on,
        units={Answerer.FORWARDED.value: unit},
        group=_group_of(row.case_subject.case),
        forward_to=unit.name,
    )


def _source_of_external(row: ExternalListing) -> Target | None:
    if row.subject is None:
        return None
    office = office_group()
    return Target(
        kind=TargetKind.SOURCE_LIST,
        key=row.public_id,
        label=f"{row.list_name}（{row.source_number}）",
        subject=row.subject,
        decided_on=row.received_on,
        units={Answerer.FORWARDED.value: office.lead_unit},
        group=office,
        forward_to=row.source,
    )


def _source_list(key: str) -> Target | None:
    listing = _LISTINGS.filter(public_id=key, governed_by=GovernedBy.SOURCE).first()
    if listing is not None:
        return _source_of_listing(listing)
    external = ExternalListing.objects.select_related("subject").filter(public_id=key).first()
    return _source_of_external(external) if external else None


def _source_lists_about(subject: Subject) -> Iterable[Target]:
    own = _LISTINGS.filter(subject__in=family(subject), governed_by=GovernedBy.SOURCE).order_by("pk")
    external = ExternalListing.objects.select_related("subject").filter(subject__in=family(subject)).order_by("pk")
    received = [_source_of_external(row) for row in external]
    return [*(_source_of_listing(row) for row in own), *(target for target in received if target)]


def _base_record_of(subject: Subject) -> Target:
    return Target(
        kind=TargetKind.BASE_RECORD,
        key=subject.public_id,
        label=f"{subject.name}的基础信息",
        subject=subject,
        decided_on=subject.registered_on,
        units={Answerer.SOURCE_UNIT.value: subject.registered_by} if subject.registered_by else {},
        group=group_for(subject.kind),
    )


def _base_record(key: str) -> Target | None:
    subject = Subject.objects.select_related("registered_by").filter(public_id=key).first()
    return _base_record_of(subject) if subject else None


def _measure_targets(rows: Collection[ExecutionTask]) -> list[Target]:
    """Return the targets of many tasks, in as many queries as for one."""
    keys = [row.pk for row in rows]
    records = TransitionRecord.objects.filter(workflow=TASK.name, object_id__in=keys, actor_kind="officer")
    handled: dict[int, set[str]] = {}
    for key, officer in records.values_list("object_id", "actor_key"):
        handled.setdefault(key, set()).add(officer)
    cases = {row.listing.case_subject.case.pk: row.listing.case_subject.case for row in rows}
    groups = {key: _group_of(case) for key, case in cases.items()}
    return [
        _measure_target(row, groups[row.listing.case_subject.case.pk], frozenset(handled.get(row.pk, ())))
        for row in rows
    ]


def _measure_target(row: ExecutionTask, group: WorkingGroup | None, handled: frozenset[str]) -> Target:
    case = row.listing.case_subject.case
    return Target(
        kind=TargetKind.MEASURE,
        key=row.public_id,
        label=f"{row.unit.name}实施“{row.measure.name}”",
        subject=row.listing.subject,
        decided_on=max(row.assigned_on, row.listing.served_on),
        units={Answerer.IMPLEMENTING_UNIT.value: row.unit, **_case_parts(case, row.listing.determination)},
        group=group,
        hangs_on=row.listing,
        took_part=handled,
        revoked_on=row.listing.revoked_from,
    )


_TASKS = ExecutionTask.objects.select_related(
    "unit",
    "measure",
    "listing__subject",
    "listing__determination__lead_unit",
    "listing__case_subject__case__unit",
    "listing__case_subject__case__group",
)


def _measure(key: str) -> Target | None:
    rows = _TASKS.filter(public_id=key, listing__polarity=Polarity.DISCIPLINE)
    return next(iter(_measure_targets(rows)), None)


def _measures_about(subject: Subject) -> Iterable[Target]:
    rows = _TASKS.filter(listing__subject__in=family(subject), listing__polarity=Polarity.DISCIPLINE).order_by("pk")
    return _measure_targets(rows)


def _reward_target(row: CaseSubject) -> Target | None:
    """Return the refusal or withdrawal of a reward, or None where it was neither refused nor withdrawn."""
    determination = getattr(row.case, "determination", None)
    listing = getattr(row, "listing", None)
    if determination is None:
        return None
    deciders = _deciders(determination)
    if row.decision == SubjectDecision.NOT_LISTED:
        label, lost_on = "不予守信激励", _served_on(row)
    elif listing is not None and (listing.state == ListingState.WITHDRAWN):
        taken = TransitionRecord.objects.filter(
            workflow=LISTING.name, object_id=listing.pk, transition="withdraw_reward"
        ).last()
        label, lost_on = "取消守信激励", taken.legal_on if taken else None
        deciders |= {taken.actor_key} if taken else frozenset()
    else:
        return None
    return Target(
        kind=TargetKind.REWARD,
        key=row.public_id,
        label=f"{label}：{row.case.revision.title}",
        subject=row.subject,
        decided_on=lost_on,
        units=_case_parts(row.case, determination),
        group=_group_of(row.case),
        took_part=deciders,
        reward=True,
        reward_lost=True,
    )


def _reward(key: str) -> Target | None:
    row = _CASE_SUBJECTS.filter(public_id=key, case__polarity=Polarity.INCENTIVE).first()
    return _reward_target(row) if row else None


def _rewards_about(subject: Subject) -> Iterable[Target]:
    rows = _CASE_SUBJECTS.filter(subject__in=family(subject), case__polarity=Polarity.INCENTIVE).order_by("pk")
    return [target for target in map(_reward_target, rows) if target]


def register_own() -> None:
    """Register the targets that lie in the chain and among the subjects; publicity and repair add theirs."""
    register(TargetKind.FACTS, _facts, _facts_about)
    register(TargetKind.LISTING, _listing, _listings_about)
    register(TargetKind.SOURCE_LIST, _source_list, _source_lists_about)
    register(TargetKind.BASE_RECORD, _base_record, lambda subject: [_base_record_of(subject)])
    register(TargetKind.MEASURE, _measure, _measures_about)
    register(TargetKind.REWARD, _reward, _rewards_about)
