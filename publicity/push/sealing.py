"""Digests and signatures on the way between systems: SM3 over one canonical form, so that both sides count alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac

EMPTY = "0" * 64


def canonical(document: Mapping[str, Any] | list[Any]) -> bytes:
    """Return the one byte form of a document: keys in order, no blanks, UTF-8."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sm3(content: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize().hex()


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the SM3 digest of a record's document."""
    return sm3(canonical(document))


def row_digest(uid: str, digest: str) -> int:
    """Return one record as it goes into the digest of its day."""
    return int(sm3(f"{uid}:{digest}".encode()), 16)


def day_digest(rows: Iterable[tuple[str, str]]) -> str:
    """Return the digest of a day's records: the same in whatever order they are held."""
    found = 0
    for uid, digest in rows:
        found ^= row_digest(uid, digest)
    return f"{found:064x}"


def signature(key: str, moment: str, method: str, target: str, body: bytes) -> str:
    """Return the HMAC-SM3 by which the other side knows who asks, what, and when."""
    mac = hmac.HMAC(key.encode(), hashes.SM3())
    mac.update(f"{moment}\n{method}\n{target}\n{sm3(body)}".encode())
    return mac.finalize().hex()
