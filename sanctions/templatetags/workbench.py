"""How the workbench words the states and results of the chain."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from core.periods import STATE_LABELS, PeriodState
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, zh

register = template.Library()

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
OVER_WORDS = {"repaired": "已修复", "performed": "已履行", "withdrawn": "已取消"}  # ended by an act, before its day
LISTING_TONES = {"pending": BLUE, "paused": AMBER, "ended": GREY, "revoked": GREY}


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
def last_day(listing: Any) -> str:
    """Return the last day in words; while the clock stands it is not known, and an open period says what it is."""
    if end := listing.end_on():
        return zh(end)
    return "待恢复后确定" if listing.original_ends_on else listing.determination.period.label()


@register.filter
def listing_chip(listing: Any) -> SafeString:
    """Return the state that the dates give on the day the row was read."""
    state = str(listing.state_on)
    in_force = SEAL if listing.polarity == "discipline" else JADE
    word = OVER_WORDS.get(listing.state, "") if state == PeriodState.ENDED else ""
    return chip(word or STATE_LABELS[PeriodState(state)], LISTING_TONES.get(state, in_force))


@register.filter
def stop_chip(stop: Any) -> SafeString:
    """Return how far a stop notice is followed, as a coloured word."""
    if stop.confirmed_on is not None:
        return chip("已确认", JADE)
    if stop.superseded_on is not None:
        return chip("已被后续通知取代", GREY)
    return chip("待确认", AMBER) if stop.must_confirm else chip("已告知", GREY)


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
