"""The API base: problem documents everywhere, deny by default, one schema for lean views and DRF."""

import datetime
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import structlog
import yaml
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from core.actors import Actor
from core.api import actors, limits
from core.api.lean import LeanView
from core.api.params import Param
from core.api.shapes import Shape, day, listing, number, text
from core.api.views import KnownParameters, PlatformView
from core.models import TransitionRecord
from core.paging import keyset_page
from core.problems import Problem, Violation, refuse
from credit_platform.settings import stores
from tests.support.databases import CHECKOUT

THING = Shape("Thing", {"name": text("名称"), "on": day("日期"), "amount": text("金额")})
OFFICER = Actor("officer", "O1", "张三", permissions=frozenset({"t.read"}))
CLIENT = Actor("client", "C1", "某系统", permissions=frozenset({"t.read", "t.write"}))


class ThingView(LeanView):
    summary = "查询事物"
    public = True
    max_age = 60
    params = (Param("kind", choices=("a", "b"), label="种类"),)
    response = THING

    def get(self, request: HttpRequest, query: dict[str, Any], code: str) -> Any:
        if code == "missing":
            raise Http404
        if code == "broken":
            raise ZeroDivisionError("secret 510802199001011234")
        return {"name": code, "on": datetime.date(2026, 3, 2), "amount": Decimal("1.50")}


class RecordsView(LeanView):
    summary = "查询记录"
    public = True
    paged = True
    response = {"type": "object", "properties": {"id": number()}}

    def get(self, request: HttpRequest, query: dict[str, Any]) -> Any:
        queryset = TransitionRecord.objects.filter(workflow="api-test")
        return keyset_page(queryset, order=("id",), cursor=query["cursor"], limit=query["limit"]).mapped(
            lambda record: {"id": record.pk}
        )


class CheckView(LeanView):
    summary = "核查"
    required_permission = "t.write"
    body = (Param("matter", required=True), Param("codes", "list", required=True, items="str"))
    response = Shape("Question", {"no": text(), "things": listing(THING)})
    success_status = 201

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any]) -> Any:
        if body["matter"] == "refused":
            refuse([Violation("T-01", "条件不满足", "matter", "由某单位补正", "某法第一条")])
        return {"no": self.actor.key, "things": []}


class ShutView(LeanView):
    def get(self, request: HttpRequest, query: dict[str, Any]) -> Any:
        return {}


class Row(serializers.Serializer):
    id = serializers.IntegerField()


class Form(serializers.Serializer):
    name = serializers.CharField(max_length=3)
    rows = Row(many=True)


class FormView(PlatformView):
    required_permission = {"POST": "t.read", "GET": "t.read"}
    params = (Param("kind"),)
    serializer_class = Form

    def get(self, request: Request) -> Response:
        return Response({"actor": request._request.actor.key, "kind": self.query["kind"]})

    def post(self, request: Request) -> Response:
        form = Form(data=request.data)
        form.is_valid(raise_exception=True)
        if form.validated_data["name"] == "!":
            raise ZeroDivisionError
        return Response({"ok": True}, status=201)


class ListView(KnownParameters, ListAPIView):
    public = True
    ordering = ("-id",)
    queryset = TransitionRecord.objects.filter(workflow="api-test")
    serializer_class = Row


class UndeclaredView(PlatformView):
    serializer_class = Row

    def get(self, request: Request) -> Response:
        return Response({})


def page(request: HttpRequest) -> HttpResponse:
    if request.GET.get("who"):
        return HttpResponse(request.actor.label)
    raise Problem(
        "T-02", "缺少材料", status=409, remedy="由申请人补交", errors=[Violation("T-03", "缺<b>", basis="甲法")]
    )


urlpatterns = [
    path("api/v1/things/<str:code>", ThingView.as_view()),
    path("api/v1/records", RecordsView.as_view()),
    path("api/v1/questions", CheckView.as_view()),
    path("api/v1/shut", ShutView.as_view()),
    path("api/v1/form", FormView.as_view()),
    path("api/v1/list", ListView.as_view()),
    path("api/v1/undeclared", UndeclaredView.as_view()),
    path("page", page),
    path("", include("credit_platform.urls")),  # the error pages lead there
]


