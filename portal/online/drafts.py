"""Drafts: started, saved, given files, filed once, forgotten. The only writers of `Draft` and `DraftFile`."""

from __future__ import annotations

import hmac
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, Sum

from core import clock, following, sealed_text
from core.attachments.holding import hold, let_go
from core.fields import new_public_id
from core.problems import Problem, Violation, refuse
from portal.online.models import Draft, DraftFile, Service

MOST_FILES, ALL_BYTES = 20, 100 * 1024 * 1024
SECRET_STAYS = timedelta(minutes=30)
Content = dict[str, str]


@dataclass(frozen=True, slots=True)
class Started:
    """A new draft and the key that opens it, told now and kept by nobody here."""

    draft: Draft
    key: str


@dataclass(frozen=True, slots=True)
class Filed:
    """What a filing gives back: its number, and the secret that follows it."""

    number: str
    secret: str


def _digest(public_id: str, key: str) -> str:
    hasher = hashes.Hash(hashes.SM3())
    hasher.update(f"draft:{public_id}:{key.strip().upper()}".encode())
    return hasher.finalize().hex()


def _bound(draft: Draft) -> str:
    return f"portal.draft:{draft.public_id}"


def _close(draft: Draft, content: Mapping[str, str]) -> None:
    text = json.dumps(dict(content), ensure_ascii=False)
    draft.sealing_key, draft.sealed = sealed_text.close(text, _bound(draft))


def content_of(draft: Draft) -> Content:
    """Return what was typed so far; Problem DRF-02 where it no longer opens."""
    if not draft.sealed:
        return {}
    try:
        found = json.loads(sealed_text.reopen(draft.sealing_key, bytes(draft.sealed), _bound(draft)))
    except sealed_text.Unreadable:
        raise Problem(
            "DRF-02", "草稿已经无法打开", status=410, title="草稿无法打开", remedy="重新填写；已经提交的凭回执编号查询"
        ) from None
    return {str(name): str(value) for name, value in found.items()}


def start(*, service: str, kind: str, key: str, content: Mapping[str, str] | None = None) -> Started:
    """Begin a draft about one matter; nothing is filed by it."""
    secret = new_public_id()
    draft = Draft(public_id=new_public_id(), service=Service(service), about_kind=kind, about_key=key)
    draft.key_digest = _digest(draft.public_id, secret)
    draft.keep_until = _last_day()
    _close(draft, content or {})
    draft.save(force_insert=True)
    return Started(draft, secret)


def _last_day() -> date:
    return clock.today() + timedelta(days=settings.DRAFT_DAYS)


def known_by(public_id: str, key: str) -> Draft | None:
    """Return the draft where the key is its own and its last day has not passed."""
    draft = Draft.objects.filter(public_id=public_id.strip().upper()).first()
    kept = draft.key_digest if draft is not None else _digest("", "")
    if not hmac.compare_digest(kept, _digest(public_id.strip().upper(), key)) or draft is None:
        return None
    return draft if draft.keep_until >= clock.today() else None


def resumed(public_id: str, key: str) -> Draft:
    """Return the draft for who types its number and key; NotFound for all others alike, FOL-01 after guessing."""
    return following.opened(public_id, lambda: known_by(public_id, key), what="该草稿；过期的草稿已经删除")


