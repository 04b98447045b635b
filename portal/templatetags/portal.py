"""How the portal writes days, numbers and states."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.clock import SHANGHAI
from core.text import zh_day
from portal import navigation
from portal.large_text import is_large

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
def highlight(name: str, query: str) -> SafeString:
    """Mark the words of the query where they stand in a name as they were typed."""
    words = sorted({word for word in query.split() if word}, key=len, reverse=True)
    pattern = "|".join(re.escape(word) for word in words)
    if not pattern:
        return format_html("{}", name)
    pieces = re.split(f"({pattern})", name, flags=re.IGNORECASE)
    marked = ((format_html("<mark>{}</mark>", piece) if at % 2 else piece,) for at, piece in enumerate(pieces))
    return format_html_join("", "{}", marked)


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


@register.simple_tag(takes_context=True)
def root_class(context: dict[str, Any]) -> str:
    """Return the class of the page's root: `large` for who asked for large text, also where there is no request."""
    request = context.get("request")
    return "large" if request is not None and is_large(request) else ""


@register.simple_tag
def before(name: str) -> str:
    """Return what stands before the last part of a page's address, which is a code or a number: for long lists."""
    return _before(name)


@cache
def _before(name: str) -> str:
    return reverse(name, args=["X"])[:-1]


@register.simple_tag
def fixed(part: str, at: str = "") -> SafeString:
    """Write a part that is the same for everybody, such as a menu; put together once in the life of a process."""
    return _fixed(part, at)


@lru_cache(maxsize=64)
def _fixed(part: str, at: str) -> SafeString:
    return render_to_string(f"portal/parts/{part}.html", {"at": at})


@register.simple_tag
def menu() -> list[navigation.Place]:
    return navigation.open_places(navigation.MAIN)


@register.simple_tag
def doors() -> list[navigation.Place]:
    return navigation.open_places(navigation.DOORS)[:8]


@register.simple_tag
def site_map() -> list[navigation.Group]:
    return navigation.site_map()


@register.simple_tag
def has_page(name: str) -> bool:
    """Tell whether this site has a page of that name, such as an online form."""
    return navigation.exists(name)


@register.simple_tag
def imprint() -> list[str]:
    """Return what the law wants a government site to say of itself; a demo city says that it has none."""
    demo = ["网站标识码 5108000000（演示）", "备案号（演示，未备案）"] if settings.DEMO else []
    return [*settings.SITE_IMPRINT, *demo]


@register.simple_tag(takes_context=True)
def public_address(context: dict[str, Any], path: str = "") -> str:
    """Return the full address of a path, by default of this page without its query: for canonical links."""
    request = context.get("request")
    base = (settings.PUBLIC_URL or "").rstrip("/")
    if not base and request is not None:
        base = f"{request.scheme}://{request.get_host()}"
    return base + (path or (request.path if request is not None else "/"))
