"""Texts at rest: sealed with SM4-GCM under the key ring, bound to what they belong to, opened nowhere else."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from core.keys import KeyRingError, derived, ring

NONCE, TAG = 12, 16
PURPOSE = "sealed text"
_uses: list[Callable[[], Counter[str]]] = []


class Unreadable(ValueError):
    """The text does not open: changed, moved to another record, or its key is gone."""


def close(text: str, bound: str) -> tuple[str, bytes]:
    """Return the id of the key and the sealed text; it opens only for the same `bound`."""
    key_id, nonce = ring().current, os.urandom(NONCE)
    encryptor = Cipher(algorithms.SM4(derived(key_id, PURPOSE, 16)), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound.encode())
    return key_id, nonce + encryptor.update(text.encode()) + encryptor.finalize() + encryptor.tag


def reopen(key_id: str, sealed: bytes, bound: str) -> str:
    """Return the text that `close` sealed for `bound`; Unreadable for anything else."""
    nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
    try:
        decryptor = Cipher(algorithms.SM4(derived(key_id, PURPOSE, 16)), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(bound.encode())
        return (decryptor.update(body) + decryptor.finalize()).decode()
    except (InvalidTag, KeyRingError, ValueError) as error:
        raise Unreadable(bound) from error


def register_use(count: Callable[[], Counter[str]]) -> None:
    """Let an app tell how many of its texts each key still seals; from AppConfig.ready()."""
    if count not in _uses:
        _uses.append(count)


def texts_by_key() -> Counter[str]:
    """Return how many sealed texts each key id still opens."""
    return sum((count() for count in _uses), Counter())
