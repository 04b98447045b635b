"""Playing a scenario: acts in order, each by its registered handler; a refused act leaves no trace but its refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from core.periods import PeriodState
from core.problems import Problem, Violation, refuse
from core.rulebook import Due
from core.text import zh_day
from sanctions.simulation import scenario as reading
from sanctions.simulation.scenario import Act, Scenario
from sanctions.simulation.snapshot import Snapshot
from sanctions.simulation.standing import Standing

CONFIRM_PAUSE_RULE = "OBJ-T07"
Handler = Callable[["Run", Act], None]


@dataclass(frozen=True, slots=True)
class Known:
    """A registered act: who plays it and which fields it needs beside `on` and `act`."""

    play: Handler
    needs: frozenset[str]
    label: str = ""
    part: str = ""


_acts: dict[str, Known] = {}
_restored: list[Handler] = []


def register_act(name: str, handler: Handler, *, needs: Sequence[str] = (), label: str = "", part: str = "") -> None:
    """Let an app play its acts; from AppConfig.ready(). needs: starts_on, period, source.

    label, part: how an officer is offered the act on a real listing, and under which heading; without one it is not.
    """
    _acts[name] = Known(handler, frozenset(needs), label, part)


def offered() -> Mapping[str, Known]:
    """Return the acts that may be imagined on a real listing, by name, in their order."""
    return {name: known for name, known in _acts.items() if known.label}


def register_restored(handler: Handler) -> None:
    """Let an app take its effects when a revoked repair gives the listing back; from AppConfig.ready()."""
    if handler not in _restored:
        _restored.append(handler)


def needs() -> Mapping[str, frozenset[str]]:
    """Return the fields that each known act needs, by its name."""
    return {name: known.needs for name, known in _acts.items()}


def _line(act: Act, text: str) -> dict[str, str]:
    return {"on": act.on.isoformat(), "act": act.name, "text": text}


def zh(day: date | None) -> str:
    return zh_day(day) or "无"


@dataclass(slots=True)
class Run:
    """One scenario being played: what handlers read and write."""

    scenario: Scenario
    snapshot: Snapshot
    standing: Standing = field(default_factory=Standing)
    lines: list[dict[str, str]] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    refusals: list[tuple[Act, Problem]] = field(default_factory=list)
    mark: int = 0

    def say(self, act: Act, text: str) -> None:
        """Tell what the act did; before the due days that it opened."""
        self.lines.insert(self.mark, _line(act, text))

    def deadline(self, act: Act, code: str, event: str) -> Due | None:
        """Open a due day counted from the act and explain it; None where no such rule is in force."""
        due = self.snapshot.rules.find(code, act.on)
        if due is not None:
            self.dues.append(due)
            self.reasons.append(due.explanation(event))
            self.lines.append(_line(act, self.reasons[-1]))
        return due

    def pause(self, act: Act, cause: str) -> str:
        """Let the clock stand for this cause; says what that means. Opens the units' confirmation where it is new."""
        before = self.standing
        self.standing = before.paused(cause, act.on)
        if self.standing is before:
            return "措施此时没有实施，没有可以暂停的期限"
        if before.is_held():
            return "措施已经暂停，本次并入在先的暂停"
        self.deadline(act, CONFIRM_PAUSE_RULE, "发出暂停通知")
        return f"自{zh(act.on)}起暂停执行，暂停期间不计入期限，截止日待恢复后确定"

    def resume(self, act: Act, *causes: str) -> str:
        """Close the pauses of these causes; says from when the measure is in force again and how far the end moved."""
        before = self.standing
        for cause in causes:
            self.standing = self.standing.resumed(cause, act.on)
        if not any(hold.cause in causes and hold.to_on is None for hold in before.holds):
            return "没有因此暂停的期限，截止日不变"
        if self.standing.is_held():
            return "另有原因尚未消除，措施继续暂停"
        state = self.standing.state_on(act.on)
        if state in {PeriodState.ENDED, PeriodState.REVOKED}:
            return "措施此前已经结束，不再恢复"
        end = self.standing.ends_on()
        word = "尚未开始实施" if state == PeriodState.PENDING else f"自{zh(act.on)}当日起继续实施"
        moved = f"，原定截止{zh(self.standing.original_ends_on)}，现截止{zh(end)}" if end else "，没有到期日"
        return f"{word}；{self._length(act.on)}{moved}"

    def restore(self, act: Act) -> None:
        """Give the listing back after a revoked repair; what is still open about it holds it from this day."""
        before = self.standing
        self.standing = before.restored(act.on)
        if self.standing is not before:
            for handler in _restored:
                handler(self, act)

    def _length(self, on: date) -> str:
        """Return how long the pause was that ends on this day, joined with those that it touched."""
        joined = next((span for span in self.standing.lived_pauses() if span.to_on == on), None)
        if joined is None:
            return "当日受理当日办结，没有暂停"
        early = self.standing.starts_on is not None and joined.from_on < self.standing.starts_on
        note = "，生效前的日数不计入期限" if early else ""
        return f"暂停{(on - joined.from_on).days}日（{zh(joined.from_on)}起，至{zh(on)}前一日{note}）"

    def play(self, act: Act) -> None:
        """Play one act; refused, everything is as before and the refusal is kept with its code."""
        kept, lines, dues = self.standing, len(self.lines), len(self.dues)
        self.mark = lines
        try:
            _acts[act.name].play(self, act)
        except Problem as problem:
            self.standing = kept
            del self.lines[lines:], self.dues[dues:], self.reasons[dues:]
            self.refusals.append((act, problem))
            self.refused.append(
                {"on": act.on.isoformat(), "act": act.name, "code": problem.code, "detail": problem.detail}
            )


