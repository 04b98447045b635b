"""Digests and signatures as the interface describes them, written a second time: this side trusts nothing it is told."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def canonical(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sm3(content: bytes) -> str:
    return hashlib.new("sm3", content).hexdigest()


def lay_down(folder: Path, name: str, document: Any) -> None:
    """Write a document, its digest first, so that a reader never sees half of it."""
    content = canonical(document)
    for target, words in ((f"{name}.sm3", sm3(content).encode()), (name, content)):
        part = folder / f".{target}.part"
        part.write_bytes(words)
        part.replace(folder / target)


def day_digest(rows: Iterable[tuple[str, str]]) -> str:
    """Return the XOR of the digests of `uid:digest`."""
    found = 0
    for uid, digest in rows:
        found ^= int(sm3(f"{uid}:{digest}".encode()), 16)
    return f"{found:064x}"


def is_signed(key: str, moment: str, method: str, target: str, body: bytes, signature: str) -> bool:
    words = f"{moment}\n{method}\n{target}\n{sm3(body)}".encode()
    return hmac.compare_digest(hmac.new(key.encode(), words, "sm3").hexdigest(), signature)
