"""Signatures of clients: an SM3-HMAC over what was asked and when, and a mark that is good for one time (ADR 0028)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any, cast

from cryptography.hazmat.primitives import hashes, hmac
from django.db import connection
from django.http import HttpRequest

from core import clock, sealed_text
from core.digests import sm3
from core.problems import Problem
from organizations.models import ApiClient

SCHEME = "XY-SM3-HMAC-1"
SKEW = timedelta(minutes=5)
HEADERS = ("X-Timestamp", "X-Nonce", "X-Content-SM3", "X-Signature")
_NONCE = re.compile(r"^[A-Za-z0-9_-]{16,64}$")
_DIGEST = re.compile(r"^[0-9a-f]{64}$")
_SECONDS = re.compile(r"^[0-9]{1,11}$")
REMEDY = "按接入指南（docs/integrators.md）“签名”一节计算签名"


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """What checks a client's signatures: the sealed key in use, and the one before it while it still holds."""

    client_id: int
    public_id: str
    sealed: tuple[tuple[str, bytes], ...]


def key_of(secret: str) -> bytes:
    """Return the signing key that follows from a client's secret; the secret cannot be had back from it."""
    return bytes.fromhex(sm3(secret.encode()))


def seal(secret: str, public_id: str) -> tuple[str, bytes]:
    """Return the signing key of a secret as it is kept: sealed, and bound to its client."""
    return sealed_text.close(key_of(secret).hex(), _bound(public_id))


def _bound(public_id: str) -> str:
    return f"organizations.client {public_id}"


def canonical(method: str, target: str, timestamp: str, nonce: str, body_digest: str) -> bytes:
    """Return the bytes that are signed; `target` is path and query as they were sent."""
    return "\n".join((SCHEME, method.upper(), target, timestamp, nonce, body_digest)).encode()


def mac(key: bytes, message: bytes) -> str:
    """Return the HMAC-SM3 in hexadecimal."""
    made = hmac.HMAC(key, hashes.SM3())
    made.update(message)
    return made.finalize().hex()


def keys_by_ring() -> Counter[str]:
    """Return how many clients' signing keys each key of the ring seals."""
    rows = ApiClient.objects.filter(is_active=True).values_list("signing_key_id", "previous_key_id")
    return Counter(key for row in rows for key in row if key)


def is_signed(request: HttpRequest) -> bool:
    return "HTTP_X_SIGNATURE" in request.META


def verify(request: HttpRequest, keys: SigningKeys) -> None:
    """Return when the request is signed by the client, now, and for the first time; its body is checked as it is read.

    Problem 401: AUTH-04 incomplete, AUTH-05 wrong, AUTH-06 too early or too late, AUTH-07 seen before; 400 AUTH-08:
    the body is not the one that was signed. A mark is spent only by a right signature.
    """
    timestamp, nonce, body_digest, signed = (_header(request, name) for name in HEADERS)
    if not (_NONCE.match(nonce) and _DIGEST.match(body_digest) and _DIGEST.match(signed)):
        missing = "、".join(name for name in HEADERS if not _header(request, name))
        what = f"缺少请求头 {missing}" if missing else "签名请求头的格式不对"
        raise _refusal(
            "AUTH-04", f"该客户端的请求须签名：{what}", HEADERS[0] if not missing else missing.split("、")[0]
        )
    moment = _moment(timestamp)
    now = clock.now()
    if moment is None or abs(now - moment) > SKEW:
        told = f"服务器时间 {now.isoformat(timespec='seconds')}（{int(now.timestamp())}）"
        minutes = int(SKEW.total_seconds() // 60)
        raise _refusal(
            "AUTH-06", f"时间戳与服务器时间相差超过 {minutes} 分钟，{told}", "X-Timestamp", "校准时钟后重新签名"
        )
    message = canonical(request.method or "", request.get_full_path(), timestamp, nonce, body_digest)
    if not any(compare_digest(mac(key, message), signed) for key in _opened(keys)):
        raise _refusal("AUTH-05", "签名不正确", "X-Signature")
    if not _first_time(keys.client_id, nonce, moment + 2 * SKEW):
        raise _refusal("AUTH-07", "该请求已经收到过，同一签名不能再次使用", "X-Nonce", "换用新的 X-Nonce 重新签名")
    _watch_body(request, body_digest)


def _header(request: HttpRequest, name: str) -> str:
    return str(request.META.get(f"HTTP_{name.upper().replace('-', '_')}", ""))


def _refusal(code: str, detail: str, field: str, remedy: str = REMEDY, status: int = 401) -> Problem:
    return Problem(code, detail, status=status, field=field, title="签名未通过", remedy=remedy)


def _moment(timestamp: str) -> datetime | None:
    return datetime.fromtimestamp(int(timestamp), UTC) if _SECONDS.match(timestamp) else None


def _opened(keys: SigningKeys) -> Iterable[bytes]:
    """Yield the keys that the ring still opens; a client whose sealing key is gone signs with a new secret."""
    for key_id, sealed in keys.sealed:
        with suppress(sealed_text.Unreadable):
            yield bytes.fromhex(sealed_text.reopen(key_id, sealed, _bound(keys.public_id)))


def _first_time(client_id: int, nonce: str, until: datetime) -> bool:
    """Spend a mark; the database refuses the second time, whatever became of the cache."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO organizations_clientnonce (client_id, nonce, until) VALUES (%s, %s, %s)"
            " ON CONFLICT (client_id, nonce) DO NOTHING",
            [client_id, nonce, until],
        )
        return cursor.rowcount == 1


class _WatchedBody:
    """The request's body, digested as it is read; its last byte comes out only where the digest is the signed one."""

    def __init__(self, stream: Any, left: int, expected: str) -> None:
        self.stream, self.left, self.expected = stream, left, expected
        self.digest = hashes.Hash(hashes.SM3())

    def read(self, size: int = -1, /) -> bytes:
        return self._seen(self.stream.read(size) if size is not None and size >= 0 else self.stream.read())

    def readline(self, size: int = -1, /) -> bytes:
        return self._seen(self.stream.readline(size) if size is not None and size >= 0 else self.stream.readline())

    def _seen(self, piece: bytes) -> bytes:
        if piece:
            self.digest.update(piece)
            self.left -= len(piece)
            if self.left <= 0 and self.digest.copy().finalize().hex() != self.expected:
                raise _refusal("AUTH-08", "请求正文与签名的摘要不符", "X-Content-SM3", status=400)
        return piece


def _watch_body(request: HttpRequest, expected: str) -> None:
    """Let every reader of the body (JSON, upload, file as it comes) meet the check."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    held = getattr(request, "_body", None)
    if held is not None or length == 0:
        if sm3(held or b"") != expected:
            raise _refusal("AUTH-08", "请求正文与签名的摘要不符", "X-Content-SM3", status=400)
        return
    plain = cast("Any", request)
    plain._stream = _WatchedBody(plain._stream, length, expected)
