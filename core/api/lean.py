"""LeanView: a plain Django view with a declared interface, for hot reads and checks; see docs/adr/0006-lean-api.md."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views import View

from core import permissions
from core.actors import Actor
from core.api.actors import PUBLIC, actor_of, check_csrf, introduce, not_authenticated
from core.api.journal import note
from core.api.limits import Standing, count_request, too_many
from core.api.params import PAGING, Param, read_body, read_query
from core.api.responses import (
    JSON_TYPE,
    etag_of,
    json_response,
    matches,
    not_modified,
    problem_of,
    problem_of_status,
    problem_response,
    unexpected,
)
from core.api.retiring import Retirement
from core.api.shapes import Schema, Shape
from core.paging import Page
from core.problems import Problem

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class LeanView(View):
    """Base of plain JSON views: nothing undeclared comes in, nothing bare goes out, and who may ask is stated.

    A subclass writes `get(self, request, query, **path)` or `post(self, request, query, body, **path)` and returns a
    `Page`, plain data, or a response. It declares `public = True` or `required_permission`; otherwise it stays shut.
    """

    summary: ClassVar[str] = ""
    description: ClassVar[str] = ""
    tags: ClassVar[tuple[str, ...]] = ()
    operation: ClassVar[str] = ""  # operationId; default: the class name
    params: ClassVar[tuple[Param, ...]] = ()
    headers: ClassVar[tuple[Param, ...]] = ()  # declared in the schema; the view itself reads them
    body: ClassVar[tuple[Param, ...] | None] = None
    response: ClassVar[Shape | Schema | None] = None
    example: ClassVar[Any] = None  # of the answer; default: that of the shape, in a page where it is paged
    example_body: ClassVar[Any] = None
    media: ClassVar[Mapping[str, Schema]] = MappingProxyType({})  # bodies that the view reads itself, by content type
    also_answers: ClassVar[tuple[str, ...]] = ()  # content types besides JSON
    statuses: ClassVar[Mapping[str, str]] = MappingProxyType({})  # further answers, by status, in Chinese
    paged: ClassVar[bool] = False
    success_status: ClassVar[int] = 200

    public: ClassVar[bool] = False
    required_permission: ClassVar[str | None] = None
    rate: ClassVar[str | None] = "public"  # a door in settings RATE_LIMITS; None: unlimited
    max_age: ClassVar[int] = 0  # seconds that anyone may keep a public answer
    retirement: ClassVar[Retirement | None] = None  # of a version that is going to end

    actor: Actor
    rows: int | None = None  # how many records the answer is about, for the request log

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        view = super().as_view(**initkwargs)
        view.csrf_exempt = True  # type: ignore[attr-defined]  # `_admit` checks cookies; tokens need no check
        return view

    @classmethod
    def declared(cls) -> tuple[Param, ...]:
        """Return every query parameter that is accepted."""
        return (*cls.params, *PAGING) if cls.paged else cls.params

    def etag(self, request: HttpRequest, query: dict[str, Any], **path: Any) -> str | None:
        """Return a cheap version tag, asked before the view runs; None: the tag is made from the answer."""
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **path: Any) -> HttpResponseBase:
        started = time.perf_counter()
        standing: Standing | None = None
        try:
            stranger = None if self.public else introduce(request)
            standing = count_request(request, self.rate) if self.rate else None
            if standing is not None and standing.exceeded:
                raise too_many(standing)
            if stranger is not None:
                raise stranger
            response = self._answer(request, path)
        except Exception as error:  # noqa: BLE001  (the last door: whatever is not foreseen is logged and answered)
            response = problem_response(problem_of(error) or unexpected(error, type(self).__name__))
        for told in (standing, self.retirement):
            for name, value in told.headers().items() if told is not None else ():
                response[name] = value
        if response.status_code == 405:
            response["Allow"] = ", ".join(name.upper() for name in self.http_method_names if hasattr(self, name))
        note(request, response, started, self.rows)
        return response

    def _answer(self, request: HttpRequest, path: dict[str, Any]) -> HttpResponseBase:
        method = request.method or ""
        handler: Callable[..., Any] | None = None
        if method.lower() in self.http_method_names:
            handler = getattr(self, "get" if method == "HEAD" else method.lower(), None)
        if handler is None:
            raise problem_of_status(405)
        if method == "OPTIONS":
            return super().options(request)
        self._admit(request)
        query = read_query(request.GET, self.declared())
        if method in SAFE:
            return self._read(request, handler, query, path)
        found = handler(request, query, self._body(request), **path)
        if isinstance(found, HttpResponseBase):
            return found
        response = json_response(found, status=self.success_status)
        response["Cache-Control"] = "private, no-store"
        return response

    def _admit(self, request: HttpRequest) -> None:
        """Set `self.actor` and return, or say which declaration, identity or permission is missing."""
        if self.public:
            self.actor = PUBLIC
        elif self.required_permission is None:
            raise Problem("AUTH-03", "该接口尚未开放", status=403, remedy="由系统管理员确认接口的权限声明")
        else:
            self.actor = actor_of(request)
            if self.actor is PUBLIC:
                raise not_authenticated()
            permissions.require(self.actor, self.required_permission)
            if request.method not in SAFE:
                check_csrf(request)

    def _read(
        self, request: HttpRequest, handler: Callable[..., Any], query: dict[str, Any], path: dict[str, Any]
    ) -> HttpResponseBase:
        tag = self.etag(request, query, **path)
        if tag and matches(request, tag):
            return self._cached(not_modified(tag))
        found = handler(request, query, **path)
        if isinstance(found, HttpResponseBase):
            return found
        if isinstance(found, Page):
            self.rows, found = len(found.items), found.as_dict()
        response = json_response(found)
        tag = tag or etag_of(response.content)
        if matches(request, tag):
            return self._cached(not_modified(tag))
        response["ETag"] = tag
        return self._cached(response)

    def _cached(self, response: HttpResponse) -> HttpResponse:
        if self.public:
            response["Cache-Control"] = f"public, max-age={self.max_age}" if self.max_age else "no-cache"
        else:
            response["Cache-Control"] = "private, no-cache"
            patch_vary_headers(response, ("Authorization", "Cookie"))
        return response

    def _body(self, request: HttpRequest) -> Any:
        """Return the JSON body, read by the declared members where there are any."""
        if self.body is None:
            return None
        return read_body(json_of(request), self.body)


def json_of(request: HttpRequest) -> Any:
    """Return the JSON body as it was sent; Problem 415 for another content type, 400 for what is no JSON."""
    if request.content_type != JSON_TYPE and request.body:
        raise Problem(
            "unsupported_media_type",
            "请求正文应为 application/json",
            status=415,
            remedy="设置 Content-Type: application/json",
        )
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise Problem("bad_json", "请求正文不是合法的 JSON", remedy="核对 JSON 语法，使用 UTF-8 编码") from None
