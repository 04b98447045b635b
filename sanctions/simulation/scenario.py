"""Reading a scenario: every field checked, the first fault named; nothing of it is looked up yet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.periods import Period
from core.problems import Problem
from sanctions.enums import PeriodSource

FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2199, 12, 31)  # with every length below, arithmetic stays inside `date`
LONGEST = {"years": 100, "months": 1200, "days": 36600}
SHOWN = 40
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Unreadable(Problem):
    """The scenario is not one: no answer is possible."""

    title = "场景无法读取"

    def __init__(self, code: str, detail: str, field: str | None = None, remedy: str | None = None) -> None:
        super().__init__(code, detail, status=400, field=field, remedy=remedy or "按 docs/simulate.md 的格式填写")


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a scenario; starts_on, period and source only where the act has them."""

    on: date
    name: str
    starts_on: date | None = None
    period: Period | None = None
    source: str = PeriodSource.MINUTES.value


@dataclass(frozen=True, slots=True)
class Scenario:
    """Who, under which entry, what happens when, and which days are asked about; acts in their legal order."""

    entry: str
    kind: str
    name: str
    code: str | None
    acts: tuple[Act, ...]
    ask: tuple[date, ...]

    @property
    def last_day(self) -> date | None:
        """Return the last date named anywhere in the scenario."""
        named = [*self.ask, *(act.on for act in self.acts), *(act.starts_on for act in self.acts if act.starts_on)]
        return max(named, default=None)


def read(document: Any, needs: Mapping[str, frozenset[str]]) -> Scenario:
    """Return the scenario in a decoded JSON document; `needs`: the fields of each known act. Raises Unreadable."""
    found = _object(document, "场景", None)
    subject = _object(_required(found, "subject"), "主体", "subject")
    code = subject.get("code")
    if code is not None:
        _text(code, "subject.code")
    return Scenario(
        entry=_text(_required(found, "entry"), "entry"),
        kind=_text(_required(subject, "kind", "subject."), "subject.kind"),
        name=_text(_required(subject, "name", "subject."), "subject.name"),
        code=code,
        acts=read_acts(_required(found, "acts"), needs),
        ask=read_days(found.get("ask", [])),
    )


def read_acts(given: Any, needs: Mapping[str, frozenset[str]]) -> tuple[Act, ...]:
    """Return the acts in the order in which they apply: by day, then by position. Raises Unreadable."""
    rows = _list(given, "acts")
    return tuple(sorted((_act(row, f"acts[{i}]", needs) for i, row in enumerate(rows)), key=lambda act: act.on))


def read_days(given: Any) -> tuple[date, ...]:
    """Return the days asked about, each once, as they were given. Raises Unreadable."""
    return tuple(dict.fromkeys(_day(value, f"ask[{i}]") for i, value in enumerate(_list(given, "ask"))))


def _act(given: Any, where: str, needs: Mapping[str, frozenset[str]]) -> Act:
    row = _object(given, "行为", where)
    on = _day(_required(row, "on", f"{where}."), f"{where}.on")
    name = _text(_required(row, "act", f"{where}."), f"{where}.act")
    if name not in needs:
        raise Unreadable("SIM-03", f"没有名为“{name[:SHOWN]}”的行为", f"{where}.act", f"可用的行为：{'、'.join(needs)}")
    wanted = needs[name]
    facts: dict[str, Any] = {}
    if "starts_on" in wanted:
        facts["starts_on"] = _day(_required(row, "starts_on", f"{where}."), f"{where}.starts_on")
    if "source" in wanted and row.get("source") is not None:
        facts["source"] = _text(row["source"], f"{where}.source")
        if facts["source"] not in PeriodSource.values:
            raise Unreadable("SIM-05", "期限来源应为 minutes 或 catalogue", f"{where}.source")
    if "period" in wanted:
        facts["period"] = _period(row, where)
        if facts["period"] is None and facts.get("source") != PeriodSource.CATALOGUE:
            raise Unreadable("SIM-02", "缺少字段 period", f"{where}.period")
    return Act(on, name, **facts)


def _period(row: Mapping[str, Any], where: str) -> Period | None:
    """Return the period of an act: a length, or one of the two words, in `period` or beside it; None if absent."""
    given = row.get("period")
    if given in ("permanent", "until_performed"):
        given = {given: True}
    beside = {word: row[word] for word in ("permanent", "until_performed") if row.get(word) is not None}
    if given is None and not beside:
        return None
    facts = {**(_object(given, "期限", f"{where}.period") if given is not None else {}), **beside}
    field = f"{where}.period"
    if unknown := set(facts) - {*LONGEST, "permanent", "until_performed"}:
        raise Unreadable("SIM-05", f"期限中没有“{min(unknown)[:SHOWN]}”", field, "填写 years、months、days 之一")
    for unit, most in LONGEST.items():
        value = facts.get(unit, 0)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise Unreadable("SIM-05", f"{unit} 应为 0 至 {most} 的整数", f"{field}.{unit}")
    if any(not isinstance(facts.get(word, False), bool) for word in ("permanent", "until_performed")):
        raise Unreadable("SIM-05", "permanent 和 until_performed 应为 true 或 false", field)
    try:
        return Period(**facts)
    except ValueError as wrong:
        wanted = "期限应为大于零的长度、长期（permanent）或者至履行完毕（until_performed）三者之一"
        raise Unreadable("SIM-05", wanted, field) from wrong


def _required(row: Mapping[str, Any], name: str, prefix: str = "") -> Any:
    if row.get(name) is None:
        raise Unreadable("SIM-02", f"缺少字段 {prefix}{name}", f"{prefix}{name}")
    return row[name]


def _object(given: Any, what: str, field: str | None) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise Unreadable("SIM-04", f"{what}应为 JSON 对象", field)
    return given


def _list(given: Any, field: str) -> Sequence[Any]:
    if not isinstance(given, list):
        raise Unreadable("SIM-04", f"{field} 应为 JSON 数组", field)
    return given


def _text(given: Any, field: str) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > 200:
        raise Unreadable("SIM-04", f"{field} 应为 1 至 200 个字的文字", field)
    if any("\ud800" <= character <= "\udfff" or character < " " for character in given):
        raise Unreadable("SIM-04", f"{field} 含有不能显示的字符", field)
    return given


def _day(given: Any, field: str) -> date:
    if not isinstance(given, str) or not _ISO.fullmatch(given):
        raise Unreadable("SIM-06", f"{field} 应为 YYYY-MM-DD 格式的日期", field)
    try:
        day = date.fromisoformat(given)
    except ValueError as wrong:
        raise Unreadable("SIM-06", f"{field} 的日期 {given} 不存在", field) from wrong
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unreadable("SIM-06", f"{field} 应在 {FIRST_DAY} 至 {LAST_DAY} 之间", field)
    return day
