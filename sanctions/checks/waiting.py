"""Which answers ask for word of what was decided then: those that named something to be done, and have none yet."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from sanctions.enums import CheckAction
from sanctions.models import CheckedSubject, CheckFeedback

NEEDING = (CheckAction.FORBID.value, CheckAction.RESTRICT.value, CheckAction.INCENTIVE.value)
LOOK_BACK = timedelta(days=180)  # what was left longer than this is the supervision's, not today's work


def unanswered() -> Q:
    """Return the condition on lines that ask for feedback and have none."""
    return Q(action__in=NEEDING) & ~Q(Exists(CheckFeedback.objects.filter(checked=OuterRef("pk"))))


def awaiting_feedback(today: date) -> Q:
    """Return the condition on checks of the last months with such a line."""
    lines = CheckedSubject.objects.filter(unanswered(), of_check=OuterRef("pk"))
    return Q(asked_on__gte=today - LOOK_BACK, sandbox=False) & Q(Exists(lines))
