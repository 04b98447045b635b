"""Queries of repair that other rooms and apps may use."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField
from django.db.models.functions import TruncMonth

from core import deadlines, prepared
from core.actors import Actor
from core.models import TransitionRecord
from core.text import zh_day
from core.timeline import act_rows, due_rows, in_order
from publicity.enums import RecordKind
from publicity.models import Penalty, Regime
from publicity.selectors import publicly_visible
from repair.enums import OPEN, ApplicantRole, Outcome, ShieldState, State
from repair.letters import REMEDIES
from repair.models import Application, Bar, EntryTerm, LiftedMeasure, Shield
from repair.workflow import APPLICATION
from sanctions.enums import StopKind
from sanctions.models import ExecutionTask, Listing
from sanctions.services.stops import stops_of
from subjects.models import Subject
from subjects.selectors import family

MOST_PENALTIES = 50
SHOWN = (ShieldState.ACTIVE.value, ShieldState.COMPLETED.value, ShieldState.ENDED.value)


def persons_concerning(actor: Actor) -> Q:
    """Return which natural persons an actor may know of: those whose repair its unit took in or handles."""
    return Q(pk__in=Application.objects.visible_to(actor).values("subject_id"))


def listings_of(subject: Subject) -> list[Listing]:
    """Return a subject's discipline listings that are not removed yet, for the counter where it applies.

    Where none stands, the latest listing of any kind: filing says why there is nothing to repair.
    """
    rows = Listing.objects.filter(subject__in=family(subject)).order_by("pk")
    rows = rows.select_related("subject", "revision__entry", "determination__lead_unit")
    standing = rows.filter(polarity="discipline", delisted_on__isnull=True)
    return list(standing) or list(rows.reverse()[:1])


def penalties_of(subject: Subject, day: date) -> list[Penalty]:
    """Return a subject's penalties that are public on `day`: what it may ask to have taken out of the public view."""
    rows = publicly_visible(day, RecordKind.PENALTY).filter(subject__in=family(subject))
    return list(rows.select_related("subject", "authority", "unit").order_by("-decided_on", "-pk")[:MOST_PENALTIES])


# --- shielding -------------------------------------------------------------------------------------------------------


def _shielding(day: date) -> Q:
    """Return the shields in effect on `day`: ended ones until their last day, completed ones for what is left."""
    inside = Q(to_on__isnull=True) | Q(to_on__gt=day) | Q(state=ShieldState.COMPLETED)
    return Q(state__in=SHOWN, from_on__lte=day) & inside


def shielded(subject: Subject, day: date) -> bool:
    """Return whether a court's ruling shields what is listed of this subject on `day`."""
    return Shield.objects.filter(_shielding(day), subject__in=family(subject)).exists()


def shielded_on(day: date) -> Q:
    """Return, as a condition on listings, those that a shield hides on `day`: for acts not later than its ruling."""
    inside = Shield.objects.filter(_shielding(day), ruled_on__gte=OuterRef("case_subject__case__act_on"))
    own = inside.filter(subject=OuterRef("subject"))
    folded = inside.filter(subject=OuterRef("subject__canonical"))
    return Q(Exists(own)) | Q(Exists(folded))


def shielded_penalties(day: date) -> Q:
    """Return, as a condition on published penalties, those that a shield hides on `day`: decided before its ruling.

    The rulings are few and read first, so that a list of a million penalties does not ask for them row by row.
    """
    rulings = prepared.tuples(_rulings, (), day)
    subjects = {subject for subject, _ in rulings}
    folded: dict[int, list[int]] = {}
    if subjects:
        for key, root in Subject.objects.filter(canonical__in=subjects).values_list("pk", "canonical"):
            folded.setdefault(root or 0, []).append(key)
    found = Q(pk__in=[])
    for subject, ruled_on in rulings:
        found |= Q(subject__in=[subject, *folded.get(subject, ())], decided_on__lte=ruled_on)
    return found


def _rulings(day: date) -> QuerySet[Any, Any]:
    return Shield.objects.filter(_shielding(day)).order_by("pk").values_list("subject", "ruled_on")


def covered_by(shield: Shield) -> QuerySet[Listing]:
    """Return the listings that a ruling covers: those of the subject for acts not later than the ruling."""
    return Listing.objects.filter(
        subject__in=family(shield.subject), polarity="discipline", case_subject__case__act_on__lte=shield.ruled_on
    )


def lifted_on(day: date) -> Q:
    """Return, as a condition on execution tasks, those whose measure is lifted for a reorganisation plan on `day`."""
    inside = Shield.objects.filter(_shielding(day))
    return Q(Exists(LiftedMeasure.objects.filter(task=OuterRef("pk"), shield__in=inside)))


def is_lifted(task: ExecutionTask, day: date) -> bool:
    return ExecutionTask.objects.filter(lifted_on(day), pk=task.pk).exists()


