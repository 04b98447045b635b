"""The view of every act: find the record in the actor's scope, show the form, call the service, tell the outcome."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from core.api.actors import actor_of
from core.permissions import require
from core.problems import Problem
from organizations import sessions
from organizations.acts.forms import ActForm, Situation
from organizations.acts.refusals import problem_of_database

UNFILLED = 422


def act_view(
    request: HttpRequest,
    form_class: type[ActForm],
    *,
    record: Any,
    target: Any,
    home: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Serve one act. GET shows the form while the act is open; POST always asks the service, which alone decides.

    A refusal comes back at the field at fault with status 409, 403 or 422 and everything that was typed; an act that
    somebody else has done meanwhile leads back to the record with the reason.
    """
    actor = actor_of(request)
    require(actor, form_class.permission)
    situation = Situation(actor, record, target, request.GET.dict())
    status = 200
    if request.method == "POST":
        form = form_class(request.POST, request.FILES, situation=situation)
        outcome = (200 if form.only_asks() else _attempt(form, request)) if form.is_valid() else UNFILLED
        if not isinstance(outcome, int):
            form.remember(request.session, outcome.result)
            if form.result_template:
                told = {"done": form.success(outcome.result), **form.shown(outcome.result)}
                return _page(request, form, home, {**context, **told}, 200, form.result_template)
            messages.success(request, form.success(outcome.result))
            return HttpResponseRedirect(form.destination(outcome.result) or home)
        status = outcome
    else:
        if not form_class.offered(actor, record, target):
            because = form_class.blocked(actor, record, target) or _state_of(record)
            messages.warning(request, f"现在不能办理“{form_class.label}”：{because}")
            return HttpResponseRedirect(home)
        form = form_class(situation=situation)
    return _page(request, form, home, context, status)


class _Done:
    def __init__(self, result: Any) -> None:
        self.result = result


def _attempt(form: ActForm, request: HttpRequest) -> _Done | int:
    try:
        sessions.require_same_assignment(request)  # what was opened under another assignment is not done under this
        return _Done(form.perform())
    except Problem as problem:
        form.refuse(problem)
        return problem.status
    except DatabaseError as error:
        found = problem_of_database(error)
        if found is None:
            raise
        form.refuse(found)
        return found.status


def _state_of(record: Any) -> str:
    label = getattr(record, "get_state_display", None)
    return f"当前为“{label()}”，或不属于本岗位办理" if callable(label) else "条件尚未具备，或不属于本岗位办理"


def _page(
    request: HttpRequest, form: ActForm, home: str, context: dict[str, Any], status: int, template: str = ""
) -> HttpResponse:
    request.current_app = admin.site.name
    page = {
        **admin.site.each_context(request),
        **context,
        "title": form.label,
        "act": form,
        "form": form,
        "kept": form.kept_tokens(),
        "assignment_field": sessions.ASSIGNMENT_FIELD,
        "assignment_token": sessions.assignment_token(request),
        "home": home,
        **({} if template else form.aside()),
    }
    response = TemplateResponse(request, template or form.template, page, status=status)
    response["Cache-Control"] = "no-store"
    return response
