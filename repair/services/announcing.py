"""What the dates say, announced: publicity that has run out, applications without an object, repair now possible."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import partial

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from core import actors, clock, deadlines, outbox, workflow
from core.actors import Actor, acting
from core.chunks import repeated, walked
from core.periods import Period, ends_on
from core.permissions import require
from core.problems import Problem
from publicity.enums import State as Shown
from publicity.models import Penalty, Regime
from publicity.selectors import is_visible
from repair import letters
from repair.enums import OPEN, Channel
from repair.models import Application, Bar, EntryTerm, Notified, PublicityEnd
from repair.selectors import published_out, shielded_on
from repair.services.filing import RUNNING
from repair.services.handling import END
from repair.terms import DAY, Book
from repair.workflow import APPLICATION
from sanctions.models import Listing
from subjects.enums import ENDED
from subjects.models import LifeEvent
from subjects.selectors import family

CHUNK = 500
CHUNK_LOCK = 0x524550  # "REP": key of the lock under which one chunk of announcing follows another, on all workers
CLOSER = Actor.job("repair.listing_revoked", [END])


def _one_chunk_at_a_time() -> None:
    """Wait for the chunk of another worker; what it has told is seen by the statements that follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHUNK_LOCK])


def announce_publicity_ends(*, actor: Actor, day: date | None = None, chunk: int = CHUNK) -> int:
    """Announce every listing whose longest publicity is over; returns how many. Late or twice changes nothing.

    Only announces: no public page showed it from the first day after its last one (design §3, law 2).
    """
    require(actor, "repair.publicity.end")
    day = day or clock.today()
    _withdraw_shown_again(actor, day, chunk)
    return repeated(partial(_announce_chunk, actor, day, chunk), chunk)


def _announce_chunk(actor: Actor, day: date, chunk: int) -> int:
    with acting(actor, "publicity.end", reason="最长公示期届满", on=day):
        _one_chunk_at_a_time()
        rows = list(
            Listing.objects.filter(polarity="discipline")
            .exclude(Exists(_standing_ends().filter(listing=OuterRef("pk"))))
            .filter(published_out(day))
            .select_related("revision__entry", "determination")
            .order_by("pk")
            .select_for_update(of=("self",), skip_locked=True)[:chunk]
        )
        ends, book = [], Book(rows)
        for listing in rows:
            publicity = book.publicity_of(listing)
            if publicity.last_day is not None:
                ends.append(
                    PublicityEnd(
                        listing=listing, last_day=publicity.last_day, announced_on=day, explanation=publicity.why
                    )
                )
        PublicityEnd.objects.bulk_create(ends)
        last_days = {row.listing_id: row.last_day for row in ends}
        outbox.emit_many(
            "publicity.ended",
            [row for row in rows if row.pk in last_days],
            on=day,
            payload_of=lambda row: {"listing": row.public_id, "last_day": last_days[row.pk].isoformat()},
        )
    return len(rows)


def _standing_ends() -> QuerySet[PublicityEnd]:
    return PublicityEnd.objects.filter(withdrawn_on__isnull=True)


def withdraw_outdated(listings: Collection[int], day: date) -> int:
    """Withdraw, in the act under way, the announced ends of these listings that are not their last days any more."""
    ends = list(_standing_ends().filter(listing__in=listings).select_for_update(of=("self",)).order_by("pk"))
    if not ends:
        return 0
    rows = Listing.objects.filter(pk__in=[end.listing_id for end in ends])
    held = {row.pk: row for row in rows.select_related("revision__entry", "determination")}
    book = Book(held.values())
    gone = [end for end in ends if book.publicity_of(held[end.listing_id]).last_day != end.last_day]
    PublicityEnd.objects.filter(pk__in=[end.pk for end in gone]).update(withdrawn_on=day)
    last_days = {held[end.listing_id]: end.last_day.isoformat() for end in gone}
    outbox.emit_many(
        "publicity.end_withdrawn",
        list(last_days),
        on=day,
        payload_of=lambda row: {"listing": row.public_id, "last_day": last_days[row]},
    )
    return len(gone)


def _withdraw_shown_again(actor: Actor, day: date, chunk: int) -> None:
    """Withdraw the ends that corrected rules moved on: announced, and shown again by the dates of today."""
    repeated(partial(_withdraw_chunk, actor, day, chunk), chunk)


