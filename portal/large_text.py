"""长者模式: larger type, remembered in a cookie that says nothing about anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

COOKIE, ON = "large_text", "1"
YEAR = 365 * 24 * 3600


def is_large(request: HttpRequest) -> bool:
    return request.COOKIES.get(COOKIE) == ON


def remember(response: HttpResponseBase, *, large: bool, secure: bool) -> None:
    """Set or drop the cookie; it is no secret, but no other site has any business with it."""
    if large:
        response.set_cookie(COOKIE, ON, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
