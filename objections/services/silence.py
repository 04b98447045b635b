"""Silence is acceptance by the date alone (ADR 0024); here it is announced: recorded by the set, each as of its due day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from django.db.models import Max, Q

from core import clock, counters, deadlines, workflow
from core.actors import Actor, acting
from core.chunks import walked
from core.models import Deadline
from core.permissions import require
from objections import permissions, rules
from objections.disclosures import follow
from objections.enums import ObjectionState
from objections.models import Objection
from objections.rules import Dispute, Objected
from objections.services.accepting import SILENCE
from objections.services.common import ACCEPT_RULE, ANSWER_RULE, about, with_clock
from objections.services.telling import tell_acceptances
from objections.workflow import OBJECTION
from sanctions.models import Listing
from sanctions.services.clocks import expect_pause, pause_listings

CHUNK = 500


def silence_becomes_acceptance(*, actor: Actor, day: date | None = None, chunk: int = CHUNK) -> int:
    """Accept every undecided objection whose term has passed, each as of its own due day; returns how many.

    Finds its work in the database and commits by the chunk, so that a killed run leaves nothing half-done; rows that
    somebody holds are left to him or to the next run. One due day takes as many statements for many objections as for
    one. Late or twice changes nothing.
    """
    require(actor, permissions.SILENCE)
    day = day or clock.today()
    return walked(lambda after: _accept_chunk(actor, day, chunk, after), 0)


def _overdue(day: date) -> Q:
    return Q(rule__code=ACCEPT_RULE, closed_on__isnull=True, due_on__lt=day)


def _accept_chunk(actor: Actor, day: date, chunk: int, after: int) -> tuple[int, int | None]:
    """Accept one chunk of overdue objections in one transaction; returns how many, and where the next one begins."""
    of_objections = Deadline.objects.filter(aggregate_type=Objection._meta.label_lower)
    with acting(actor, "objection.silence", reason=SILENCE, on=day):
        found = list(
            of_objections.filter(_overdue(day), pk__gt=after).order_by("pk").values_list("pk", "object_id")[:chunk]
        )
        held = _held([key for _, key in found])
        latest = of_objections.filter(rule__code=ACCEPT_RULE, object_id__in=[row.pk for row in held])
        due = dict(latest.order_by().values_list("object_id").annotate(due=Max("due_on")))
        by_day: dict[date, list[Objection]] = defaultdict(list)
        for row in held:
            if due[row.pk] < day and not rules.may_accept(_dispute(row), due[row.pk]):
                by_day[due[row.pk]].append(row)
        for last_day, rows in sorted(by_day.items()):
            _accept_all(actor, rows, last_day)
    return sum(map(len, by_day.values())), found[-1][0] if len(found) == chunk else None


def _held(keys: list[int]) -> list[Objection]:
    """Return those of these objections that still wait, locked after their listings as all acts lock them."""
    listings = Listing.objects.filter(objections__in=keys).select_for_update(of=("self",), skip_locked=True)
    free = list(listings.order_by("pk").values_list("pk", flat=True))
    rows = Objection.objects.filter(Q(listing__isnull=True) | Q(listing__in=free), pk__in=keys)
    rows = rows.filter(state=ObjectionState.RECEIVED).select_for_update(of=("self",), skip_locked=True)
    return list(rows.select_related("listing", "answering_unit", "subject__canonical").order_by("pk"))


def _dispute(row: Objection) -> Dispute:
    """Return where the remedies stand, from the row alone: an objection that waits is the latest of its matter.

    Its matter was decided when it came in, and a revocation ends in its own act whatever hangs on the listing.
    """
    return Dispute(
        decided_on=row.listing.served_on if row.listing else row.received_on,
        revoked_on=row.listing.revoked_from if row.listing else None,
        objection=Objected.RECEIVED,
        received_on=row.received_on,
    )


def _accept_all(actor: Actor, rows: list[Objection], due: date) -> None:
    """Accept these locked objections as of one due day, with all that acceptance brings: the twin of one acceptance."""
    with acting(actor, "objection.accept_by_silence", reason=SILENCE, on=due):
        changes = {"accepted_on": due, "accepted_by_key": "", "by_silence": True}
        keys = [row.pk for row in rows]
        workflow.apply_set(
            Objection.objects.filter(pk__in=keys),
            OBJECTION,
            "accept_by_silence",
            actor=actor,
            reason=SILENCE,
            on=due,
            changes=changes,
            payloads={row.pk: {**about(row), "by_silence": True} for row in rows},
        )
        for row in rows:
            row.state, row.accepted_on, row.by_silence = ObjectionState.ACCEPTED, due, True
        deadlines.close_deadlines(Objection, keys, ACCEPT_RULE, on=due, by="视为受理")
        answers = _open_answers(rows)
        refs = {row.listing_id: row.public_id for row in rows if row.listing_id is not None}
        why = f"异议{SILENCE}"
        pause_listings(actor=with_clock(actor), refs=refs, cause="objection", on=due, reason=why)
        expect_pause(dict.fromkeys(refs))  # also where there was nothing left to pause
        for row in rows:  # one by one, each with the versions of its own record; what has a clock was paused above
            follow(actor, row, due)
        _number(rows, due)
        tell_acceptances(rows, answers)


def _open_answers(rows: list[Objection]) -> dict[int, date]:
    """Let the terms of the answers run, each from its own receipt; returns the due days by objection."""
    by_receipt: dict[date, list[Objection]] = defaultdict(list)
    for row in rows:
        by_receipt[row.received_on].append(row)
    opened = [
        deadline
        for received_on, group in by_receipt.items()
        for deadline in deadlines.open_deadlines(group, ANSWER_RULE, event="收到异议", counts_from=received_on)
    ]
    return {deadline.object_id: deadline.due_on for deadline in opened}


def _number(rows: list[Objection], due: date) -> None:
    """Give each notice its unit's next number; the counters' rows are held until commit, so this comes last."""
    wanted = Counter(row.answering_unit.code for row in rows)
    numbers = {
        code: iter(given) for code, given in counters.next_numbers("objection.acceptance", wanted, due.year).items()
    }
    for row in rows:
        row.acceptance_number = next(numbers[row.answering_unit.code])
    Objection.objects.bulk_update(rows, ["acceptance_number"])
