"""Files of something not handed in yet: checked and sealed like attachments, and gone without a trace when dropped.

An attachment is for ever; a draft is not. What is held becomes an attachment when it is handed in (`store`).
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.base import File

from core.attachments.names import display_name, extension_of
from core.attachments.sniff import check_agreement, kind_of
from core.attachments.storing import MEBIBYTE, copied, size_limit, storage

FOLDER = "held"


@dataclass(frozen=True, slots=True)
class Held:
    """A file that is held: where it lies, its name for display, its type in words, its size."""

    path: str
    name: str
    label: str
    size: int


def hold(upload: File[Any] | IO[bytes], *, name: str = "", limit: int | None = None) -> Held:
    """Keep a file sealed until it is handed in or let go; refuses with the same words as `store` (ATT-01 … ATT-05)."""
    given = name or str(getattr(upload, "name", "") or "")
    extension = extension_of(given)
    kind_of(extension)
    with tempfile.SpooledTemporaryFile(max_size=4 * MEBIBYTE) as copy:
        _, size = copied(upload, copy, size_limit() if limit is None else limit)
        kind = check_agreement(extension, copy)
        path = f"{FOLDER}/{secrets.token_hex(20)}"
        storage().save(path, File(copy))
    return Held(path, display_name(given, extension), kind.label, size)


def open_held(path: str) -> File[Any]:
    """Return the plain content; close it after use. FileNotFoundError where it was let go."""
    return storage().open(path, "rb")


def let_go(paths: Iterable[str]) -> int:
    """Delete held files, those that are gone already included; returns how many were named."""
    named = [path for path in paths if path.startswith(f"{FOLDER}/")]
    for path in named:
        storage().delete(path)
    return len(named)
