"""Queries of the chain that other rooms and apps may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce, TruncMonth

from core import clock, deadlines
from core.actors import Actor
from core.periods import PeriodState
from core.plans import Planned
from core.text import zh_day
from core.timeline import act_rows, due_rows, in_order
from organizations.models import WorkingGroup
from sanctions import explanations
from sanctions.enums import CaseLevel, PauseCause, Polarity, TaskDuty, TaskState
from sanctions.models import Case, ExecutionTask, Listing
from sanctions.showing import hidden_on, lifted_on
from sanctions.workflow import CASE, LISTING, TASK
from subjects.marks import marks_of
from subjects.models import Subject
from subjects.selectors import family

# The record that answers for a listing: its subject, or the one that was folded into.
OWNER = Coalesce("subject__canonical_id", "subject_id")


class Known(NamedTuple):
    """Whether anything at all is on file of a subject: listings, past ones too, and rows of others' lists."""

    listings: bool
    external: bool


KNOWN = Planned(
    "SELECT EXISTS (SELECT FROM sanctions_listing WHERE subject_id = ANY (%s)),"
    " EXISTS (SELECT FROM sanctions_externallisting WHERE subject_id = ANY (%s))"
)


def known_of(keys: Sequence[int]) -> Known:
    """Tell in one statement what is worth asking for under these keys, which are one subject's: most have neither."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(keys)] * 2)
        return Known(*cursor.fetchone())


def disciplined_among(subjects: Sequence[Subject], day: date) -> set[int]:
    """Return the keys of those subjects that have a discipline listing in force or paused on `day`; one query."""
    keys = [subject.canonical_id or subject.pk for subject in subjects]
    return set(
        Listing.objects.annotate(owner=OWNER)
        .filter(owner__in=keys, polarity=Polarity.DISCIPLINE, delisted_on__isnull=True)
        .with_state_on(day)
        .filter(state_on__in=["in_force", "paused"])
        .values_list("owner", flat=True)
    )


PUBLIC_STATES = {
    "pending": "未开始",
    "in_force": "实施中",
    "paused": "暂停",
    "ended": "已移出",
    "revoked": "已撤销",
}

# What stands beside a paused listing wherever it is published (design §4, What 暂停 means).
PAUSED_MARK = "异议处理中，措施暂停执行"
STAYED_MARK = "依法停止执行，措施暂停执行"  # by a court alone, while nobody's objection is open


# A person stands on a public list only for a reward, and only who agreed to it (design §4, Rewards).
PERSON_AGREED = Q(subject__kind="natural_person", polarity=Polarity.INCENTIVE, case_subject__consented_on__isnull=False)


def public_listings(
    day: date, *, polarity: str | None = None, states: Iterable[str] = ("in_force", "paused"), persons: bool = False
) -> QuerySet[Listing]:
    """Return listings that the public may see on `day`, in force or paused: those of legal entities.

    persons: those of natural persons who agreed to be named instead; the caller masks their names.
    """
    queryset = standing_listings(day, states).exclude(hidden_on(day))
    queryset = queryset.filter(PERSON_AGREED) if persons else queryset.exclude(subject__kind="natural_person")
    return queryset.filter(polarity=polarity) if polarity else queryset


def standing_listings(day: date, states: Iterable[str] = ("in_force", "paused")) -> QuerySet[Listing]:
    """Return listings of whomever, public or not, that stand on `day`; for those alone whom they are about."""
    # What was delisted was over before; the state of the rest is computed.
    live = Listing.objects.filter(Q(delisted_on__isnull=True) | Q(delisted_on__gt=day), starts_on__lte=day)
    queryset = live.with_state_on(day).filter(state_on__in=list(states))
    queryset = queryset.select_related("subject", "revision__entry", "determination__lead_unit", "case_subject")
    return queryset.prefetch_related("pauses", "amendments").order_by("-pk")


def contestable_in(listings: Sequence[Any]) -> dict[str, list[str]]:
    """Return what of these listings can be contested as a whole, in the words of `subjects.marks`."""
    return {
        "listing": [row.public_id for row in listings],
        "source_list": [row.public_id for row in listings],
        "facts": [row.case_subject.public_id for row in listings],
    }


def contested_among(listings: Sequence[Any]) -> dict[int, str]:
    """Return the mark of those listings whose determination, facts or source record is being contested; one query."""
    return marked_among(listings, marks_of(contestable_in(listings)))


def marked_among(listings: Sequence[Any], found: Mapping[tuple[str, str], str]) -> dict[int, str]:
    """Return the mark of each listing out of what was asked for a whole page."""
    marks = {}
    for row in listings:
        keys = (("listing", row.public_id), ("source_list", row.public_id), ("facts", row.case_subject.public_id))
        if words := next((found[key] for key in keys if key in found), ""):
            marks[row.pk] = words
    return marks


def _mark(listing: Any, contested: str) -> str:
    """Return what stands beside the state: why the measures stand still, or that somebody contests what is listed."""
    if listing.state_on != PeriodState.PAUSED:
        return contested
    causes = {pause.cause for pause in listing.pauses.all() if pause.to_on is None}
    if listing.tacit_on():
        causes.add(PauseCause.OBJECTION)
    return STAYED_MARK if causes == {PauseCause.COURT} and not contested else PAUSED_MARK


def public_listing(listing: Any, contested: str = "") -> dict[str, Any]:
    """Return the allow-list of one listing for the portal and the public API.

    contested: its mark out of `contested_among`, asked once for a whole page.
    """
    determination, end = listing.determination, listing.end_on()
    return {
        "id": listing.public_id,
        "kind": listing.polarity,
        "subject": {"id": listing.subject.public_id, "name": listing.subject.name},
        "entry": {"code": listing.revision.entry.code, "title": listing.revision.title},
        "decided_by": determination.lead_unit.name,
        "document": determination.official_number or determination.numbered(),
        "basis": determination.basis,
        "period": listing.period().label(),
        "starts_on": listing.starts_on.isoformat(),
        "ends_on": end.isoformat() if end else None,
        "governed_by": listing.governed_by,
        "governed_by_label": listing.get_governed_by_display(),
        "state": listing.state_on,
        "state_label": PUBLIC_STATES[listing.state_on],
        "mark": _mark(listing, contested),
        "exit_terms": determination.exit_terms,
        "remedies": determination.remedies,
        "explanation": explain_listing(listing),
    }


def explain_listing(listing: Listing) -> str:
    """Return why the listing ends on its day, in one paragraph; give it with pauses and amendments prefetched."""
    return explanations.of_listing(listing)


def timeline(case: Case) -> list[dict[str, Any]]:
    """Return what happened to a case and why each date is what it is, in order; constant number of queries."""
    listings = list(
        Listing.objects.filter(case_subject__case=case)
        .select_related("subject", "determination", "revision")
        .prefetch_related("pauses", "amendments")
    )
    rows = act_rows((CASE, [case.pk]), (LISTING, [row.pk for row in listings]))
    for service in _services_of(case):
        rows.append(
            {
                "on": service.served_on,
                "label": f"{service.get_document_display()}送达{service.case_subject.subject.name}",
                "actor": service.recipient,
                "reason": service.get_method_display(),
                "explanation": "",
                "kind": "service",
                "order": (service.served_on, 2, service.pk),
            }
        )
    for listing in listings:
        rows += explanations.clock_rows(listing)
    return in_order(rows)


def listing_timeline(listing: Listing) -> list[dict[str, Any]]:
    """Return what happened to one listing and the days on which its dates change something, in order; one query."""
    rows = act_rows((LISTING, [listing.pk]))
    # The paragraph that explains them all stands on the same page once.
    days = explanations.clock_rows(listing)
    name = f"{listing.subject.name}："
    rows += [{**row, "label": row["label"].removeprefix(name), "explanation": ""} for row in days]
    today = clock.today()
    return in_order({**row, "ahead": row["on"] > today} for row in rows)


def _services_of(case: Case) -> list[Any]:
    return [
        service
        for row in case.subjects.prefetch_related("services").select_related("subject")
        for service in row.services.all()
    ]


def task_timeline(task: ExecutionTask) -> list[dict[str, Any]]:
    """Return the acts on a task and the explanation of its due days."""
    dues = due_rows(deadlines.deadlines_of(task))
    return in_order([*act_rows((TASK, [task.pk])), *dues])


PAUSED_WORDS = "该措施暂停执行，不得作为不予许可、扣分或从严的依据"


@dataclass(frozen=True, slots=True)
class MeasureAgainst:
    """One executable measure on a subject: what it comes to today, for the unit that carries it out.

    action: forbid (in force), suspended (paused: the fixed words say what it must not be used for), remind (class 3, or
    not begun), incentive.
    """

    listing: Any
    task: Any
    action: str
    words: str
    starts_on: date
    ends_on: date | None


def measures_against(subject: Subject, day: date) -> list[MeasureAgainst]:
    """Return every executable measure on the subject and its duplicates that is not over on `day`, with its action.

    One statement, so one snapshot: after the commit of a pause no answer is "forbid".
    """
    rows = (
        ExecutionTask.objects.filter(listing__subject__in=family(subject))
        .exclude(state=TaskState.REFUSED)
        .exclude(lifted_on(day))
        .with_state_on(day)
        .filter(state_on__in=[PeriodState.PENDING, PeriodState.IN_FORCE, PeriodState.PAUSED])
        .select_related("listing__revision__entry", "listing__determination__lead_unit", "measure", "unit")
        .order_by("listing_id", "measure__sort", "measure__code", "unit__code")
    )
    return [_measure_against(row, day) for row in rows]


def _measure_against(task: Any, day: date) -> MeasureAgainst:
    if task.state_on == PeriodState.PAUSED:
        action, words = "suspended", PAUSED_WORDS
    elif task.listing.polarity == Polarity.INCENTIVE:
        action, words = "incentive", task.content
    elif task.state_on == PeriodState.PENDING:
        action, words = "remind", f"该措施自{zh_day(task.starts_on)}起实施：{task.content}"
    elif task.duty == TaskDuty.NOTICE:
        action, words = "remind", task.content
    else:
        action, words = "forbid", task.content
    return MeasureAgainst(task.listing, task, action, words, task.starts_on, task.end_on(day))


def rewards_to_reconsider(day: date) -> QuerySet[Listing]:
    """Return incentive listings in force whose subject has a discipline listing in force: nominated, not withdrawn."""
    disciplined = (
        Listing.objects.annotate(owner=OWNER)
        .filter(polarity=Polarity.DISCIPLINE, delisted_on__isnull=True)
        .with_state_on(day)
        .filter(state_on__in=["in_force", "paused"])
        .values("owner")
    )
    return (
        Listing.objects.annotate(owner=OWNER)
        .filter(polarity=Polarity.INCENTIVE, owner__in=disciplined, delisted_on__isnull=True)
        .with_state_on(day)
        .filter(state_on="in_force")
        .select_related("subject", "revision__entry")
    )


def persons_concerning(actor: Actor) -> Q:
    """Return which natural persons an actor may know of: those in cases it may see, or with tasks of its unit."""
    cases = Case.objects.visible_to(actor).values("pk")
    tasks = ExecutionTask.objects.visible_to(actor).values("listing__subject_id")
    return Q(case_subjects__case__in=cases) | Q(pk__in=tasks)


def group_figures(group: WorkingGroup, from_on: date, to_on: date) -> dict[str, Any]:
    """Return the sums of execution of what one group, or the office, decided in the period, by unit and state."""
    decided = Q(level=CaseLevel.OFFICE) if group.is_office else Q(level=CaseLevel.GROUP, group=group)
    led = Case.objects.filter(decided)
    tasks = ExecutionTask.objects.filter(
        listing__case_subject__case__in=led, assigned_on__gte=from_on, assigned_on__lte=to_on
    )
    by_unit = (
        tasks.values("unit__name")
        .annotate(
            total=Count("pk"),
            applied=Count("pk", filter=Q(state__in=["applied", "released"])),
            refused=Count("pk", filter=Q(state="refused")),
            waiting=Count("pk", filter=Q(state__in=["assigned", "acknowledged"])),
        )
        .order_by("unit__name")
    )
    cases = led.filter(determination__issued_on__range=(from_on, to_on))
    return {
        "cases": cases.count(),
        "listings": Listing.objects.filter(determination__case__in=cases).count(),
        "units": list(by_unit),
    }


def listed_by_field(day: date) -> dict[tuple[str, str], int]:
    """Return how many listings the public lists hold on the day, by field of the catalogue and polarity; one query."""
    rows = public_listings(day).filter(subject__is_provisional=False).order_by().prefetch_related(None)
    counted = rows.values_list("revision__entry__domain", "polarity").annotate(number=Count("pk"))
    return {(domain, polarity): number for domain, polarity, number in counted}


def listed_by_month(first: date, last: date) -> dict[tuple[date, str], int]:
    """Return how many listings began in each month and polarity, without those revoked since; one query."""
    rows = Listing.objects.filter(starts_on__range=(first, last), revoked_from__isnull=True).order_by()
    counted = rows.values_list(TruncMonth("starts_on"), "polarity").annotate(number=Count("pk"))
    return {(month, polarity): number for month, polarity, number in counted}
