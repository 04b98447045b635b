"""What officers keep about a profile, as the reader needs it: lengths, required flags, vocabularies, severities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from core.intake.columns import Column, Need
from core.intake.profiles import Profile

Severity = Literal["error", "warning"]
WARNINGS = frozenset({"V07", "V15", "IN-21", "IN-23"})  # what the standard accepts and counts
EARLIEST_DAY = date(1949, 10, 1)


@dataclass(frozen=True)
class IntakeSettings:
    """What rules a reading, for one profile on one day; whatever is not set here is as the profile declares it.

    `lengths` and `required` by column code, `vocabularies` by name, `severities` by rule code or `code:column`.
    `on_time_since` is the earliest decision day that is still reported in time (V07), by the time-limit rule of the profile.
    """

    today: date
    on_time_since: date | None = None
    lengths: Mapping[str, int] = field(default_factory=dict)
    required: Mapping[str, Mapping[str, Need]] = field(default_factory=dict)
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)

    def length(self, column: Column) -> int | None:
        """Return the longest text that the column takes."""
        return self.lengths.get(column.code, column.length)

    def need(self, column: Column, party: str) -> Need:
        """Return whether this party must, may or must not fill the column."""
        changed = self.required.get(column.code, {})
        return changed.get(party) or changed.get("") or column.need(party)

    def severity(self, code: str, column: str, declared: Severity | None = None) -> Severity:
        """Return whether breaking the rule in this column rejects the row."""
        usual: Severity = declared or ("warning" if code in WARNINGS else "error")
        return self.severities.get(f"{code}:{column}") or self.severities.get(code) or usual

    def vocabulary(self, profile: Profile, name: str) -> tuple[str, ...]:
        """Return the values that a choice may take."""
        return self.vocabularies.get(name) or profile.vocabularies[name].values
