"""Health for load balancers and operators: alive, ready (and what is missing), metrics for those inside."""

import hmac
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from core import outbox
from credit_platform import heartbeat


@require_safe
@never_cache
def alive(_request: HttpRequest) -> JsonResponse:
    """Answer while the process serves at all."""
    return JsonResponse({"status": "ok"})


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return {"ok": False, "detail": type(error).__name__}
    return {"ok": True}


def _redis() -> dict[str, Any]:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        return {"ok": False, "detail": type(error).__name__}
    return {"ok": True}


def _heart(name: str) -> dict[str, Any]:
    try:
        seconds = heartbeat.age(name)
    except DatabaseError as error:
        return {"ok": False, "detail": type(error).__name__}
    if seconds is None:
        return {"ok": False, "detail": "never seen"}
    late = seconds > settings.HEARTBEAT_LATE_SECONDS
    return {"ok": not late, "age_seconds": round(seconds, 1)}


CHECKS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": _database,
    "redis": _redis,
    "worker": lambda: _heart(heartbeat.WORKER),
    "beat": lambda: _heart(heartbeat.BEAT),
}


def _events() -> dict[str, Any]:
    """Tell how old the oldest event without a position is: a long transaction, or a sequencer that stands still."""
    try:
        seconds = outbox.lag()
    except DatabaseError as error:
        return {"detail": type(error).__name__}
    return {"oldest_unsequenced_seconds": None if seconds is None else round(seconds, 1)}


@require_safe
@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when everything that the platform needs is there, else 503 naming what is missing."""
    checks = {name: check() for name, check in CHECKS.items()}
    missing = [name for name, result in checks.items() if not result["ok"]]
    body = {"status": "unavailable" if missing else "ok", "missing": missing, "checks": checks, "events": _events()}
    return JsonResponse(body, status=503 if missing else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Show metrics to this machine itself and to holders of the token, to nobody else."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    by_token = bool(settings.METRICS_TOKEN) and hmac.compare_digest(
        header.encode(errors="replace"), f"Bearer {settings.METRICS_TOKEN}".encode()
    )
    direct = "HTTP_X_FORWARDED_FOR" not in request.META and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    if not (by_token or direct):
        return HttpResponseForbidden()
    return ExportToDjangoView(request)
