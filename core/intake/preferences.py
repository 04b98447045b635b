"""What rules a reading today."""

from __future__ import annotations

from datetime import date

from core.intake.profiles import Profile
from core.intake.settings import IntakeSettings


def settings_for(profile: Profile, today: date) -> IntakeSettings:
    """Return the settings of one profile as they hold on this day."""
    return IntakeSettings(today=today)
