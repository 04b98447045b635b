"""A receipt as pages show it: the weightiest first, days in words, a person's name and number masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.masking import mask_name
from core.text import zh_day
from sanctions.enums import CheckAction
from sanctions.models import Check, CheckedSubject, CheckFeedback

# The word that a page shows largest; the labels of what holds nothing are whole sentences.
WORDS = {
    CheckAction.FORBID: "禁止",
    CheckAction.RESTRICT: "限制",
    CheckAction.REMIND: "提醒",
    CheckAction.INCENTIVE: "激励",
    CheckAction.NOTHING: "没有应当采取的措施",
    CheckAction.NOT_FOUND: "没有找到该主体",
    CheckAction.REJECTED: "有误，未核查",
}
ORDER = {action.value: place for place, action in enumerate(CheckAction)}


def strongest(actions: Iterable[str]) -> str:
    """Return the action that weighs most; nothing where there is none yet."""
    return min(actions, key=lambda action: ORDER[action], default=CheckAction.NOTHING.value)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of an answer; told: what was decided about it, where that is known already."""

    told_of: dict[str, Any]
    told: CheckFeedback | None

    def __getattr__(self, name: str) -> Any:
        try:
            return self.told_of[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def word(self) -> str:
        return WORDS[CheckAction(self.told_of["action"])]

    @property
    def span(self) -> str:
        """Return from when to when, as it was known on the day of the check."""
        end = self.told_of.get("ends_on")
        return f"{day_words(self.told_of['starts_on'])}至{day_words(end) if end else '恢复或者履行后确定'}"


@dataclass(frozen=True, slots=True)
class Line:
    """One subject of a receipt."""

    row: CheckedSubject
    name: str
    code: str
    measures: list[Measure]

    @property
    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.row.answer
        return answer

    @property
    def word(self) -> str:
        return WORDS[CheckAction(self.row.action)]

    @property
    def open_measures(self) -> list[Measure]:
        """Return the measures about which nothing was told yet."""
        return [measure for measure in self.measures if measure.told is None]


def day_words(iso: str | None) -> str:
    return zh_day(date.fromisoformat(iso)) or "" if iso else ""


def lines_of(check: Check, *, action: str = "", most: int = 1_000) -> list[Line]:
    """Return the lines of a receipt, the weightiest first; three queries."""
    rows = check.lines.filter(action=action) if action else check.lines.all()
    ordered = sorted(rows.values_list("action", "line", "pk"), key=lambda row: (ORDER[row[0]], row[1]))[:most]
    found = check.lines.filter(pk__in=[key for _, _, key in ordered]).prefetch_related("feedback__task")
    return sorted((_line(row) for row in found), key=lambda line: (ORDER[line.row.action], line.row.line))


def _line(row: CheckedSubject) -> Line:
    asked, subject = row.answer.get("asked") or {}, row.answer.get("subject") or {}
    name = subject.get("name") or asked.get("name") or ""
    person = bool(asked.get("id_type")) or subject.get("kind") == "natural_person"
    told = {given.task.public_id: given for given in row.feedback.all() if given.task is not None}
    measures = [Measure(one, told.get(one["task"])) for one in row.answer.get("measures", [])]
    return Line(row, mask_name(name) if person else name, asked.get("code") or asked.get("id_number") or "", measures)
