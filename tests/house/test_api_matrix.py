"""Who may call what: every caller at every door of the API; the doors come from the URL configuration, the table from law.

A door that no line of the table names fails the test, so that a new one is decided on and not only declared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from core.api.lean import LeanView
from organizations.enums import GroupCode, Role
from organizations.models import WorkingGroup
from organizations.scopes import known_scopes
from tests.factories.clients import system, token_of
from tests.factories.organizations import make_assignment, make_officer

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", "put", "patch", "delete")
SAMPLE = {"int": "1", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000000"}
PARAMETER = re.compile(r"<(?:(\w+):)?\w+>")
EVERYBODY = frozenset({"everybody"})
INTAKE = frozenset({"intake", *(f"intake:{code}" for code in ("licences",))})
INTAKE_OFFICERS = frozenset(
    f"role {role}"
    for role in (Role.HANDLER, Role.WINDOW, Role.REVIEWER, Role.DISTRICT_CREDIT, Role.GROUP_LEAD, Role.OFFICE)
)
ANY_INTAKE = frozenset(scope for scope in known_scopes() if scope.startswith("intake"))
FEEDBACK_OFFICERS = frozenset(f"role {role}" for role in (Role.HANDLER, Role.REVIEWER, Role.DISTRICT_CREDIT))
CHECKERS = FEEDBACK_OFFICERS | {f"role {Role.WINDOW}", f"role {Role.OFFICE}"}
# Who may, by method and route; the first line that fits decides.
TABLE: tuple[tuple[str, frozenset[str]], ...] = (
    (r"\w+ api/v1/(schema|docs)", EVERYBODY),
    (r"\w+ api/v1/public/.*", EVERYBODY),
    (r"get api/v1/intake/.*", ANY_INTAKE | INTAKE_OFFICERS),
    (r"post api/v1/intake/.*", INTAKE | INTAKE_OFFICERS),
    (r"\w+ api/v1/exchange/.*", frozenset({"exchange"})),
    (r"post api/v1/checks", CHECKERS | {"checks"}),
    (r"post api/v1/checks/pages", frozenset({"checks"})),
    (r"get api/v1/checks/.*", CHECKERS | {"checks", "feedback"}),
    (r"post api/v1/checks/<str:number>/feedback", FEEDBACK_OFFICERS | {"feedback"}),
)
REFUSAL = {"type", "title", "status", "code", "detail", "remedy"}


@dataclass(frozen=True)
class Caller:
    name: str
    web: Client
    refused: int = 403


def doors(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every (method, route) under api/."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("api/"):
            view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
            lean = isinstance(view, type) and (issubclass(view, LeanView) or hasattr(view, "required_permission"))
            yield from (
                (method, route) for method in (METHODS if lean else ("get",)) if not lean or hasattr(view, method)
            )


def callers() -> Iterator[Caller]:
    def bearer(token: str) -> Client:
        return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})

    yield Caller("stranger", Client(raise_request_exception=False), 401)
    whole = system(scopes=list(known_scopes()))
    yield Caller("expired token", bearer(token_of(whole.row, list(known_scopes()), minutes=-1)), 401)
    yield Caller("somebody's token", bearer("not-of-this-platform"), 401)
    yield Caller("token without scopes", bearer(token_of(whole.row, [])))
    for scope in known_scopes():
        yield Caller(scope, system(scopes=[scope]).web)
    for role in Role.values:
        unit = {Role.GROUP_LEAD: "scjgj", Role.DISTRICT_CREDIT: "lzq_fgj"}.get(Role(role), "fgw")
        group = WorkingGroup.objects.get(code=GroupCode.ENTERPRISE) if role == Role.GROUP_LEAD else None
        web = Client(raise_request_exception=False)
        web.force_login(make_assignment(role, unit, group=group).officer, backend="organizations.auth.OfficerBackend")
        yield Caller(f"role {role}", web)
    idle = Client(raise_request_exception=False)
    idle.force_login(make_officer(), backend="organizations.auth.OfficerBackend")
    yield Caller("officer without assignment", idle)


def test_every_caller_meets_every_door_as_the_table_says() -> None:
    found = list(doors())
    assert len(found) > 20
    everyone = list(callers())
    wrong, unnamed = [], []
    for method, route in found:
        may = next((who for line, who in TABLE if re.fullmatch(line, f"{method} {route}")), None)
        if may is None:
            unnamed.append(f"{method} {route}")
            continue
        plain = PARAMETER.sub(lambda match: SAMPLE.get(match[1] or "str", "licences"), route)
        for caller in everyone:
            answer = getattr(caller.web, method)(f"/{plain}")
            admitted = answer.status_code not in (401, 403)
            if admitted != (may is EVERYBODY or caller.name in may):
                wrong.append(f"{caller.name}: {method} {route} answered {answer.status_code}")
            elif not admitted and (answer.status_code != caller.refused or not _only_refusal(answer)):
                wrong.append(f"{caller.name}: {method} {route} told {answer.status_code} {answer.content!r}")
    assert unnamed == [], "name who may call these in TABLE"
    assert wrong == []


def _only_refusal(answer: Any) -> bool:
    """Tell whether a refusal says why and nothing else."""
    document = json.loads(answer.content)
    return set(document) <= REFUSAL and str(document["code"]).startswith("AUTH-")
