"""What a record is today, in a word: published, over, deferred, closed, or still on its way."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, zh
from publicity.enums import EndGround, Scope, State
from publicity.models import Licence

TONES = {
    State.REPORTED: AMBER,
    State.CHECKED: BLUE,
    State.PASSED: JADE,
    State.RETURNED: SEAL,
    State.RECALLED: GREY,
    State.SUPERSEDED: GREY,
    State.WITHDRAWN: SEAL,
}


def state_chip(record: Any) -> SafeString:
    """Return the state that the acts and today's date give."""
    today = clock.today()
    if record.state != State.PASSED:
        return chip(State(record.state).label, TONES[State(record.state)])
    if record.scope == Scope.NOT_OPEN:
        return chip("已审核 · 不予公开", GREY)
    if record.visible_from > today:
        return chip(f"暂缓至{zh(record.deferred_until)}", AMBER)
    if record.ended_from is not None and record.ended_from <= today:
        return chip("修复后已终止公示" if record.end_ground == EndGround.REPAIR else "已终止公示", GREY)
    if record.last_public_day is not None and record.last_public_day < today:
        return chip("公示期满", GREY)
    return chip("决定已变动，待撤下", SEAL) if record.change_ground else chip("公示中", JADE)


def whole_state(record: Any) -> SafeString:
    """Return the state, and beside it that the record is being contested."""
    if not record.contested_on:
        return state_chip(record)
    return format_html("{} {}", state_chip(record), chip("异议中", AMBER))


def is_unlimited(record: Any) -> bool:
    return isinstance(record, Licence) and record.last_public_day is None


def ends_words(record: Any) -> str:
    """Return the last public day in words."""
    return "不设期限" if is_unlimited(record) else zh(record.last_public_day)
