"""The signed-in officer and the assignment chosen in the session, validated on every request."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from core.actors import Actor
from core.problems import Refused, Violation
from organizations import selectors, services
from organizations.models import Assignment, Officer

CHOSEN = "organizations.assignment"


def available_assignments(request: HttpRequest) -> list[Assignment]:
    """Return the assignments the signed-in officer may switch to, oldest first."""
    officer = _officer(request)
    return officer.current_assignments() if officer is not None else []


def current_assignment(request: HttpRequest) -> Assignment | None:
    """Return the chosen assignment while it is in force today, else the oldest current one, else None."""
    current = available_assignments(request)
    wanted = request.session.get(CHOSEN) if hasattr(request, "session") else None
    for assignment in current:
        if assignment.public_id == wanted:
            return assignment
    return current[0] if current else None


def choose_assignment(request: HttpRequest, public_id: str) -> Assignment:
    """Act under this assignment from now on; Refused ORG-24 where it is not the officer's or not in force today."""
    officer = _officer(request)
    for assignment in officer.current_assignments() if officer is not None else ():
        if officer is not None and assignment.public_id == public_id:
            request.session[CHOSEN] = public_id
            officer.acting_under = assignment
            return assignment
    raise Refused(
        [
            Violation(
                "ORG-24",
                "所选岗位不属于本人或今天不在任期内",
                "assignment",
                "从本人现任岗位中选择，或由安全管理员授予岗位",
            )
        ]
    )


def resolve_actor(request: HttpRequest) -> Actor | None:
    """Return the officer behind the session as an Actor under his chosen assignment; None where nobody is signed in."""
    officer = _officer(request)
    if officer is None:
        return None
    return selectors.actor_for(officer, current_assignment(request))


def note_sign_in(sender: object, user: Any, **kwargs: Any) -> None:
    """Keep the time of a sign-in."""
    if isinstance(user, Officer):
        services.record_sign_in(officer=user)


class ActingAssignmentMiddleware:
    """Make `request.user` act under the chosen assignment; send an officer with a first password to change it.

    Stands after AuthenticationMiddleware and OTPMiddleware; an anonymous request costs no query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        plain = request.user
        request.user = cast("Any", SimpleLazyObject(partial(_with_assignment, request, plain)))
        return self._must_change(request) or self.get_response(request)

    def _must_change(self, request: HttpRequest) -> HttpResponse | None:
        home = reverse("admin:index")
        if not request.path.startswith(home):
            return None
        change = reverse("admin:password_change")
        open_doors = (change, reverse("admin:logout"), reverse("admin:login"), reverse("admin:jsi18n"))
        if request.path in open_doors or not getattr(request.user, "must_change_password", False):
            return None
        return HttpResponseRedirect(change)


def _with_assignment(request: HttpRequest, user: Officer | AnonymousUser) -> Officer | AnonymousUser:
    if user.is_authenticated:
        wanted = request.session.get(CHOSEN)
        if wanted is not None:
            chosen = [row for row in user.current_assignments() if row.public_id == wanted]
            user.acting_under = chosen[0] if chosen else None
    return user


def _officer(request: HttpRequest) -> Officer | None:
    user = getattr(request, "user", None)
    return cast("Officer", user) if user is not None and user.is_authenticated and user.is_active else None
