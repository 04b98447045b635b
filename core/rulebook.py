"""The time-limit rules and the working calendar as they stand, read once: due days without a query.

For reading many due days in one go (simulation, previews). The arithmetic and the choice of the rule are those of
`core.deadlines`; nothing here stores anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.calendar import WorkingCalendar
from core.deadlines import DueDay, applying, compute, current_rules, no_rule
from core.models.deadlines import Deadline, TimeLimitRule


@dataclass(frozen=True, slots=True)
class Due:
    """A due day under the rule that gave it, not stored."""

    rule: TimeLimitRule
    counts_from: date
    day: DueDay

    @property
    def due_on(self) -> date:
        return self.day.due_on

    def explanation(self, event: str) -> str:
        """Return the sentence that says why the due day is this day, as a stored deadline would say it."""
        return Deadline(
            rule=self.rule,
            event=event,
            counts_from=self.counts_from,
            count=self.rule.count,
            unit=self.rule.unit,
            due_on=self.day.due_on,
            provisional=self.day.provisional,
            calendar_version=self.day.calendar_version,
        ).explanation()

    def as_dict(self) -> dict[str, object]:
        return {
            "rule": self.rule.code,
            "basis": self.rule.basis,
            "counts_from": self.counts_from.isoformat(),
            "due_on": self.day.due_on.isoformat(),
            "provisional": self.day.provisional,
        }


class RuleBook:
    """Confirmed rules and the calendar at one moment; every question afterwards is answered from memory."""

    def __init__(self, rules: Iterable[TimeLimitRule], calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self._rules: dict[str, list[TimeLimitRule]] = {}
        for rule in rules:
            self._rules.setdefault(rule.code, []).append(rule)
        self._known: dict[tuple[int, date], Due] = {}

    @classmethod
    def load(cls) -> RuleBook:
        """Read rules and calendar: four queries."""
        return cls(current_rules(), WorkingCalendar())

    def find(self, code: str, counts_from: date) -> Due | None:
        """Return the due day under the rule in force on `counts_from`; None where no rule is."""
        rule = applying(self._rules.get(code, []), code, counts_from)
        if rule is None:
            return None
        key = (rule.pk, counts_from)
        if key not in self._known:
            self._known[key] = Due(rule, counts_from, compute(rule.unit, rule.count, counts_from, self.calendar))
        return self._known[key]

    def due(self, code: str, counts_from: date) -> tuple[TimeLimitRule, DueDay]:
        """Return the rule in force on `counts_from` and the due day it gives. Problem CORE-08 where there is none."""
        found = self.find(code, counts_from)
        if found is None:
            raise no_rule(code, counts_from)
        return found.rule, found.day
