"""Keys that sign what this site issues and the public keys that check them: each under an id, each saying its algorithm.

`REPORT_KEYS` holds private keys as `id:algorithm:base64`, newest first; `REPORT_OLD_KEYS` the public halves of keys
that were destroyed since, as `id:algorithm:hex`. Whatever was signed with any of them stays verifiable.
"""

from __future__ import annotations

import base64
import binascii
import importlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, cast

# Loaded when a key asks for it: a site without an SM2 key never loads SM2.
ALGORITHMS = {"ed25519": "core.signatures.ed25519", "sm2": "core.signatures.sm2"}
LABELS = {"ed25519": "Ed25519", "sm2": "SM2（国密）"}
KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,40}")
PRIVATE_BYTES = 32


class SigningKeyError(ValueError):
    """A key cannot be used; the message names the key, never the secret."""


class Algorithm(Protocol):
    def public_of(self, private: bytes) -> bytes: ...

    def check_public(self, public: bytes) -> None: ...

    def sign(self, private: bytes, content: bytes) -> bytes: ...

    def verify(self, public: bytes, content: bytes, signature: bytes) -> bool: ...


def algorithm_of(name: str) -> Algorithm:
    """Return the algorithm of this name; SigningKeyError for one that this platform does not know."""
    if name not in ALGORITHMS:
        raise SigningKeyError(f"no algorithm {name!r}: write one of {', '.join(ALGORITHMS)}")
    return cast("Algorithm", importlib.import_module(ALGORITHMS[name]))


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What anybody may check a report with."""

    key_id: str
    algorithm: str
    value: bytes

    def __post_init__(self) -> None:
        if not KEY_ID.fullmatch(self.key_id):
            raise SigningKeyError("the id of a key is 1 to 40 letters, digits, dots, underlines or hyphens")
        try:
            algorithm_of(self.algorithm).check_public(self.value)
        except SigningKeyError:
            raise
        except ValueError as error:
            raise SigningKeyError(f"public key {self.key_id}: {error}") from None

    def verify(self, content: bytes, signature: bytes) -> bool:
        return algorithm_of(self.algorithm).verify(self.value, content, signature)

    @property
    def label(self) -> str:
        return LABELS[self.algorithm]

    @property
    def hex(self) -> str:
        return self.value.hex()

    def as_json(self) -> dict[str, str]:
        return {"id": self.key_id, "algorithm": self.algorithm, "public_key": self.hex}


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """What this site signs with; never shows its secret."""

    public: PublicKey
    secret: bytes = field(repr=False)

    def sign(self, content: bytes) -> bytes:
        return algorithm_of(self.public.algorithm).sign(self.secret, content)


def private_keys(entries: Iterable[str]) -> tuple[PrivateKey, ...]:
    """Return the keys of `REPORT_KEYS` in their order; SigningKeyError for one that cannot sign, or an id used twice."""
    return _private_keys(tuple(entries))


@lru_cache(maxsize=4)  # deriving a public key of SM2 takes longer than a signature of Ed25519
def _private_keys(entries: tuple[str, ...]) -> tuple[PrivateKey, ...]:
    found = tuple(_private(entry) for entry in entries)
    _each_once([key.public for key in found])
    return found


def _private(entry: str) -> PrivateKey:
    key_id, name, encoded = _parts(entry)
    try:
        secret = base64.b64decode(encoded, validate=True)
        if len(secret) != PRIVATE_BYTES:
            raise SigningKeyError(f"key {key_id}: the secret has {len(secret)} bytes in the place of {PRIVATE_BYTES}")
        public = algorithm_of(name).public_of(secret)
    except SigningKeyError:
        raise
    except (binascii.Error, ValueError):
        raise SigningKeyError(f"key {key_id}: the secret is not a key of {name} in base64") from None
    return PrivateKey(PublicKey(key_id, name, public), secret)


def public_keys(entries: Iterable[str]) -> tuple[PublicKey, ...]:
    """Return the keys of `REPORT_OLD_KEYS`; SigningKeyError for one that is no public key."""
    found = []
    for entry in entries:
        key_id, name, written = _parts(entry)
        found.append(PublicKey(key_id, name, _unhexed(key_id, written)))
    _each_once(found)
    return tuple(found)


def public_keys_of(document: Any) -> dict[str, PublicKey]:
    """Return the keys of a file of public keys, as `as_document` writes it; SigningKeyError where it is none."""
    try:
        rows = [(str(row["id"]), str(row["algorithm"]), str(row["public_key"])) for row in document["keys"]]
    except (TypeError, KeyError):
        raise SigningKeyError('a file of public keys is {"keys": [{"id", "algorithm", "public_key"}]}') from None
    found = [PublicKey(key_id, name, _unhexed(key_id, written)) for key_id, name, written in rows]
    _each_once(found)
    return {key.key_id: key for key in found}


def as_document(keys: Iterable[PublicKey]) -> dict[str, list[dict[str, str]]]:
    """Return these keys as a file that `verify_report --keys` takes."""
    return {"keys": [key.as_json() for key in keys]}


def _parts(entry: str) -> list[str]:
    parts = entry.strip().split(":")
    if len(parts) != 3:
        raise SigningKeyError("an entry is `id:algorithm:key`")
    return parts


def _unhexed(key_id: str, written: str) -> bytes:
    try:
        return bytes.fromhex(written)
    except ValueError:
        raise SigningKeyError(f"public key {key_id} is not written in hex") from None


def _each_once(keys: Iterable[PublicKey]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key.key_id in seen:
            raise SigningKeyError(f"two keys are called {key.key_id}")
        seen.add(key.key_id)