# --- propagation -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Follower:
    """Who had to follow a published repair, since when, and whether it has said so."""

    who: str
    what: str
    told_on: date
    followed_on: date | None
    waiting: bool


def propagation(application: Application) -> list[Follower]:
    """Return who has followed a published repair since when: the public pages, the source, every implementing unit."""
    if application.published_on is None:
        return []
    day = application.published_on
    what = "停止公示，移出名单" if application.listing is not None else "终止公示"
    found = [Follower("信用广元网站", what, day, day, False)]
    result = getattr(application, "source_result", None)
    if result is not None:
        found.append(Follower(result.source, "来源终止公示", result.decided_on, result.ended_on, False))
    if application.listing is None:
        return found
    for row in reversed(stops_of(application.listing)):
        if row["kind"] != StopKind.RELEASE or row["sent_on"] < day:
            continue
        told = row["sent_on"]
        followed = row["confirmed_on"] if row["must_confirm"] else told
        waiting = row["must_confirm"] and followed is None and row["superseded_on"] is None
        found.append(Follower(row["unit"], f"停止实施 {row['measure']}", told, followed, waiting))
    return found


# --- publicity -------------------------------------------------------------------------------------------------------

# The last day published: months from the day of the document by the regime switched to, else that day's regime, as
# `core.periods.ends_on` counts them; a channel other than the city's ends its own publication. Spans of one severity
# and of one entry never overlap, so each lookup gives one row.
_DECIDED = "coalesce(decision.issued_on, decision.decided_on)"
_RULED = f"""
sanctions_determination decision
  JOIN catalog_entryrevision revision ON revision.id = {{t}}.revision_id
  JOIN publicity_regime regime ON regime.severity = coalesce(nullif(revision.severity, ''), 'serious')
   AND regime.confirmed_by_key <> '' AND regime.replaced_on IS NULL
 WHERE decision.id = {{t}}.determination_id AND {{t}}.governed_by = 'city'
   AND CASE (SELECT choice.regime_code FROM repair_regimechoice choice
              WHERE choice.listing_id = {{t}}.id ORDER BY choice.id DESC LIMIT 1) = regime.code
       WHEN true THEN true WHEN false THEN false
       ELSE {_DECIDED} BETWEEN regime.valid_from AND coalesce(regime.valid_to, 'infinity') END
   AND NOT EXISTS (SELECT 1 FROM repair_entryterm term JOIN catalog_entry entry ON entry.code = term.entry_code
        WHERE entry.id = revision.entry_id AND term.channel <> 'city' AND term.confirmed_by_key <> ''
          AND term.replaced_on IS NULL AND {_DECIDED} BETWEEN term.valid_from AND coalesce(term.valid_to, 'infinity'))
"""
_LAST_DAY = f"""(SELECT shifted.day - CASE WHEN extract(day FROM shifted.day) = extract(day FROM {_DECIDED}) THEN 1 ELSE 0 END
  FROM (SELECT ({_DECIDED} + make_interval(months => regime.max_months))::date) AS shifted (day))"""
OUT_SQL = f"EXISTS (SELECT 1 FROM {_RULED} AND {_DECIDED} < %s AND %s > {_LAST_DAY})"
# The same day itself, of the listing {{t}}; null where publicity has no end of its own.
LAST_SHOWN_SQL = f"(SELECT min({_LAST_DAY}) FROM {_RULED})"


def published_out(day: date) -> RawSQL:
    """Return, as an SQL condition on a plain query of listings, those whose longest publicity is over on `day`."""
    statement = OUT_SQL.format(t="sanctions_listing")
    return RawSQL(statement, [day, day], output_field=BooleanField())  # noqa: S611


def not_shown_on(day: date) -> Q:
    """Return, as a condition on a plain query of listings, those that no public page shows on `day`."""
    return shielded_on(day) | Q(published_out(day))


# --- applications ----------------------------------------------------------------------------------------------------


def open_application(listing: Listing) -> Application | None:
    """Return the application that is being handled for this listing, if there is one."""
    return Application.objects.filter(listing=listing, state__in=OPEN).first()


def under_repair(listings: Collection[int]) -> set[int]:
    """Return which of these listings have an open application; one query."""
    return being_repaired(listings, ())[0]


def being_repaired(listings: Collection[int], penalties: Collection[int]) -> tuple[set[int], set[int]]:
    """Return which of these listings and which of these penalties have an open application; one query."""
    rows = prepared.tuples(_open_about, (), list(listings), list(penalties))
    return {listing for listing, _ in rows if listing}, {penalty for _, penalty in rows if penalty}


def _open_about(listings: list[int], penalties: list[int]) -> QuerySet[Any, Any]:
    about = Q(listing__among=listings) | Q(penalty__among=penalties)
    return Application.objects.filter(about, state__in=OPEN).values_list("listing_id", "penalty_id")


def penalties_under_repair(penalties: Collection[int]) -> set[int]:
    """Return which of these published penalties have an open application to end their publication; one query."""
    return being_repaired((), penalties)[1]