def simulate(scenario: Scenario, snapshot: Snapshot, standing: Standing | None = None) -> dict[str, Any]:
    """Return what the acts lead to, as of the last date named; the keys are the contract of design §6.

    standing: where the listing stands before the first act; nothing is decided by default. Writes nothing.
    """
    return result(played(scenario, snapshot, standing or Standing()), scenario.last_day)


def played(scenario: Scenario, snapshot: Snapshot, standing: Standing) -> Run:
    """Return the run after its last act: where the listing stands then, due days with reasons, refusals with remedy."""
    run = Run(scenario, snapshot, standing)
    for act in scenario.acts:
        run.play(act)
    return run


def simulate_document(document: Any, snapshot: Snapshot) -> dict[str, Any]:
    """Answer a decoded JSON scenario. Raises Unreadable where it is none."""
    return simulate(reading.read(document, needs()), snapshot)


def result(run: Run, last: date | None) -> dict[str, Any]:
    """Return the answer of a run as plain JSON values."""
    end: Standing = run.standing
    decided = end.decided_on is not None
    ends_on = end.ends_on()
    earliest = end.clock().earliest_ends_on(last) if decided and last else None
    return {
        "state": end.state_on(last) if last else None,
        "starts_on": _iso(end.starts_on),
        "ends_on": _iso(ends_on),
        "earliest_ends_on": _iso(earliest),
        "pauses": [[_iso(pause.from_on), _iso(pause.to_on)] for pause in end.lived_pauses()],
        "asked": {day.isoformat(): end.state_on(day) for day in run.scenario.ask},
        "deadlines": [due.as_dict() for due in run.dues],
        "refused": run.refused,
        "timeline": sorted([*run.lines, *_expiry(end, ends_on, last)], key=lambda line: line["on"]),
    }


def _expiry(end: Standing, ends_on: date | None, last: date | None) -> list[dict[str, str]]:
    """Return the line that tells of the natural end, where it has come by the last day named."""
    cuts = [day for day in (end.over_from, end.revoked_from) if day is not None]
    if ends_on is None or last is None or ends_on >= last or any(cut == ends_on + timedelta(1) for cut in cuts):
        return []
    day = ends_on + timedelta(days=1)
    return [{"on": day.isoformat(), "act": "expire", "text": f"期限于{zh(ends_on)}届满（当日仍在实施），次日起移出"}]


def need(found: Sequence[Violation]) -> None:
    """Refuse the act under way where a rule forbids it."""
    refuse(found)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
