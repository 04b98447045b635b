"""Take a file in, and open it again."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import IO, Any, cast

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction

from core.actors import Actor
from core.attachments.names import display_name, extension_of
from core.attachments.sniff import Kind, check_agreement, kind_of
from core.attachments.storage import EncryptedStorage
from core.keys import ring
from core.models.attachments import Attachment
from core.problems import Problem

ALIAS = "attachments"
DEFAULT_LIMIT = 20 * 1024 * 1024
PIECE = 64 * 1024
MEBIBYTE = 1024 * 1024


def storage() -> EncryptedStorage:
    return cast("EncryptedStorage", storages[ALIAS])


def path_of(digest: str) -> str:
    """Return where content with this digest lies in the storage."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def size_limit() -> int:
    """Return the largest accepted size in bytes, from settings `ATTACHMENT_MAX_BYTES`."""
    return int(getattr(settings, "ATTACHMENT_MAX_BYTES", DEFAULT_LIMIT))


def store(
    upload: File[Any] | IO[bytes],
    *,
    actor: Actor,
    name: str = "",
    limit: int | None = None,
    agree: Callable[[str, IO[bytes]], Kind] | None = None,
) -> Attachment:
    """Keep a file that someone handed in and return its attachment; the same content is kept once.

    Raises Problem ATT-01 too large, ATT-02 bytes are not what the extension claims, ATT-03 empty,
    ATT-04 kind not accepted, ATT-05 a compression bomb. Memory stays bounded whatever the size. `agree` is for a door
    that accepts other kinds, and knows better what is wrong with them: it returns the kind, or raises a Problem.
    """
    given = name or str(getattr(upload, "name", "") or "")
    extension = extension_of(given)
    if agree is None:
        kind_of(extension)
    with tempfile.SpooledTemporaryFile(max_size=4 * MEBIBYTE) as copy:
        digest, size = copied(upload, copy, size_limit() if limit is None else limit)
        kind = (agree or check_agreement)(extension, copy)
        copy.seek(0)
        if not _kept(path_of(digest)):
            storage().save(path_of(digest), File(copy))
    return Attachment.objects.create(
        digest=digest,
        name=display_name(given, extension),
        extension=extension,
        content_type=kind.content_type,
        size=size,
        actor_kind=actor.kind,
        actor_key=actor.key,
        actor_label=actor.label,
        unit_id=actor.unit_id,
    )


def _kept(path: str) -> bool:
    """Return whether this content lies in the storage under a key that still opens it."""
    return storage().exists(path) and storage().key_of(path) in ring().ids


def copied(upload: File[Any] | IO[bytes], target: IO[bytes], limit: int) -> tuple[str, int]:
    """Copy piece by piece while hashing; stops at the limit, and never believes the size that was declared."""
    hasher, size = hashes.Hash(hashes.SM3()), 0
    if getattr(upload, "seekable", lambda: False)():
        upload.seek(0)
    while piece := upload.read(PIECE):
        size += len(piece)
        if size > limit:
            raise Problem(
                "ATT-01",
                f"文件超过 {limit / MEBIBYTE:g} MiB",
                status=413,
                field="file",
                remedy="压缩图片、拆分文件后上传，或由系统管理员调整上限",
            )
        hasher.update(piece)
        target.write(piece)
    if not size:
        raise Problem("ATT-03", "文件是空的", field="file", remedy="核对后重新选择文件")
    return hasher.finalize().hex(), size


def open_attachment(attachment: Attachment) -> File[Any]:
    """Return the plain content as a seekable file; close it after use.

    Raises Problem ATT-06 where the encrypted file is missing, cut or changed.
    """
    try:
        return storage().open(path_of(attachment.digest), "rb")
    except FileNotFoundError:
        raise Problem("ATT-06", "附件文件不在存储中", status=500, remedy="由系统管理员从备份恢复附件存储") from None


def erase(attachment: Attachment) -> None:
    """Delete the content whose keeping is over once this transaction commits; that it was there stays on record.

    Where another attachment has the same content, its bytes stay.
    """
    if not Attachment.objects.filter(digest=attachment.digest).exclude(pk=attachment.pk).exists():
        transaction.on_commit(lambda: storage().delete(path_of(attachment.digest)))
