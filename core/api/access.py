"""Who may call a DRF view: actors from sessions and tokens, and deny by default."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core import permissions
from core.actors import Actor
from core.api.actors import PUBLIC, Scheme, actor_of, check_csrf, has_token, not_authenticated, resolve
from core.problems import Problem

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def _plain(request: Request) -> HttpRequest:
    return request._request


class SessionActor(BaseAuthentication):
    """An officer with a session cookie; unsafe methods need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        plain = _plain(request)
        if has_token(plain):
            return None
        actor = resolve(plain, Scheme.SESSION)
        if actor is None:
            return None
        plain._core_actor = actor  # type: ignore[attr-defined]
        plain.actor = actor  # type: ignore[attr-defined]
        if request.method not in SAFE:
            check_csrf(plain)
        return getattr(plain, "user", None) or AnonymousUser(), actor

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class ClientActor(BaseAuthentication):
    """A system of an organisation with an OAuth2 access token (client credentials)."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        plain = _plain(request)
        if not has_token(plain):
            return None
        actor = actor_of(plain)  # Problem 401 for a token that names nobody
        plain.actor = actor  # type: ignore[attr-defined]
        return AnonymousUser(), actor

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class DenyByDefault(BasePermission):
    """A view is shut until it says `public = True` or names its `required_permission`.

    `required_permission` is a code, or a mapping of action or method to codes. Refusals say what is missing.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        plain = _plain(request)
        plain.actor = actor_of(plain)  # type: ignore[attr-defined]
        if getattr(view, "public", False) is True or not hasattr(view, (request.method or "").lower()):
            return True  # DRF answers 405 to a method that the view does not have
        code = required_permission(view, request.method or "")
        if code is None:
            raise Problem("AUTH-03", "该接口尚未开放", status=403, remedy="由系统管理员确认接口的权限声明")
        actor = actor_of(plain)
        if actor is PUBLIC:
            raise not_authenticated()
        permissions.require(actor, code)
        return True


def required_permission(view: Any, method: str) -> str | None:
    """Return the permission code a view declares for this action or method, or None."""
    declared = getattr(view, "required_permission", None)
    if isinstance(declared, dict):
        action = getattr(view, "action", None)
        return declared.get(action) or declared.get(method) or declared.get(method.lower())
    return declared or None