@pytest.fixture(autouse=True)
def doors(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    settings.RATE_LIMITS = {}
    settings.MIDDLEWARE = [  # what the kernel's own layers need, without those of the floors above
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "core.middleware.ActorMiddleware",
        "core.middleware.ProblemMiddleware",
    ]
    monkeypatch.setitem(limits._blind, "until", 0.0)
    monkeypatch.setitem(
        actors._resolvers, actors.Scheme.SESSION, [lambda r: OFFICER if r.COOKIES.get("who") == "officer" else None]
    )
    tokens = {"Bearer good": CLIENT}
    monkeypatch.setitem(
        actors._resolvers, actors.Scheme.BEARER, [lambda r: tokens.get(r.META.get("HTTP_AUTHORIZATION", ""))]
    )
    yield
    cache.clear()


@pytest.fixture
def web() -> Client:
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.fixture
def officer(web: Client) -> Client:
    web.cookies["who"] = "officer"
    return web


TOKEN = {"HTTP_AUTHORIZATION": "Bearer good"}


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document = json.loads(response.content)
    assert document["code"] == code
    assert document["status"] == status
    assert document["detail"]
    return document


def send(web: Client, url: str, body: Any, **extra: Any) -> Any:
    content = body if isinstance(body, str) else json.dumps(body)
    return web.post(url, content, content_type=extra.pop("content_type", "application/json"), **extra)


def test_plain_json_with_validators(web: Client) -> None:
    response = web.get("/api/v1/things/x?kind=a")
    assert json.loads(response.content) == {"name": "x", "on": "2026-03-02", "amount": "1.50"}
    assert response["Cache-Control"] == "public, max-age=60"
    again = web.get("/api/v1/things/x?kind=a", HTTP_IF_NONE_MATCH=f'"other", W/{response["ETag"]}')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
    assert web.head("/api/v1/things/x").status_code == 200


def test_unknown_parameters_are_named(web: Client) -> None:
    document = problem(web.get("/api/v1/things/x?colour=red"), 400, "unknown_parameter")
    assert document["field"] == "colour"
    assert "colour" in document["detail"]


def test_pages_have_the_agreed_form(db: None, web: Client) -> None:
    assert web.get("/api/v1/records").json() == {"items": [], "next": None, "count": 0, "count_capped": False}
    assert problem(web.get("/api/v1/records?cursor=zzz"), 400, "bad_cursor")["field"] == "cursor"
    assert problem(web.get("/api/v1/records?limit=999"), 400, "bad_parameter")["field"] == "limit"


def test_methods_bodies_and_types_give_problems(web: Client) -> None:
    response = web.delete("/api/v1/things/x")
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    problem(web.generic("BREW", "/api/v1/things/x"), 405, "method_not_allowed")
    problem(web.get("/api/v1/things/missing"), 404, "NOT-FOUND")
    problem(web.get("/api/v1/nowhere"), 404, "NOT-FOUND")
    for body in ("{", "", "[1", "NaN?", "[" * 100_000):
        problem(send(web, "/api/v1/questions", body, **TOKEN), 400, "bad_json")
    problem(send(web, "/api/v1/questions", "[]", **TOKEN), 400, "bad_json")
    problem(send(web, "/api/v1/questions", "a=1", content_type="text/plain", **TOKEN), 415, "unsupported_media_type")
    document = problem(send(web, "/api/v1/questions", {"codes": [1]}, **TOKEN), 400, "required")
    assert [error["field"] for error in document["errors"]] == ["matter", "codes[0]"]


def test_a_refusal_keeps_rule_field_remedy_and_basis(web: Client) -> None:
    document = problem(send(web, "/api/v1/questions", {"matter": "refused", "codes": ["x"]}, **TOKEN), 409, "T-01")
    assert document["errors"] == [
        {"code": "T-01", "detail": "条件不满足", "field": "matter", "remedy": "由某单位补正", "basis": "某法第一条"}
    ]


def test_unforeseen_errors_show_only_their_id(web: Client) -> None:
    with structlog.testing.capture_logs() as logs:
        document = problem(web.get("/api/v1/things/broken"), 500, "internal_error")
    assert "secret" not in json.dumps(document)
    (error_id,) = [log["error_id"] for log in logs if log["event"] == "internal_error"]
    assert error_id in document["detail"]
    problem(send(web, "/api/v1/form", {"name": "!", "rows": []}, **TOKEN), 500, "internal_error")


def test_lean_views_are_shut_until_they_say_who_may_ask(web: Client) -> None:
    problem(web.get("/api/v1/shut"), 403, "AUTH-03")
    response = send(web, "/api/v1/questions", {"matter": "m", "codes": ["x"]})
    problem(response, 401, "AUTH-02")
    assert response["WWW-Authenticate"].startswith("Bearer")
    problem(
        send(web, "/api/v1/questions", {"matter": "m", "codes": ["x"]}, HTTP_AUTHORIZATION="Bearer bad"), 401, "AUTH-02"
    )
    answer = send(web, "/api/v1/questions", {"matter": "m", "codes": ["x"]}, **TOKEN)
    assert (answer.status_code, answer.json()["no"]) == (201, "C1")
    assert answer["Cache-Control"] == "private, no-store"


def test_lean_views_name_the_missing_permission_and_check_cookies(officer: Client, monkeypatch: Any) -> None:
    document = problem(send(officer, "/api/v1/questions", {"matter": "m", "codes": ["x"]}), 403, "AUTH-01")
    assert "t.write" in document["detail"]
    monkeypatch.setattr(CheckView, "required_permission", "t.read")
    problem(send(officer, "/api/v1/questions", {"matter": "m", "codes": ["x"]}), 403, "CSRF-01")
    officer.cookies["csrftoken"] = "a" * 32
    extra = {"HTTP_X_CSRFTOKEN": "a" * 32}
    assert send(officer, "/api/v1/questions", {"matter": "m", "codes": ["x"]}, **extra).status_code == 201


def test_drf_views_speak_the_same_language(db: None, officer: Client) -> None:
    assert officer.get("/api/v1/form?kind=x").json() == {"actor": "O1", "kind": "x"}
    problem(officer.get("/api/v1/form?colour=x"), 400, "unknown_parameter")
    problem(officer.put("/api/v1/form", **TOKEN), 405, "method_not_allowed")
    problem(send(officer, "/api/v1/form", {}), 403, "CSRF-01")
    web = Client(enforce_csrf_checks=True)
    problem(web.get("/api/v1/form"), 401, "AUTH-02")
    problem(web.get("/api/v1/form", HTTP_AUTHORIZATION="Bearer bad"), 401, "AUTH-02")
    problem(web.get("/api/v1/undeclared"), 403, "AUTH-03")
    problem(send(web, "/api/v1/form", "{", **TOKEN), 400, "bad_json")
    problem(send(web, "/api/v1/form", "x", content_type="text/plain", **TOKEN), 415, "unsupported_media_type")
    document = problem(
        send(web, "/api/v1/form", {"name": "长名字啊", "rows": [{"id": 1}, {}]}, **TOKEN), 400, "max_length"
    )
    assert [(error["field"], error["code"]) for error in document["errors"]] == [
        ("name", "max_length"), ("rows[1].id", "required"),
    ]  # fmt: skip
    assert "不" in document["detail"]


def test_drf_lists_page_by_key(as_job: Actor, web: Client) -> None:
    TransitionRecord.objects.bulk_create(
        TransitionRecord(workflow="api-test", object_id=n, legal_on="2026-03-02", actor_kind="job") for n in range(3)
    )
    first = web.get("/api/v1/list?limit=2").json()
    assert (len(first["items"]), first["count"], first["count_capped"]) == (2, 3, False)
    second = web.get("/api/v1/list", {"limit": 2, "cursor": first["next"]}).json()
    assert (len(second["items"]), second["next"]) == (1, None)
    assert problem(web.get("/api/v1/list?page=2"), 400, "unknown_parameter")["field"] == "page"


def test_rate_limit_counts_per_address(web: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {"public": "2/3600"}
    first = web.get("/api/v1/things/x")
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("2", "1")
    web.get("/api/v1/things/x")
    response = web.get("/api/v1/things/x")
    document = problem(response, 429, "rate_limited")
    assert 0 < int(response["Retry-After"]) <= 3600
    assert "2 次" in document["detail"]
    assert "应用凭证" in document["remedy"]
    assert web.get("/api/v1/things/x", REMOTE_ADDR="192.0.2.9").status_code == 200
    assert web.get("/api/v1/things/x", HTTP_X_FORWARDED_FOR="192.0.2.8").status_code == 429
    settings.PROXY_COUNT = 1
    assert web.get("/api/v1/things/x", HTTP_X_FORWARDED_FOR="6.6.6.6, 192.0.2.8").status_code == 200


def test_without_redis_everybody_passes_and_is_told_nothing(web: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {"public": "1/3600"}
    settings.CACHES = {"default": stores.cache("unix:///nowhere/redis.sock", "x")}
    with structlog.testing.capture_logs() as logs:
        answers = [web.get("/api/v1/things/x") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert not any(name.startswith("RateLimit") for answer in answers for name in answer.headers)
    assert [log["event"] for log in logs].count("rate_limit_unavailable") == 1


def test_pages_show_problems_in_chinese(web: Client, officer: Client) -> None:
    response = web.get("/page", HTTP_ACCEPT="text/html")
    shown = response.content.decode()
    assert response.status_code == 409
    for words in ("缺少材料", "由申请人补交", "T-03", "甲法", "缺&lt;b&gt;"):
        assert words in shown
    problem(web.get("/page", HTTP_ACCEPT="application/json"), 409, "T-02")
    assert officer.get("/page?who=1").content.decode() == "张三"


def test_the_public_is_an_actor_without_rights(web: Client) -> None:
    assert Client().get("/page?who=1").content.decode() == "公众"
    assert not actors.PUBLIC.may("t.read")


def test_headers_that_carry_a_secret_are_declared() -> None:
    known = yaml.safe_load((CHECKOUT / "docs/openapi.yaml").read_text())["paths"]
    asked = {
        path: [p["name"] for p in door["get"]["parameters"] if p["in"] == "header" and p["required"]]
        for path, door in known.items()
        if "get" in door
    }
    assert {path: names for path, names in asked.items() if names} == {
        "/api/v1/public/repairs/{receipt}": ["X-Receipt-Secret"],
        "/api/v1/public/objections/{number}": ["X-Follow-Secret"],
        "/api/v1/public/complaints/{number}": ["X-Follow-Secret"],
    }
    withdrawal = known["/api/v1/public/repairs/{receipt}/withdrawal"]["post"]["parameters"]
    assert "X-Receipt-Secret" in [p["name"] for p in withdrawal]


def test_schema_holds_both_kinds_of_view() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    things = schema["paths"]["/api/v1/things/{code}"]["get"]
    assert [p["name"] for p in things["parameters"]] == ["code", "kind"]
    assert set(things["responses"]) == {"200", "304", "400", "404", "405", "429", "500", "503"}
    page_of = schema["paths"]["/api/v1/records"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(page_of["properties"]) == {"items", "next", "count", "count_capped"}
    checks = schema["paths"]["/api/v1/questions"]["post"]
    assert checks["requestBody"]["content"]["application/json"]["schema"]["required"] == ["matter", "codes"]
    assert {"401", "403", "409", "415"} <= set(checks["responses"])
    assert {"Problem", "Violation", "Thing", "Question", "Row"} <= set(schema["components"]["schemas"])
    listed = schema["paths"]["/api/v1/list"]["get"]["parameters"]
    assert {p["name"] for p in listed} == {"cursor", "limit"}
