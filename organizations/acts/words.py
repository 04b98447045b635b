"""How the workbench words days, sizes and states: the state is a word, its colour only repeats it."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock
from core.text import zh_day

GREY, BLUE, AMBER, JADE, SEAL = "grey", "blue", "amber", "jade", "seal"


def chip(word: object, tone: str) -> SafeString:
    """Return a state as a coloured word."""
    return format_html('<span class="wb-chip wb-{}">{}</span>', tone, word)


def zh(day: date | None) -> str:
    """Return a day as 2026年3月2日."""
    return zh_day(day) or "—"


def moment(at: datetime | None) -> str:
    """Return a moment as 2026年3月2日 08:05."""
    return f"{zh(clock.day_of(at))} {at.astimezone(clock.SHANGHAI):%H:%M}" if at else "—"


def to_the_second(at: datetime | None) -> str:
    """Return an instant to the second, as the city's clock showed it."""
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else "—"


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


def due_day(day: date | None) -> SafeString:
    """Return a due day for a list: the day itself and how far it is."""
    return format_html('<span class="wb-day">{}</span> {}', zh(day), due_chip(day)) if day else SafeString("—")


def term_chip(day: date | None) -> SafeString:
    """Return how far the end of a term is: nobody is late when it has run out."""
    if day is None or day >= clock.today():
        return due_chip(day)
    return chip("已届满", GREY)


def size_words(size: int) -> str:
    """Return a file's size in words."""
    return f"{size / 1024 / 1024:.1f} MiB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KiB"
