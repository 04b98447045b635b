"""What the page of a listing shows of its time, and the comparison 现在 / 如果; nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString

from core.periods import STATE_LABELS, PeriodState
from core.problems import Violation
from organizations.acts.refusals import error_text
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, zh
from sanctions import bars
from sanctions.forms.what_if import WhatIfForm, query_of
from sanctions.models import Listing
from sanctions.simulation import Run, Snapshot, Standing, Unreadable, imagine, lawful_stories, offered, standing_of

TONES = {PeriodState.PENDING: BLUE, PeriodState.PAUSED: AMBER, PeriodState.ENDED: GREY, PeriodState.REVOKED: GREY}


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison; the note says what happens on a day, or how far an end moves."""

    label: str
    now: object
    then: object
    note: str = ""
    is_day: bool = False

    @property
    def differs(self) -> bool:
        return self.now != self.then


def panel(listing: Listing, today: date, data: QueryDict | None = None) -> dict[str, Any]:
    """Return everything of the panel: bar of today, form, proposals, and the answer where something was asked."""
    snapshot, standing = Snapshot.for_listings(), standing_of(listing)
    asked = data is not None and WhatIfForm.is_asked(data)
    form = WhatIfForm(data if asked or (data and "rows" in data) else None)
    stories = [
        {"label": label, "query": query_of(acts)} for label, acts in lawful_stories(listing, today, snapshot, standing)
    ]
    span = bars.span_of(standing, today)
    found = {
        "bar": bars.draw(standing, today, span, bars.events_of(listing)),
        "what_if": form,
        "stories": stories,
        "today": today,
        "earliest": standing.clock().earliest_ends_on(today) if standing.ends_on() is None else None,
        "answer": None,
    }
    if asked and form.is_valid():
        found["answer"] = _answer(listing, form, today, snapshot, standing)
    return found


def _answer(
    listing: Listing, form: WhatIfForm, today: date, snapshot: Snapshot, standing: Standing
) -> dict[str, Any] | None:
    days = form.asked_days()
    try:
        run = imagine(listing, form.acts(), [day.isoformat() for day in days], snapshot, standing)
    except Unreadable as problem:
        form.add_error(None, error_text(Violation(problem.code, problem.detail, remedy=problem.remedy)))
        return None
    then = run.standing
    known = run.scenario.last_day
    spans = [bars.span_of(row, today, known) for row in (standing, then)]
    span = min(first for first, _ in spans), max(last for _, last in spans)
    return {
        "rows": compared(listing, standing, run, today, days),
        "now_bar": bars.draw(standing, today, span, (), known),
        "then_bar": bars.draw(then, today, span, (), known),
        "dues": sorted(zip(run.dues, run.reasons, strict=True), key=lambda row: row[0].due_on),
        "refusals": [_refusal(act.on, act.name, problem) for act, problem in run.refusals],
        "lines": [line for line in run.lines if line["text"] not in run.reasons],
        "played": len(run.scenario.acts) - len(run.refusals),
        "past": any(act.on < today for act in run.scenario.acts),
        "acts": bool(run.scenario.acts),
    }


def compared(listing: Listing, now: Standing, run: Run, today: date, days: Sequence[date]) -> list[Compared]:
    """Return the comparison: ends first, then pauses, then the state on today, each act's day and each asked day."""
    then = run.standing
    last = run.scenario.last_day or today
    ends = now.ends_on(), then.ends_on()
    rows = [Compared("最后一天", _end(now), _end(then), _moved(*ends))]
    earliest = _earliest(now, max(last, today)), _earliest(then, max(last, today))
    if earliest[0] != ends[0] or earliest[1] != ends[1]:
        rows.append(Compared("最早结束", zh(earliest[0]), zh(earliest[1]), f"假定暂停到{zh(max(last, today))}为止"))
    rows.append(Compared("暂停", pause_words(now), pause_words(then)))
    refused = {id(act) for act, _ in run.refusals}
    named: dict[date, list[str]] = {today: ["今天"]}
    for act in run.scenario.acts:
        label = offered()[act.name].label
        named.setdefault(act.on, []).append(f"{label}（不能办理）" if id(act) in refused else label)
    for day in days:
        named.setdefault(day, [])
    for day in sorted(named):
        states = state_chip(listing, now, day), state_chip(listing, then, day)
        rows.append(Compared(zh(day), *states, note="、".join(named[day]), is_day=True))
    return rows


def _end(standing: Standing) -> str:
    end = standing.ends_on()
    if end is not None and standing.starts_on is not None and end < standing.starts_on:
        return "没有实施"
    if end is not None:
        return zh(end)
    if standing.is_held() and standing.original_ends_on is not None:
        return "待恢复后确定"
    return standing.period.label() if standing.period else "—"


def _moved(now: date | None, then: date | None) -> str:
    if now is None or then is None or now == then:
        return ""
    days = (then - now).days
    return f"推后 {days} 日" if days > 0 else f"提前 {-days} 日"


def _earliest(standing: Standing, on: date) -> date | None:
    return standing.clock().earliest_ends_on(on)


def pause_words(standing: Standing) -> str:
    """Return the pauses in words, last days included."""
    found = []
    for span in standing.lived_pauses():
        if span.to_on is None:
            found.append(f"{zh(span.from_on)}起，尚未恢复")
        else:
            over = standing.state_on(span.to_on) in {PeriodState.ENDED, PeriodState.REVOKED}
            word = "起结束" if over else "恢复"
            found.append(f"{zh(span.from_on)}起 {(span.to_on - span.from_on).days} 日，{zh(span.to_on)}{word}")
    return "；".join(found) or "没有"


def state_chip(listing: Listing, standing: Standing, day: date) -> SafeString:
    """Return the state on the day as a word; the days before a revocation as they were lived."""
    state = standing.clock().state_on(day)
    return chip(STATE_LABELS[state], TONES.get(state, SEAL if listing.polarity == "discipline" else JADE))


def _refusal(on: date, name: str, problem: Any) -> dict[str, Any]:
    violations = problem.errors or (Violation(problem.code, problem.detail, problem.field, problem.remedy),)
    return {"on": on, "label": offered()[name].label, "why": [error_text(row) for row in violations]}