def refusals_of(subject: Subject) -> Iterable[Application]:
    """Return the refused applications of a subject: the refusal itself can be objected to, at the unit that refused."""
    states = [State.REJECTED, State.DECLINED]
    return Application.objects.filter(subject__in=family(subject), state__in=states).select_related("unit")


def credit_notes(subject: Subject, day: date) -> list[dict[str, Any]]:
    """Return what a subject's credit record says of revoked repairs while the bar lasts."""
    rows = Bar.objects.filter(subject__in=family(subject), from_on__lte=day, until__gte=day)
    return [
        {
            "on": row.from_on,
            "until": row.until,
            "text": f"因{row.revocation.get_ground_display()}撤销信用修复，{zh_day(row.until)}以前不得再次申请修复",
            "unit": row.revocation.application.unit.name,
        }
        for row in rows.select_related("revocation__application__unit").order_by("from_on")
    ]


def timeline(application: Application) -> list[dict[str, Any]]:
    """Return what happened to an application and why each due day is what it is, in order."""
    dues = due_rows(deadlines.deadlines_of(application))
    return in_order([*act_rows((APPLICATION, [application.pk])), *dues])


def running_days(application: Application) -> list[dict[str, Any]]:
    """Return the due days that are running, each with its explanation."""
    return [
        {"label": row.rule.name, "due_on": row.due_on, "explanation": row.explanation()}
        for row in deadlines.deadlines_of(application)
        if row.closed_on is None
    ]


def asked_for(application: Application) -> list[dict[str, Any]]:
    """Return what the unit still waits for from the applicant: what is missing, until when and why; one at most."""
    rows = deadlines.deadlines_of(application).filter(rule__code="REP-T07", closed_on__isnull=True)
    waiting = rows.last()
    if waiting is None:
        return []
    asked = TransitionRecord.objects.filter(
        workflow=APPLICATION.name, object_id=application.pk, transition__startswith="ask_"
    ).order_by("pk")
    return [{"what": row.reason, "due_on": waiting.due_on, "why": waiting.explanation()} for row in asked.reverse()[:1]]


def followed_state(application: Application) -> dict[str, Any]:
    """Return what the applicant sees by receipt and secret: an allow-list without anybody's number or name."""
    shown = APPLICATION.states[application.state]
    result = getattr(application, "source_result", None)
    return {
        "receipt": application.receipt,
        "kind": application.kind,
        "kind_label": application.get_kind_display(),
        "state": application.state,
        "state_label": shown,
        "channel": application.channel,
        "channel_label": application.get_channel_display(),
        "unit": application.unit.name,
        "applicant_role": ApplicantRole(application.applicant_role).label,
        "received_on": application.received_on,
        "accepted_on": application.accepted_on,
        "answered_on": application.answered_on,
        "published_on": application.published_on,
        "answer": application.answer,
        "decision_number": application.numbered(),
        "due": running_days(application),
        "asked": asked_for(application),
        "source_result": Outcome(result.outcome).label if result is not None else None,
        "remedies": REMEDIES if application.state in {State.REJECTED, State.DECLINED} else None,
    }


def regimes_on(day: date) -> list[Regime]:
    return list(Regime.objects.in_use().filter(valid_from__lte=day))


def entry_terms_on(day: date) -> list[EntryTerm]:
    """Return the terms of every entry in use on `day`, for the in-memory rule book."""
    return list(EntryTerm.objects.on(day).order_by("entry_code", "-valid_from"))


def published_repairs(from_on: date, to_on: date) -> QuerySet[Application]:
    """Return the repairs of legal entities announced in these days, newest first; revoked ones are announced no more."""
    rows = Application.objects.filter(state=State.PUBLISHED, published_on__gte=from_on, published_on__lte=to_on)
    rows = rows.exclude(subject__kind="natural_person").order_by("-published_on", "-pk")
    return rows.select_related("unit", "subject", "listing__revision", "penalty")


# A median cannot be made of the months' medians: the whole span is counted in the same statement (month is null).
DURATION_SQL = """
SELECT date_trunc('month', published_on)::date, count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY published_on - received_on)
  FROM repair_application WHERE published_on BETWEEN %s AND %s
 GROUP BY GROUPING SETS ((date_trunc('month', published_on)), ())
"""


def durations(first: date, last: date) -> dict[date | None, tuple[int, float]]:
    """Return how many repairs each month published and their median days from receipt on; the whole span under None.

    Months without any are absent; one query.
    """
    with connection.cursor() as cursor:
        cursor.execute(DURATION_SQL, [first, last])
        return {month: (number, float(median)) for month, number, median in cursor.fetchall() if number}


def received_by_month(first: date, last: date) -> dict[date, int]:
    """Return how many applications were received in each month; one query."""
    rows = Application.objects.filter(received_on__range=(first, last)).order_by()
    return dict(rows.values_list(TruncMonth("received_on")).annotate(number=Count("pk")))
