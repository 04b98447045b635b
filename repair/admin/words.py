"""How applications, shields and rows of law are worded: the state is a word, its colour only repeats it."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, due_chip, zh

TONES = {
    "received": AMBER,
    "accepted": BLUE,
    "forwarded": BLUE,
    "verified": BLUE,
    "opined": AMBER,
    "approved": AMBER,
    "published": JADE,
    "rejected": SEAL,
    "revoked": SEAL,
}
SHIELD_TONES = {"drafted": AMBER, "active": BLUE, "completed": JADE, "ended": GREY, "dropped": GREY}


def state_chip(application: Any) -> SafeString:
    return chip(application.get_state_display(), TONES.get(application.state, GREY))


def shield_chip(shield: Any) -> SafeString:
    return chip(shield.get_state_display(), SHIELD_TONES.get(shield.state, GREY))


def due_words(rows: list[dict[str, Any]]) -> SafeString:
    """Return the due days that are running, each with how far it is."""
    return format_html_join(
        SafeString("<br>"), "{} {} {}", ((row["label"], zh(row["due_on"]), due_chip(row["due_on"])) for row in rows)
    )


def confidence_chip(row: Any) -> SafeString:
    return chip(row.get_confidence_display(), AMBER if row.needs_check else JADE)


def in_force_chip(row: Any) -> SafeString:
    """Return whether a row of law is proposed, in use or replaced."""
    if not row.confirmed_by_key:
        return chip("待复核", AMBER)
    if row.replaced_on is not None:
        return chip(f"{zh(row.replaced_on)}被更正", GREY)
    return chip("已复核", JADE)


def span(row: Any) -> str:
    return f"{zh(row.valid_from)}起" + (f"至{zh(row.valid_to)}" if row.valid_to else "")


def link(url: str, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)
