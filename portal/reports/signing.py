"""Who signs the reports of this site, and which keys everything that it ever signed is checked with."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from core.problems import Problem
from portal.reports.keys import PublicKey, ReportKeyError, private_keys, public_keys


class Signer(Protocol):
    """What `REPORT_SIGNER` names: keys held here, or a signing device that keeps its key to itself."""

    @property
    def key(self) -> PublicKey: ...

    def sign(self, content: bytes) -> bytes: ...


class KeySigner:
    """Signs with the first of `REPORT_KEYS`, by whatever algorithm that key is of: SM2 or Ed25519."""

    def __init__(self) -> None:
        try:
            keys = private_keys(settings.REPORT_KEYS)
        except ReportKeyError as error:
            raise _unusable(str(error)) from None
        if not keys:
            raise _unusable("REPORT_KEYS holds no key")
        self._first = keys[0]

    @property
    def key(self) -> PublicKey:
        return self._first.public

    def sign(self, content: bytes) -> bytes:
        return self._first.sign(content)


def _unusable(why: str) -> Problem:
    return Problem("RPT-01", f"报告签名密钥不能使用：{why}", status=503, remedy="由系统管理员核对 REPORT_KEYS")


def signer() -> Signer:
    """Return the signer of this site, by setting `REPORT_SIGNER`; RPT-01 where it has no key."""
    found: Signer = import_string(settings.REPORT_SIGNER)()
    return found


def known_keys() -> dict[str, PublicKey]:
    """Return the public keys of everything that this site has signed, the one in use first."""
    try:
        own = [signer().key, *(key.public for key in private_keys(settings.REPORT_KEYS))]
        found = {key.key_id: key for key in own}
        for key in public_keys(settings.REPORT_OLD_KEYS):
            if found.setdefault(key.key_id, key) != key:
                raise ReportKeyError(f"two keys are called {key.key_id}")
    except ReportKeyError as error:
        raise _unusable(str(error)) from None
    return found
