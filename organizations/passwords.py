"""Passwords that the platform makes itself, to be handed over once and changed at the first sign-in."""

from __future__ import annotations

import secrets
import string

SYMBOLS = "!@#$%&*+-="
LENGTH = 14
LETTERS = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))  # nothing that is read amiss


def new_password() -> str:
    """Return a random password with upper and lower case letters, digits and a symbol."""
    while True:
        body = "".join(secrets.choice(LETTERS) for _ in range(LENGTH - 1))
        if any(c.islower() for c in body) and any(c.isupper() for c in body) and any(c.isdigit() for c in body):
            place = 1 + secrets.randbelow(LENGTH - 2)
            return body[:place] + secrets.choice(SYMBOLS) + body[place:]
