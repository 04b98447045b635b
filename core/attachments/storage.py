"""The `attachments` storage: files on disk are always encrypted, written whole or not at all, and have no URL."""

from __future__ import annotations

import io
import os
import secrets
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from core.attachments.sealed import CHUNK, SealedReader, seal


class EncryptedStorage(FileSystemStorage):
    """A directory outside the web root in which every file is sealed by `core.attachments.sealed`."""

    def __init__(self, location: str | os.PathLike[str] | None = None, **options: Any) -> None:
        options.setdefault("file_permissions_mode", 0o600)
        options.setdefault("directory_permissions_mode", 0o700)
        super().__init__(location=location, **options)

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(mode=self.directory_permissions_mode or 0o700, parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self.file_permissions_mode or 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                seal(content.chunks(CHUNK), file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        return name

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        if mode != "rb":
            raise ValueError("an encrypted file is only read")
        source = Path(self.path(name)).open("rb")  # noqa: SIM115  (the reader closes it)
        try:
            return File(io.BufferedReader(SealedReader(source), CHUNK), name=name)
        except BaseException:
            source.close()
            raise

    def size(self, name: str) -> int:
        """Return the size of the plain content."""
        with Path(self.path(name)).open("rb") as source:
            return SealedReader(source).size

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name as it is: the same name holds the same content, and a second writer changes nothing."""
        return name

    def url(self, name: str | None) -> str:
        raise ValueError("an attachment has no URL; it is served by a scoped view")
