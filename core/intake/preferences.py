"""What rules a reading today."""

from __future__ import annotations

from datetime import date, timedelta

from core.calendar import add_working_days
from core.intake.keeping import settings_on
from core.intake.profiles import Profile
from core.intake.settings import IntakeSettings

REPORTED_WITHIN = 7  # working days from the decision (the founding document, 双公示)
LONGEST_BREAK = 40  # days back in which seven working days surely lie


def settings_for(profile: Profile, today: date) -> IntakeSettings:
    """Return the settings of one profile as they hold on this day."""
    return settings_on(profile, today, on_time_since(today))


def on_time_since(today: date) -> date:
    """Return the earliest day of a decision that is still reported in time today (V07)."""
    days = (today - timedelta(days=back) for back in range(LONGEST_BREAK, -1, -1))
    return next(day for day in days if add_working_days(day, REPORTED_WITHIN) >= today)
