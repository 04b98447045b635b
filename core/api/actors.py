"""Who asks, as an Actor: resolvers registered by the packages that know officers and clients."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import cast

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.functional import SimpleLazyObject

from core.actors import Actor
from core.problems import Problem

Resolver = Callable[[HttpRequest], Actor | None]


class Scheme(StrEnum):
    """How a caller proves who he is."""

    SESSION = "session"  # a cookie, so unsafe methods need the CSRF token
    BEARER = "bearer"  # an OAuth2 access token


_resolvers: dict[Scheme, list[Resolver]] = {scheme: [] for scheme in Scheme}
# A member of the public: holds no permission; `kind` applicant because that is the door he can come through.
PUBLIC = Actor.applicant("public", "公众")


def register_resolver(resolver: Resolver, *, scheme: Scheme | str = Scheme.SESSION) -> None:
    """Let `resolver` say who a request is from; called once from AppConfig.ready().

    It returns None where it knows nobody, and raises Problem 401 for a token that is expired or false. A session
    resolver must bear requests without `user`: the lean chain has none.
    """
    known = _resolvers[Scheme(scheme)]
    if resolver not in known:
        known.append(resolver)


def has_token(request: HttpRequest) -> bool:
    return bool(request.META.get("HTTP_AUTHORIZATION"))


def resolve(request: HttpRequest, scheme: Scheme) -> Actor | None:
    """Return the actor that this scheme finds in the request, or None."""
    return next((actor for resolver in _resolvers[scheme] if (actor := resolver(request)) is not None), None)


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks, found once per request: the token's client, else the session's officer, else the public.

    A token that names nobody is an error, never the public: Problem 401.
    """
    held = cast("Actor | None", getattr(request, "_core_actor", None))
    if held is None:
        if has_token(request):
            held = resolve(request, Scheme.BEARER)
            if held is None:
                raise not_authenticated("访问令牌无效或已过期")
        else:
            held = resolve(request, Scheme.SESSION) or PUBLIC
        request._core_actor = held  # type: ignore[attr-defined]
    return held


def introduce(request: HttpRequest) -> Problem | None:
    """Find out who a token names before the request is counted; return why it names nobody, to be raised later."""
    if has_token(request):
        try:
            actor_of(request)
        except Problem as problem:
            return problem
    return None


def lazy_actor(request: HttpRequest) -> Actor:
    """Return a stand-in that finds the actor when it is first looked at."""
    return cast("Actor", SimpleLazyObject(lambda: actor_of(request)))


def not_authenticated(detail: str = "未登录，也未提供访问令牌") -> Problem:
    """Return the problem for a caller we do not know."""
    return Problem(
        "AUTH-02",
        detail,
        status=401,
        title="需要身份",
        remedy="登录工作台，或用本单位的应用凭证在 /oauth/token 换取访问令牌，放入 Authorization: Bearer",
    )


def check_csrf(request: HttpRequest) -> None:
    """Refuse an unsafe request that rides on a session cookie without the CSRF token; Problem 403."""
    if has_token(request) or actor_of(request) is PUBLIC:
        return
    check = _CsrfCheck(lambda _request: None)  # type: ignore[arg-type]
    check.process_request(request)
    if check.process_view(request, None, (), {}) is not None:  # type: ignore[arg-type]
        raise Problem("CSRF-01", "页面令牌缺失或过期", status=403, remedy="刷新页面后重试")


class _CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason
