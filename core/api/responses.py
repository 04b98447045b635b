"""JSON answers and problem documents, the same for lean views, DRF and the middleware."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise

from core.problems import Problem

logger = structlog.get_logger(__name__)
JSON_TYPE, PROBLEM_TYPE = "application/json", "application/problem+json"


def _plain(value: Any) -> Any:
    """Return what the encoder can write of a value that it does not know: days as ISO 8601, decimals as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | Promise):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain, allow_nan=False)


def to_json(value: Any) -> bytes:
    """Return the compact UTF-8 JSON of a value."""
    return _encoder.encode(value).encode()


def json_response(value: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(to_json(value), status=status, content_type=JSON_TYPE)


def problem_response(problem: Problem) -> HttpResponse:
    """Return the problem document (RFC 9457) with its status; never cached."""
    response = HttpResponse(to_json(problem.as_dict()), status=problem.status, content_type=PROBLEM_TYPE)
    response["Cache-Control"] = "no-store"
    response.problem_code = problem.code  # type: ignore[attr-defined]  # for the request log
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return with_patience(response)


def with_patience(response: HttpResponse) -> HttpResponse:
    """Say on a 503 when to come back."""
    if response.status_code == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def unexpected(error: BaseException, where: str) -> Problem:
    """Log an error that nobody foresaw under a fresh id and return the problem that carries only that id."""
    error_id = secrets.token_hex(6)
    logger.error("internal_error", error_id=error_id, where=where, exc_info=error)
    return Problem(
        "internal_error",
        f"系统内部错误，编号 {error_id}",
        status=500,
        title="系统内部错误",
        remedy="稍后重试；仍然失败请把编号告知系统管理员",
    )


_BUSY = (OperationalError, InterfaceError)
RETRY_AFTER = 30  # seconds: a statement of ours is ended long before, and a database that restarts is back


def busy(error: BaseException) -> Problem | None:
    """Return the problem for a database that does not answer in time, logged under a fresh id; None for other errors."""
    if not isinstance(error, _BUSY):
        return None
    error_id = secrets.token_hex(6)
    state = getattr(error.__cause__, "pgcode", None)
    logger.error("database_unavailable", error_id=error_id, sqlstate=state, exc_info=error)
    detail = f"这次没有在规定时间内办完，编号 {error_id}"
    return Problem(
        "busy", detail, status=503, title="系统正忙", remedy="请过一分钟再试；一直如此请把编号告知系统管理员"
    )


_BY_STATUS: dict[int, tuple[str, str, str]] = {
    400: ("bad_request", "请求无法识别", "对照接口文档核对地址、参数和正文"),
    403: ("forbidden", "请求被拒绝", "核对身份和页面令牌，或由安全管理员授予权限"),
    404: ("NOT-FOUND", "没有这个地址或对象", "对照接口文档核对地址和编号"),
    405: ("method_not_allowed", "该地址不支持这种请求方法", "对照接口文档核对请求方法"),
    413: ("too_large", "请求内容过大", "减少每次提交的内容"),
    415: ("unsupported_media_type", "不支持的内容类型", "改用 Content-Type: application/json"),
    500: ("internal_error", "系统内部错误", "稍后重试；仍然失败请联系系统管理员"),
    503: ("unavailable", "服务暂时不可用", "稍后重试"),
}


def problem_of_status(status: int) -> Problem:
    """Return the problem for a bare HTTP status."""
    code, detail, remedy = _BY_STATUS.get(status, _BY_STATUS[500 if status >= 500 else 400])
    return Problem(code, detail, status=status, remedy=remedy)


_MEANINGS: tuple[tuple[type[Exception], int], ...] = (
    (Http404, 404),
    (PermissionDenied, 403),
    (RequestDataTooBig, 413),
    (SuspiciousOperation, 400),
)


def problem_of(error: Exception) -> Problem | None:
    """Return the problem that an error of ours or Django's means, or None where nobody foresaw it."""
    if isinstance(error, Problem):
        return error
    known = next((problem_of_status(status) for kind, status in _MEANINGS if isinstance(error, kind)), None)
    return known or busy(error)


def etag_of(content: bytes) -> str:
    """Return a strong entity tag of the content."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def matches(request: HttpRequest, etag: str) -> bool:
    """Return whether the caller already holds this version (If-None-Match, weak comparison)."""
    held = request.META.get("HTTP_IF_NONE_MATCH", "")
    tags = {tag.strip().removeprefix("W/") for tag in held.split(",")}
    return bool(held) and (etag.removeprefix("W/") in tags or "*" in tags)


def not_modified(etag: str) -> HttpResponse:
    response = HttpResponse(status=304)
    response["ETag"] = etag
    del response["Content-Type"]
    return response
