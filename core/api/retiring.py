"""How a door says that it is going to end: Deprecation (RFC 9745), Sunset (RFC 8594), and what follows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from django.core.exceptions import ImproperlyConfigured

from core.clock import SHANGHAI

NOTICE_DAYS = 180  # promised in docs/integrators.md


@dataclass(frozen=True, slots=True)
class Retirement:
    """From which day a door is deprecated, on which day it ends, and the address that follows it."""

    deprecated_on: date
    sunset_on: date
    successor: str

    def __post_init__(self) -> None:
        if (self.sunset_on - self.deprecated_on).days < NOTICE_DAYS:
            raise ImproperlyConfigured(f"a door is told to end at least {NOTICE_DAYS} days before it does")

    def headers(self) -> dict[str, str]:
        """Return the headers that every answer of the door carries."""
        return {
            "Deprecation": f"@{int(_begin(self.deprecated_on).timestamp())}",
            "Sunset": format_datetime(_begin(self.sunset_on).astimezone(UTC), usegmt=True),
            "Link": f'<{self.successor}>; rel="successor-version"',
        }


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)
