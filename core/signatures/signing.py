"""Who signs what this site issues, and which keys everything that it ever signed is checked with."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from core.problems import Problem
from core.signatures.keys import PrivateKey, PublicKey, SigningKeyError, private_keys, public_keys

QUICK = "ed25519"


class Signer(Protocol):
    """What `REPORT_SIGNER` names: keys held here, or a signing device that keeps its key to itself."""

    @property
    def key(self) -> PublicKey: ...

    def sign(self, content: bytes) -> bytes: ...


class KeySigner:
    """Signs with the first of `REPORT_KEYS`, by whatever algorithm that key is of: SM2 or Ed25519."""

    def __init__(self, key: PrivateKey | None = None) -> None:
        self._first = key or _own_keys()[0]

    @property
    def key(self) -> PublicKey:
        return self._first.public

    def sign(self, content: bytes) -> bytes:
        return self._first.sign(content)


def _own_keys() -> tuple[PrivateKey, ...]:
    try:
        keys = private_keys(settings.REPORT_KEYS)
    except SigningKeyError as error:
        raise _unusable(str(error)) from None
    if not keys:
        raise _unusable("REPORT_KEYS holds no key")
    return keys


def _unusable(why: str) -> Problem:
    return Problem("RPT-01", f"签名密钥不能使用：{why}", status=503, remedy="由系统管理员核对 REPORT_KEYS")


def signer() -> Signer:
    """Return the signer of this site, by setting `REPORT_SIGNER`; RPT-01 where it has no key."""
    found: Signer = import_string(settings.REPORT_SIGNER)()
    return found


def quick_signer() -> Signer:
    """Return who signs what is issued in thousands: the first Ed25519 key held here, else the signer of reports."""
    quick = next((key for key in _own_keys() if key.public.algorithm == QUICK), None)
    return KeySigner(quick) if quick else signer()


def known_keys() -> dict[str, PublicKey]:
    """Return the public keys of everything that this site has signed, the one in use first."""
    try:
        own = [signer().key, *(key.public for key in private_keys(settings.REPORT_KEYS))]
        found = {key.key_id: key for key in own}
        for key in public_keys(settings.REPORT_OLD_KEYS):
            if found.setdefault(key.key_id, key) != key:
                raise SigningKeyError(f"two keys are called {key.key_id}")
    except SigningKeyError as error:
        raise _unusable(str(error)) from None
    return found
