"""SM2 with SM3 (GB/T 32918.2): a key of 32 bytes, a public key of 65 (04, x, y), a signature of 64 (r, s).

What is signed is preceded by Z, the digest of the signer's identifier, the curve and the public key; the identifier is
the one that GM/T 0009 sets where none was agreed, so that any other implementation verifies without being told.
"""

from __future__ import annotations

import gmalg
from gmalg.errors import GMError

IDENTIFIER = b"1234567812345678"
ORDER = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123
PART = 32


def _is_private(private: bytes) -> None:
    if len(private) != PART or not 1 <= int.from_bytes(private, "big") <= ORDER - 2:
        raise ValueError("an SM2 key is 32 bytes, a number from 1 to n - 2")


def public_of(private: bytes) -> bytes:
    """Return the public key of a private one; ValueError where it is none."""
    _is_private(private)
    return bytes(gmalg.SM2().generate_pk(private))


def check_public(public: bytes) -> None:
    """Raise ValueError unless these bytes are a point of the curve, not compressed."""
    try:
        sound = len(public) == 1 + 2 * PART and public[0] == 4 and gmalg.SM2().verify_pk(public)
    except GMError:
        sound = False
    if not sound:
        raise ValueError("an SM2 public key is 65 bytes that begin with 04, a point of the curve")


def sign(private: bytes, content: bytes) -> bytes:
    """Return the signature over the content, r before s; another one each time."""
    _is_private(private)
    parts = gmalg.SM2(private, IDENTIFIER, public_of(private)).sign(content)
    return b"".join(part.rjust(PART, b"\0") for part in parts)


def verify(public: bytes, content: bytes, signature: bytes) -> bool:
    """Tell whether the signature is the key's over this content; there is one way to write it."""
    if len(signature) != 2 * PART:
        return False
    return bool(gmalg.SM2(None, IDENTIFIER, public).verify(content, signature[:PART], signature[PART:]))
