"""The signed-in officer and the assignment chosen in the session, validated on every request."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from core.actors import Actor
from core.problems import Refused, Violation
from organizations import selectors, services
from organizations.models import Assignment, Officer

CHOSEN = "organizations.assignment"
ASSIGNMENT_FIELD = "acting_assignment"  # the hidden field of every form that acts
LOST = "原先使用的岗位已收回、到期或不再有效。请先在页面上方重新选择岗位；选择之前没有任何办理权限，不会自动换用其他单位的岗位。"


def available_assignments(request: HttpRequest) -> list[Assignment]:
    """Return the assignments the signed-in officer may switch to, oldest first."""
    officer = _officer(request)
    return officer.current_assignments() if officer is not None else []


def current_assignment(request: HttpRequest) -> Assignment | None:
    """Return the assignment acted under: the chosen one while it is in force today; the oldest where none was chosen.

    None where the chosen one is gone: another one, perhaps of another unit, is never taken silently.
    """
    current = available_assignments(request)
    wanted = _wanted(request)
    if wanted is None:
        return current[0] if current else None
    return next((row for row in current if row.public_id == wanted), None)


def choice_is_lost(request: HttpRequest) -> bool:
    """Return whether the officer acted under an assignment that he no longer has, and has to choose again."""
    return _wanted(request) is not None and current_assignment(request) is None


def _wanted(request: HttpRequest) -> str | None:
    return request.session.get(CHOSEN) if hasattr(request, "session") else None


def assignment_token(request: HttpRequest) -> str:
    """Return the public id of the assignment that a form is shown under, for its field `ASSIGNMENT_FIELD`; "" for none."""
    current = current_assignment(request)
    return current.public_id if current is not None else ""


def require_same_assignment(request: HttpRequest) -> None:
    """Return when the form was shown under the assignment that is acted under now; Refused ORG-26 otherwise.

    A form open in one window while another switches would act for the wrong unit. A form without the field is refused.
    """
    if choice_is_lost(request):
        raise Refused([Violation("ORG-26", LOST, "assignment", "重新选择岗位后再办理；没有岗位的由安全管理员授予")])
    if request.POST.get(ASSIGNMENT_FIELD, "") != assignment_token(request):
        now = current_assignment(request)
        acting = f"{now.organization.short_name} {now.get_role_display()}" if now is not None else "没有岗位"
        raise Refused(
            [
                Violation(
                    "ORG-26",
                    f"页面打开之后岗位已经切换，当前为“{acting}”，本次没有办理",
                    "assignment",
                    "切换回原岗位，或刷新页面核对后以当前岗位办理",
                )
            ]
        )


def choose_assignment(request: HttpRequest, public_id: str) -> Assignment:
    """Act under this assignment from now on; Refused ORG-24 where it is not the officer's or not in force today."""
    officer = _officer(request)
    for assignment in officer.current_assignments() if officer is not None else ():
        if officer is not None and assignment.public_id == public_id:
            request.session[CHOSEN] = public_id
            officer.acting_under, officer.choice_lost = assignment, False
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
    if choice_is_lost(request):
        return selectors.actor_without_assignment(officer)
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

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """Tell an officer whose assignment is gone, on every page of the workbench, that he has to choose again."""
        pages = request.method == "GET" and request.path.startswith(reverse("admin:index"))
        if pages and request.user.is_authenticated and request.user.choice_lost and available_assignments(request):
            messages.warning(request, LOST)

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
    """Let the officer act under the session's assignment; the first one acted under is kept there as chosen."""
    if user.is_authenticated:
        current = user.current_assignments()
        wanted = request.session.get(CHOSEN)
        if wanted is None and current:
            wanted = request.session[CHOSEN] = current[0].public_id
        user.acting_under = next((row for row in current if row.public_id == wanted), None)
        user.choice_lost = wanted is not None and user.acting_under is None
    return user


def _officer(request: HttpRequest) -> Officer | None:
    user = getattr(request, "user", None)
    return cast("Officer", user) if user is not None and user.is_authenticated and user.is_active else None
