"""Keys: the ring of named secrets in settings `PERSONAL_KEYS`, and the keys derived from it per purpose.

Each entry is `id:base64 of 32 random bytes`, newest first: the first one closes, the others still open what they
once closed. Personal numbers, their blind index and attachments never share a derived key.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.signals import setting_changed

SETTING = "PERSONAL_KEYS"
SECRET_BYTES = 32
LONGEST_ID = 40


class KeyRingError(ValueError):
    """The key setting cannot be used; the message names the setting and the key id, never the secret."""


class KeyRing:
    """An ordered set of secrets under ids; never shows them."""

    def __init__(self, entries: Sequence[str]) -> None:
        self._secrets = dict(_parse(entry) for entry in entries)
        if not self._secrets:
            raise KeyRingError(f"{SETTING} holds no key")
        if len(self._secrets) != len(entries):
            raise KeyRingError(f"{SETTING} names one key id twice")
        self.ids: tuple[str, ...] = tuple(self._secrets)
        self.current = self.ids[0]

    def derive(self, key_id: str, purpose: str, length: int, salt: bytes | None = None) -> bytes:
        """Return the key for one purpose; KeyRingError where the ring does not hold this id."""
        if key_id not in self._secrets:
            raise KeyRingError(f"{SETTING} holds no key {key_id}: it was retired too early, or belongs to another site")
        return HKDF(hashes.SM3(), length, salt, purpose.encode()).derive(self._secrets[key_id])

    def __repr__(self) -> str:
        return f"<KeyRing {','.join(self.ids)}>"


def _parse(entry: str) -> tuple[str, bytes]:
    key_id, _, encoded = entry.strip().partition(":")
    if not 0 < len(key_id) <= LONGEST_ID or not key_id.isascii():
        raise KeyRingError(f"{SETTING}: an entry is `id:base64`, with an id of 1 to {LONGEST_ID} ASCII characters")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise KeyRingError(f"{SETTING}: the secret of key {key_id} is not base64") from None
    if len(secret) < SECRET_BYTES:
        raise KeyRingError(f"{SETTING}: the secret of key {key_id} has fewer than {SECRET_BYTES} bytes")
    return key_id, secret


@lru_cache(maxsize=1)
def ring() -> KeyRing:
    """Return the keys in force, read once per process."""
    return KeyRing(settings.PERSONAL_KEYS)


@lru_cache(maxsize=64)
def derived(key_id: str, purpose: str, length: int) -> bytes:
    """Return a purpose's key without a salt; kept, since hot paths ask for it thousands of times."""
    return ring().derive(key_id, purpose, length)


def _forget(*, setting: str, **_: object) -> None:
    if setting == SETTING:
        ring.cache_clear()
        derived.cache_clear()


setting_changed.connect(_forget, dispatch_uid="core.keys")
