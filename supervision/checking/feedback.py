"""Due days of feedback (SUP-T02): every check that named something to be done has one, from the day it was asked.

They are opened and closed here, before anybody is reminded, and not in the check itself, which an approval waits for.
The day follows from the day of the check, so a run that comes late opens the very due days that a punctual one would.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Exists, Max, OuterRef

from core import clock, deadlines
from core.actors import Actor, acting
from core.models.deadlines import Deadline
from core.rulebook import RuleBook
from sanctions.checks.waiting import awaiting_feedback, unanswered
from sanctions.models import Check, CheckedSubject
from supervision.checking.decisions import FEEDBACK

CHUNK = 2_000
KIND = "sanctions.check"
EVENT, MET = "核查", "已反馈"


def keep_due_days(*, actor: Actor, today: date | None = None) -> dict[str, int]:
    """Open the due days that are missing and close those that were met; returns how many of each."""
    return {"opened": _open(actor, today or clock.today()), "closed": _close(actor)}


def _open(actor: Actor, today: date) -> int:
    known = Deadline.objects.filter(aggregate_type=KIND, object_id=OuterRef("pk"))
    rows = Check.objects.filter(awaiting_feedback(today), answered_at__isnull=False).exclude(Exists(known))
    book, total, last = RuleBook.load(), 0, 0
    while True:
        found = list(rows.filter(pk__gt=last).order_by("pk").only("pk", "asked_on")[:CHUNK])
        by_day: dict[date, list[Check]] = defaultdict(list)
        for check in found:
            if book.find(FEEDBACK, check.asked_on) is not None:  # no rule, no term
                by_day[check.asked_on].append(check)
        if by_day:
            with acting(actor, "supervision.feedback.open", reason="核查结果反馈期限"):
                for day, checks in by_day.items():
                    total += len(deadlines.open_deadlines(checks, FEEDBACK, event=EVENT, counts_from=day))
        if len(found) < CHUNK:
            return total
        last = found[-1].pk


def _close(actor: Actor) -> int:
    """Close the due days of checks whose every line that asked for it has feedback, on the day of the last of them."""
    running = Deadline.objects.filter(aggregate_type=KIND, closed_on__isnull=True).values("object_id")
    waiting = CheckedSubject.objects.filter(unanswered(), of_check=OuterRef("pk"))
    met = Check.objects.filter(pk__in=running).exclude(Exists(waiting))
    by_day: dict[date, list[int]] = defaultdict(list)
    for key, last in met.values_list("pk").annotate(last=Max("lines__feedback__recorded_at")):
        if last is not None:
            by_day[clock.day_of(last)].append(key)
    if not by_day:
        return 0
    with acting(actor, "supervision.feedback.close", reason="核查结果已反馈"):
        return sum(deadlines.close_deadlines(Check, keys, FEEDBACK, on=day, by=MET) for day, keys in by_day.items())
