"""How the workbench words states, days and results: the state is a word, its colour only repeats it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock
from core.periods import STATE_LABELS, PeriodState

register = template.Library()

GREY, BLUE, AMBER, JADE, SEAL = "grey", "blue", "amber", "jade", "seal"
CASE_TONES = {
    "draft": GREY,
    "submitted": BLUE,
    "returned": AMBER,
    "accepted": BLUE,
    "noticed": BLUE,
    "convened": BLUE,
    "decided": AMBER,
    "issued": JADE,
    "withdrawn": GREY,
}
TASK_TONES = {"assigned": AMBER, "acknowledged": BLUE, "applied": JADE, "refused": SEAL, "released": GREY}
LISTING_TONES = {"pending": BLUE, "paused": AMBER, "ended": GREY, "revoked": GREY}


def chip(word: object, tone: str) -> SafeString:
    """Return a state as a coloured word."""
    return format_html('<span class="wb-chip wb-{}">{}</span>', tone, word)


@register.filter
def case_chip(case: Any) -> SafeString:
    return chip(case.get_state_display(), CASE_TONES.get(case.state, GREY))


@register.filter
def task_chip(task: Any) -> SafeString:
    return chip(task.get_state_display(), TASK_TONES.get(task.state, GREY))


@register.filter
def duty_chip(task: Any) -> SafeString:
    return chip(task.get_duty_display(), GREY) if task.duty == "notice" else SafeString("")


@register.filter
def polarity_chip(row: Any) -> SafeString:
    """Return 失信惩戒 in vermilion, 守信激励 in jade."""
    return chip(row.get_polarity_display(), SEAL if row.polarity == "discipline" else JADE)


@register.filter
def listing_chip(listing: Any) -> SafeString:
    """Return the state that the dates give on the day the row was read."""
    state = str(listing.state_on)
    in_force = SEAL if listing.polarity == "discipline" else JADE
    return chip(STATE_LABELS[PeriodState(state)], LISTING_TONES.get(state, in_force))


@register.filter
def decision_chip(row: Any) -> SafeString:
    tones = {"listed": SEAL if row.case.polarity == "discipline" else JADE, "not_listed": GREY}
    return chip(row.get_decision_display(), tones.get(row.decision, AMBER))


@register.filter
def vote_chip(vote: Any) -> SafeString:
    """Return one unit's vote on one subject; nothing where it has not voted."""
    if vote is None:
        return chip("未表决", AMBER)
    return chip(vote.get_choice_display(), {"list": SEAL, "not_list": JADE}.get(vote.choice, GREY))


@register.filter
def zh(day: date | None) -> str:
    """Return a day as 2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "—"


@register.filter
def due_chip(day: date | None) -> SafeString:
    """Return how far a due day is, in words."""
    if day is None:
        return SafeString("")
    left = (day - clock.today()).days
    if left < 0:
        return chip(f"逾期 {-left} 日", SEAL)
    if left == 0:
        return chip("今天到期", AMBER)
    return chip(f"还有 {left} 日", AMBER if left <= 3 else GREY)


@register.filter
def term_chip(day: date | None) -> SafeString:
    """Return how far the end of a term is: nobody is late when it has run out."""
    if day is None or day >= clock.today():
        return due_chip(day)
    return chip("已届满", GREY)


@register.filter
def size_words(size: int) -> str:
    """Return a file's size in words."""
    return f"{size / 1024 / 1024:.1f} MiB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KiB"
