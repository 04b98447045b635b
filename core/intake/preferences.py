"""What rules a reading today."""

from __future__ import annotations

from datetime import date, timedelta

from core.intake.keeping import settings_on
from core.intake.profiles import Profile
from core.intake.settings import IntakeSettings
from core.rulebook import RuleBook

FARTHEST = 400  # days back: a time limit of more than a year makes nothing late


def settings_for(profile: Profile, today: date) -> IntakeSettings:
    """Return the settings of one profile as they hold on this day."""
    return settings_on(profile, today, on_time_since(profile.reported_within, today))


def on_time_since(rule: str, today: date) -> date | None:
    """Return the earliest day of a decision that is still reported in time today by this time-limit rule (V07).

    None where no such rule is in force: then nothing is late.
    """
    if not rule:
        return None
    book, found = RuleBook.load(), None
    for back in range(FARTHEST):
        day = today - timedelta(days=back)
        due = book.find(rule, day)
        if due is None or due.due_on < today:
            break
        found = day
    return found
