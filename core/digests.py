"""Documents as bytes, and their SM3: one canonical form, so that whoever signs, sends or compares counts alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes

_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(document: Mapping[str, Any] | list[Any]) -> bytes:
    """Return the one byte form of a document: keys in order, no blanks, UTF-8."""
    return _encoder.encode(document).encode()


def sm3(content: bytes) -> str:
    """Return the SM3 digest in hex."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize().hex()


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the SM3 digest of a document."""
    return sm3(canonical(document))
