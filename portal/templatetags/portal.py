"""How the portal writes days, numbers and states."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings

from core.clock import SHANGHAI
from core.text import zh_day

register = template.Library()
STATE_STYLES = {"in_force": "bad", "paused": "warn", "pending": "quiet", "ended": "quiet", "revoked": "quiet"}
STANDING_WORDS = {
    ("discipline", "in_force"): ("失信惩戒", "bad"),
    ("discipline", "paused"): ("失信惩戒 · 暂停", "warn"),
    ("incentive", "in_force"): ("守信激励", "good"),
    ("incentive", "paused"): ("守信激励 · 暂停", "warn"),
}


@register.filter
def zh_date(value: date | str | None) -> str:
    """Write a day as 2026年3月2日."""
    day = date.fromisoformat(value) if isinstance(value, str) and value else value
    return zh_day(day) if isinstance(day, date) else ""


@register.filter
def zh_moment(value: datetime) -> str:
    """Write a moment as 2026年3月2日 9时05分, in the city's time."""
    local = value.astimezone(SHANGHAI)
    return f"{zh_date(local.date())} {local:%-H时%M分}"


@register.filter
def thousands(value: int) -> str:
    """Write a number with a comma between thousands."""
    return f"{value:,}"


@register.filter
def state_style(row: dict[str, Any]) -> str:
    """Return the colour class that repeats the state's word."""
    style = STATE_STYLES.get(str(row["state"]), "quiet")
    return "good" if style == "bad" and row["kind"] == "incentive" else style


@register.filter
def standing_word(pair: tuple[str, str]) -> str:
    return STANDING_WORDS[pair][0]


@register.filter
def standing_style(pair: tuple[str, str]) -> str:
    return STANDING_WORDS[pair][1]


@register.filter
def document_title(title: str) -> str:
    """Write a legal document's title in 《》, once."""
    return title if title.startswith("《") else f"《{title}》"


@register.simple_tag
def is_demo_city() -> bool:
    """Tell whether this is a demo city; also where a page is made without context, as after an error."""
    return bool(settings.DEMO)