def _withdraw_chunk(actor: Actor, day: date, chunk: int) -> int:
    with acting(actor, "publicity.end_withdraw", reason="公示期规则更正", on=day):
        _one_chunk_at_a_time()
        announced = Listing.objects.filter(Exists(_standing_ends().filter(listing=OuterRef("pk"))))
        keys = list(announced.exclude(published_out(day)).order_by("pk").values_list("pk", flat=True)[:chunk])
        return withdraw_outdated(keys, day)


def end_without_object(*, actor: Actor, day: date | None = None, chunk: int = CHUNK) -> int:
    """Close open applications whose listing ended or was revoked, or whose penalty is public no more: there is nothing
    left to repair.
    """
    require(actor, END)
    day = day or clock.today()
    return walked(lambda after: _end_chunk(actor, day, chunk, after), 0)


def _end_chunk(actor: Actor, day: date, chunk: int, after: int) -> tuple[int, int | None]:
    over = Listing.objects.filter(repair_applications__state__in=OPEN).with_state_on(day)
    listings = list(over.filter(state_on__in=["ended", "revoked"]).values_list("pk", flat=True))
    gone = Q(listing__in=listings) | (Q(penalty__isnull=False) & ~Q(Exists(_public_or_coming(day))))
    reason = "记录已经结束或者撤销，修复没有对象"
    with acting(actor, "repair.end", reason=reason, on=day):
        waiting = Application.objects.filter(gone, state__in=OPEN, pk__gt=after).order_by("pk")
        found = list(waiting.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:chunk])
        keys = Application.objects.filter(pk__in=found)
        done = workflow.apply_set(keys, APPLICATION, "end", actor=actor, reason=reason, on=day)
        _close_with_listing(done, day)
        letters.tell_ended(_with_subjects(done))
    return len(done), found[-1] if len(found) == chunk else None


def _public_or_coming(day: date) -> QuerySet[Penalty]:
    """Return, for an outer application, the version of its penalty's decision that is public or will be."""
    same = {name: OuterRef(f"penalty__{name}") for name in ("authority_code", "document_number", "decided_on")}
    rows = Penalty.objects.filter(**same, subject_id=OuterRef("penalty__subject_id"))
    return rows.filter(is_visible(day) | Q(state=Shown.PASSED, visible_from__gt=day))


def _close_with_listing(keys: list[int], day: date) -> None:
    """Close what was due of these applications as of the first day on which there was nothing left to repair."""
    rows = Application.objects.filter(pk__in=keys)
    for end in rows.order_by().values_list("listing__ends_on", flat=True).distinct():
        ended = list(rows.filter(listing__ends_on=end).values_list("pk", flat=True))
        deadlines.close_deadlines(Application, ended, *RUNNING, on=end + DAY if end else day, by="终止办理")


def _with_subjects(keys: list[int]) -> list[Application]:
    rows = Application.objects.filter(pk__in=keys)
    return list(rows.select_related("unit", "listing__revision", "penalty", "subject__canonical").order_by("pk"))


def end_on_revocation(actor: Actor, listing: Listing, on: date, reason: str) -> None:
    """Close the open application of a listing that is being revoked, inside that act: nothing is left to repair."""
    _end_now(Application.objects.filter(listing=listing), on, reason, by="认定已撤销")


def end_with_subject(event: LifeEvent) -> None:
    """Close the open applications of a subject that has ceased or died, inside that act: nobody is left to repair."""
    if event.subject.status in ENDED:
        mine = Application.objects.filter(subject__in=family(event.subject))
        why = f"{event.get_kind_display()}（{event.on}）"
        _end_now(mine, max(event.on, actors.current().on), why, by=event.get_kind_display())


def _end_now(applications: QuerySet[Application], on: date, reason: str, *, by: str) -> None:
    open_ones = applications.filter(state__in=OPEN)
    keys = workflow.apply_set(open_ones, APPLICATION, "end", actor=CLOSER, reason=reason, on=on)
    deadlines.close_deadlines(Application, keys, *RUNNING, on=on, by=by)
    letters.tell_ended(_with_subjects(keys))


