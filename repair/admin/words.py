"""How applications, shields and rows of law are worded: the state is a word, its colour only repeats it."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip

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


def link(url: str, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)
