"""Digests and signatures on the way between systems: SM3 over one canonical form, so that both sides count alike."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.hazmat.primitives import hashes, hmac

from core.digests import canonical, digest_of, sm3

__all__ = ["EMPTY", "canonical", "day_digest", "digest_of", "row_digest", "signature", "sm3"]

EMPTY = "0" * 64


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