def save(draft: Draft, typed: Mapping[str, str]) -> Draft:
    """Keep what was typed, and the draft for another stretch of days; what is not among the names stays as it was."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        if row.filed_at is None:
            _close(row, content_of(row) | dict(typed))
            row.touched_at, row.keep_until = clock.now(), _last_day()
            row.save(update_fields=["sealing_key", "sealed", "touched_at", "keep_until"])
    return row


def add_file(draft: Draft, upload: File[Any], *, kind: str, limit: int | None = None) -> DraftFile:
    """Hold a file with the draft; it stays whatever becomes of the next one.

    Raises Problem ATT-01 … ATT-05 as for every file, Refused DRF-03 for one too many or too much in all.
    """
    held = hold(upload, limit=limit)
    try:
        with transaction.atomic():
            row = Draft.objects.select_for_update().get(pk=draft.pk)
            refuse(_room(row, held.size))
            row.keep_until = _last_day()
            row.save(update_fields=["keep_until"])
            return DraftFile.objects.create(
                draft=row, kind=kind, path=held.path, name=held.name, label=held.label, size=held.size
            )
    except Problem:
        let_go([held.path])
        raise


def _room(draft: Draft, size: int) -> list[Violation]:
    if draft.filed_at is not None:
        return [Violation("DRF-04", "已经提交，不能再改动草稿", "file", "凭回执编号和查询码补交材料")]
    held = draft.files.aggregate(number=Count("pk"), size=Sum("size"))
    if held["number"] >= MOST_FILES:
        return [Violation("DRF-03", f"材料已有 {MOST_FILES} 份", "file", "合并后再上传，或先移除不需要的")]
    if (held["size"] or 0) + size > ALL_BYTES:
        most = ALL_BYTES // 1024 // 1024
        return [Violation("DRF-03", f"全部材料超过 {most} MB", "file", "压缩图片后上传，或到窗口提交")]
    return []


def drop_file(draft: Draft, number: int) -> None:
    """Remove one file from a draft that is not filed yet."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        found = row.files.filter(pk=number).first() if row.filed_at is None else None
        if found is not None:
            path = found.path
            found.delete()
            transaction.on_commit(lambda: let_go([path]))


def discard(draft: Draft) -> None:
    """Delete a draft that is not filed yet, with its files."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        if row.filed_at is None:
            _delete(Draft.objects.filter(pk=row.pk))


def file_once(draft: Draft, act: Callable[[Draft, Content], Filed]) -> Draft:
    """Hand the draft in exactly once: who comes second, or again, gets the filing that the first one made.

    `act` files it through the services of the house, inside this transaction. What was typed is erased with it; the
    number and the secret stay sealed for who holds the draft's key, for the case that the answer is lost on the way.
    """
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        if row.filed_at is not None:
            return row
        filed = act(row, content_of(row))
        paths = list(row.files.values_list("path", flat=True))
        _close(row, {"secret": filed.secret})
        row.filed_at, row.number = clock.now(), filed.number
        row.save(update_fields=["sealing_key", "sealed", "filed_at", "number"])
        row.files.all().delete()
        transaction.on_commit(lambda: let_go(paths))
    return row


def secret_of(draft: Draft) -> str:
    """Return the follow-up secret while it may still be shown; "" once it was noted down or its time is over."""
    if draft.filed_at is None or clock.now() > draft.filed_at + SECRET_STAYS:
        return ""
    return content_of(draft).get("secret", "")


def noted(draft: Draft) -> None:
    """Erase the secret: its holder has written it down."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        if row.filed_at is not None:
            _erase(Draft.objects.filter(pk=row.pk))


def _erase(rows: Any) -> int:
    return int(rows.exclude(sealing_key="").update(sealing_key="", sealed=b""))


def _delete(rows: Any) -> int:
    keys = list(rows.values_list("pk", flat=True))
    paths = list(DraftFile.objects.filter(draft__in=keys).values_list("path", flat=True))
    DraftFile.objects.filter(draft__in=keys).delete()
    Draft.objects.filter(pk__in=keys).delete()
    transaction.on_commit(lambda: let_go(paths))
    return len(keys)


def sweep() -> dict[str, int]:
    """Delete drafts after their last day, with their files, and the secrets that may no longer be shown."""
    shown_until = clock.now() - SECRET_STAYS
    with transaction.atomic():
        late = Draft.objects.filter(keep_until__lt=clock.today()).select_for_update(skip_locked=True)
        deleted = _delete(late)
        erased = _erase(Draft.objects.filter(filed_at__lt=shown_until))
    return {"drafts": deleted, "secrets": erased, "locks": following.forget_old()}


def texts_by_key() -> Counter[str]:
    """Return how many drafts each key still seals."""
    return Counter(
        dict(Draft.objects.exclude(sealing_key="").order_by().values_list("sealing_key").annotate(rows=Count("pk")))
    )
