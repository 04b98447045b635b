"""Opening a filing by its number and secret: wrong secrets in series shut the number, whether it exists or not.

The count lives in the database: a lock-out that protects somebody must outlive the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from cryptography.hazmat.primitives import hashes, hmac
from django.conf import settings
from django.db import connection

from core import clock
from core.keys import derived, ring
from core.models.following import WrongSecret
from core.problems import NotFound, Problem

T = TypeVar("T")
_COUNT = """
INSERT INTO core_wrongsecret AS kept (number_digest, wrong, first_at, locked_until)
VALUES (%(digest)s, 1, %(now)s, CASE WHEN %(most)s <= 1 THEN %(until)s::timestamptz END)
ON CONFLICT (number_digest) DO UPDATE SET
  wrong = CASE WHEN kept.first_at <= %(since)s THEN 1 ELSE kept.wrong + 1 END,
  first_at = CASE WHEN kept.first_at <= %(since)s THEN excluded.first_at ELSE kept.first_at END,
  locked_until = CASE WHEN kept.first_at > %(since)s AND kept.wrong + 1 >= %(most)s THEN %(until)s::timestamptz END
"""


def opened(number: str, find: Callable[[], T | None], *, what: str) -> T:
    """Return what `find` opens for this number; NotFound alike for a false number and a false secret.

    Raises Problem FOL-01 while the number is shut after wrong secrets in series, to the right secret as well. Call it
    outside any transaction that a refusal would roll back: the count has to stay.
    """
    digest, now = _digest(number), clock.now()
    row = WrongSecret.objects.filter(number_digest=digest).first()
    if row is not None and row.locked_until is not None and row.locked_until > now:
        raise _shut(row.locked_until)
    found = find()
    if found is None:
        _count(digest, now)
        raise NotFound(what, "逐字核对编号和查询码；字母不分大小写")
    if row is not None:
        row.delete()
    return found


def forget_old() -> int:
    """Remove the counts on which nothing hangs any more; returns how many."""
    now = clock.now()
    old = WrongSecret.objects.filter(first_at__lte=now - timedelta(days=1)).exclude(locked_until__gt=now)
    return old.delete()[0]


def _digest(number: str) -> str:
    mac = hmac.HMAC(derived(ring().current, "follow lock", 32), hashes.SM3())
    mac.update(number.strip().upper()[:200].encode())
    return mac.finalize().hex()


def _count(digest: str, now: datetime) -> None:
    length = timedelta(minutes=settings.FOLLOW_LOCK_MINUTES)
    asked: dict[str, Any] = {
        "digest": digest,
        "now": now,
        "since": now - length,
        "until": now + length,
        "most": settings.FOLLOW_WRONG_SECRETS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, asked)


def _shut(until: datetime) -> Problem:
    wrong = f"该编号连续 {settings.FOLLOW_WRONG_SECRETS} 次输入了不符的查询码，{until.astimezone(clock.SHANGHAI):%H:%M} 前暂停查询"
    remedy = "核对回执后再试；查询码遗失的，持证件到受理窗口核对身份后补发"
    return Problem("FOL-01", wrong, status=429, field="secret", title="暂停查询", remedy=remedy)