def latest_start(months: int, day: date) -> date:
    """Return the latest first day in force from which `months` are over before `day`: the period rule turned round."""
    start = day - timedelta(days=months * 28)  # no period of months is shorter
    while months and (ends_on(start, Period(months=months)) or start) >= day:
        start -= DAY
    return start


def remind_possible(*, actor: Actor, day: date | None = None, chunk: int = CHUNK) -> int:
    """Tell each subject once that it may apply from now on; returns how many were told. Late or twice tells once.

    One statement finds the listings of one entry and regime; what is paused, shielded, barred, unrepairable, governed
    elsewhere, or already has an application is left alone.
    """
    require(actor, "repair.reminder.send")
    day = day or clock.today()
    return sum(_remind_group(actor, day, chunk, rows) for rows in _groups(day))


def _bars_on(day: date) -> QuerySet[Bar]:
    """Return the bars on `day` of the subject of the outer listing, under whichever record it stands by now."""
    return Bar.objects.annotate(owner=Coalesce("subject__canonical", "subject")).filter(
        owner=Coalesce(OuterRef("subject__canonical"), OuterRef("subject")), from_on__lte=day, until__gte=day
    )


def _groups(day: date) -> list[QuerySet[Listing]]:
    """Return the listings whose minimum may be over on `day`, one queryset per entry and severity."""
    standing = (
        Listing.objects.filter(polarity="discipline", delisted_on__isnull=True, governed_by="city", starts_on__lte=day)
        .filter(state="issued")
        .exclude(Exists(Application.objects.filter(listing=OuterRef("pk"))))
        .exclude(Exists(Notified.objects.filter(listing=OuterRef("pk"))))
        .exclude(Exists(_bars_on(day)))
        .exclude(shielded_on(day))
    )
    pairs = standing.order_by().values_list("revision__entry__code", "revision__severity").distinct()
    found: list[QuerySet[Listing]] = []
    for code, severity in pairs:
        shortest = _shortest(code, severity)
        if shortest is not None:
            rows = standing.filter(revision__entry__code=code, revision__severity=severity)
            found.append(rows.filter(starts_on__lte=latest_start(shortest, day)))
    return found


def _shortest(code: str, severity: str) -> int | None:
    """Return the shortest minimum that any row in use gives this entry, a bound for the search; None if never."""
    terms = EntryTerm.objects.in_use().filter(entry_code=code)
    rows = list(terms.values_list("min_months", "repairable", "channel"))
    if rows and not any(repairable and channel == Channel.CITY for _, repairable, channel in rows):
        return None
    months = [count for count, _, _ in rows]
    if not months or None in months:
        regimes = Regime.objects.in_use().filter(severity=severity or "serious")
        months += list(regimes.values_list("min_months", flat=True))
    return min((count for count in months if count is not None), default=None)


def _remind_group(actor: Actor, day: date, chunk: int, rows: QuerySet[Listing]) -> int:
    told, after = 0, 0
    while True:
        with acting(actor, "repair.remind", reason="已达最短期限", on=day):
            _one_chunk_at_a_time()
            page = list(
                rows.filter(pk__gt=after)
                .with_state_on(day)  # type: ignore[attr-defined]
                .select_related("revision__entry", "determination", "subject__canonical", "case_subject__case")
                .order_by("pk")[:chunk]
            )
            ripe, book = {}, Book(page)
            for listing in page:
                after = listing.pk
                try:
                    terms = book.terms_of(listing)
                except Problem:  # REP-50: no regime covers its day; its page says so, the others are told
                    continue
                first = terms.first_day(listing.starts_on)
                standing = listing.state_on in {"in_force", "paused"} and first <= day
                if standing and terms.law.repairable and terms.channel == Channel.CITY:
                    ripe[listing.pk] = (listing, first)
            told += _tell(actor, ripe, day)
        if len(page) < chunk:
            return told


def _tell(actor: Actor, ripe: dict[int, tuple[Listing, date]], day: date) -> int:
    rows = [Notified(listing=row, possible_from=first, told_on=day) for row, first in ripe.values()]
    Notified.objects.bulk_create(rows, ignore_conflicts=True)
    outbox.emit_many(
        "repair.possible",
        [row for row, _ in ripe.values()],
        on=day,
        payload_of=lambda row: {"listing": row.public_id, "possible_from": ripe[row.pk][1].isoformat()},
    )
    letters.tell_possible(ripe.values())
    return len(rows)
