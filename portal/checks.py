"""What is looked at before the platform starts: keys that could not sign are told then, not when a report is asked for."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from core.problems import Problem
from core.signatures.signing import known_keys


def report_keys(**kwargs: Any) -> list[CheckMessage]:
    """Return an error where reports cannot be signed, or verified, with the keys of the settings."""
    try:
        known_keys()
    except Problem as problem:
        hint = "REPORT_KEYS holds `id:algorithm:base64`, REPORT_OLD_KEYS `id:algorithm:hex`; see docs/settings.md."
        return [Error(problem.detail, hint=hint, id="portal.E001")]
    return []
