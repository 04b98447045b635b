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


def link(url: str, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)
