"""The description of the API: the OpenAPI document, made once per process, and its page with Swagger UI from a package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

from core.api.limits import SYSTEMS, limit_of
from core.api.responses import JSON_TYPE, etag_of, matches, not_modified
from organizations.scopes import known_scopes
from portal.views.base import page

METHODS = ("get", "post", "put", "patch", "delete")
# Doors of the settings' RATE_LIMITS that a reader of the page meets, and what they are to him.
DOORS = {
    SYSTEMS: "系统接口（按接口客户端计；可以为客户端单独设定）",
    "token": "取令牌、撤销令牌（按网络地址）",
    "public": "公共查询（按网络地址）",
    "filing": "提交申请、异议、投诉（按网络地址）",
    "bulk": "批量下载（按网络地址）",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the list that is readable without scripts."""

    method: str
    path: str
    summary: str


@cache
def document() -> dict[str, Any]:
    """Return the description of the whole API."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


@cache
def rendered(*, json: bool) -> tuple[bytes, str]:
    """Return the description as it goes out, with its entity tag."""
    renderer = OpenApiJsonRenderer() if json else OpenApiYamlRenderer()
    content: bytes = renderer.render(document(), renderer_context={})
    return content, etag_of(content)


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Serve the OpenAPI document: YAML, or JSON to whoever accepts it."""
    accept = request.headers.get("Accept", "")
    as_json = JSON_TYPE in accept or "+json" in accept
    content, tag = rendered(json=as_json)
    if matches(request, tag):
        return not_modified(tag)
    kind = OpenApiJsonRenderer.media_type if as_json else OpenApiYamlRenderer.media_type
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    response["ETag"], response["Vary"], response["Cache-Control"] = tag, "Accept", "no-cache"
    return response


@cache
def operations() -> tuple[tuple[str, tuple[Operation, ...]], ...]:
    """Return every operation by the mechanism that it belongs to."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            if method in METHODS:
                line = Operation(method.upper(), path, said.get("summary", ""))
                found.setdefault(said["tags"][0], []).append(line)
    return tuple((tag, tuple(lines)) for tag, lines in sorted(found.items()))


@page(indexed=True)
def docs(request: HttpRequest) -> HttpResponse:
    """Show how the API is entered, its limits and scopes, every operation, and Swagger UI where scripts run."""
    limits = [(said, *limit) for door, said in DOORS.items() if (limit := limit_of(door)) is not None]
    context = {"at": "api-docs", "limits": limits, "scopes": known_scopes().items(), "groups": operations()}
    return render(request, "credit_platform/api_docs.html", context)
