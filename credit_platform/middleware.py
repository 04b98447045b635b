"""Middleware of the house: what was served (log), and the headers of each door."""

import time
import uuid
from collections.abc import Callable

import structlog
from csp.utils import build_policy, default_config
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from credit_platform.settings.content_security import ADMIN_POLICY, PORTAL_POLICY

logger = structlog.get_logger("request")
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestLogMiddleware:
    """Log each request by its route, never by its path or query, which may name somebody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = uuid.uuid4().hex[:16]
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            match = request.resolver_match
            logger.info(
                "request",
                method=request.method,
                route=match.route if match else "",
                status=response.status_code,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
        response["X-Request-ID"] = request_id
        return response


class AdminPolicyMiddleware:
    """Give the admin its own content security policy; everything else keeps the strict one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_config = ADMIN_POLICY  # type: ignore[attr-defined]
        return response


def page_headers(get_response: GetResponse) -> GetResponse:
    """Set what csp, clickjacking and common middleware set on the full chain, as constants: no page asks for a nonce."""
    policy = build_policy(config=default_config(PORTAL_POLICY))
    frames = settings.X_FRAME_OPTIONS

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Frame-Options", frames)
        if isinstance(response, HttpResponse) and not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    return middleware


def lean_headers(get_response: GetResponse) -> GetResponse:
    """Set the headers that SecurityMiddleware and csp set on the long chain, as constants."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY or "same-origin",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return middleware
