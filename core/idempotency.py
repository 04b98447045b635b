"""A call repeated under one `Idempotency-Key` does its work once; the same key with another body is refused.

The mark is written in the transaction of the work itself, so it stands if and only if the work does; a second call that
comes meanwhile waits for the first. For API doors: declare `KEY_HEADER` among `headers`, read it with `key_of`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from django.db import connection
from django.http import HttpRequest

from core import clock
from core.actors import Actor
from core.api.params import Param
from core.keys import derived, ring
from core.models.idempotency import IdempotentCall
from core.problems import Problem

LONGEST = 100
KEPT_DAYS = 7
KEY_HEADER = Param("Idempotency-Key", label=f"幂等键：同一键重复提交只办理一次，保留 {KEPT_DAYS} 天", limit=LONGEST)
CLAIM_SQL = """
INSERT INTO core_idempotentcall (owner, door, key, key_id, digest, ref, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""


def key_of(request: HttpRequest) -> str:
    """Return the key that the request carries, or ""; Problem 400 IDEM-01 for one that cannot be kept."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if not isinstance(key, str) or len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        raise Problem(
            "IDEM-01",
            f"Idempotency-Key 应为 1 至 {LONGEST} 个可打印的 ASCII 字符",
            field="Idempotency-Key",
            remedy="每笔业务用一个新的随机键，如 UUID；重试时用同一个键",
        )
    return key.strip()


def once(actor: Actor, door: str, key: str, body: bytes, ref: str) -> str | None:
    """Mark this call as made with the result `ref`, or return the result of the call that was made under the key before.

    Inside the transaction of the work; without a key nothing is marked. Problem 409 IDEM-02 for another body.
    """
    if not key:
        return None
    owner, current = f"{actor.kind}:{actor.key}", ring().current
    mark: list[Any] = [owner, door, key, current, _digest(current, body), ref, clock.now()]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SQL, mark)
        if cursor.fetchone() is not None:
            return None
    earlier = IdempotentCall.objects.get(owner=owner, door=door, key=key)
    if earlier.key_id not in ring().ids or earlier.digest != _digest(earlier.key_id, body):
        raise Problem(
            "IDEM-02",
            "同一 Idempotency-Key 已用于另一次提交，正文不同",
            status=409,
            field="Idempotency-Key",
            remedy="重试时原样提交同一正文；另一笔业务换一个新的键",
        )
    return earlier.ref


def _digest(key_id: str, body: bytes) -> str:
    mac = hmac.HMAC(derived(key_id, "idempotent body", 32), hashes.SM3())
    mac.update(body)
    return mac.finalize().hex()


def forget() -> int:
    """Delete the marks that are older than `KEPT_DAYS`; returns how many."""
    return IdempotentCall.objects.filter(recorded_at__lt=clock.now() - timedelta(days=KEPT_DAYS)).delete()[0]
