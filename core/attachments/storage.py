"""The `attachments` storage: files on disk are always encrypted, written whole or not at all, and have no URL."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from core.attachments.sealed import CHUNK, SealedReader, read_header, seal
from core.keys import ring


class EncryptedStorage(FileSystemStorage):
    """A directory outside the web root in which every file is sealed by `core.attachments.sealed`."""

    def __init__(self, location: str | os.PathLike[str] | None = None, **options: Any) -> None:
        options.setdefault("file_permissions_mode", 0o600)
        options.setdefault("directory_permissions_mode", 0o700)
        super().__init__(location=location, **options)

    def _save(self, name: str, content: File[Any]) -> str:
        self._write(Path(self.path(name)), content)
        return name

    def _write(self, target: Path, content: File[Any]) -> None:
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

    def names(self) -> Iterator[str]:
        """Yield every sealed file, also one that no attachment names any more; drafts are left out."""
        home = Path(self.location)
        for folder, below, found in os.walk(home):
            below.sort()
            for name in sorted(found):
                if not name.startswith("."):
                    yield str((Path(folder) / name).relative_to(home))

    def key_of(self, name: str) -> str:
        """Return the id of the key that seals a file; Problem ATT-06 where its header is damaged."""
        with Path(self.path(name)).open("rb") as source:
            return read_header(source)[0]

    def reseal(self, name: str) -> bool:
        """Seal a file under the current key unless it is already; whoever reads it meanwhile reads on undisturbed."""
        if self.key_of(name) == ring().current:
            return False
        with self._open(name) as content:
            self._write(Path(self.path(name)), content)
        return True

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
