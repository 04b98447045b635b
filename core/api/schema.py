"""Lean views in the OpenAPI description: a drf-spectacular hook that adds them beside the DRF views."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.api.lean import LeanView
from core.api.params import Param, object_schema
from core.api.responses import JSON_TYPE, PROBLEM_TYPE
from core.api.shapes import Schema, Shape, page_schema, problem_schema, violation_schema

_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")
METHODS = ("get", "post", "put", "patch", "delete")


def lean_views(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "/"
) -> Iterator[tuple[str, type[LeanView]]]:
    """Yield the path template and class of every lean view in the URL configuration."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from lean_views(pattern.url_patterns, path)
            continue
        view = getattr(pattern.callback, "view_class", None)
        if isinstance(view, type) and issubclass(view, LeanView):
            yield path, view


def add_lean_views(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Post-process drf-spectacular's result: every lean view, its parameters, answers and problems."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"], schemas["Violation"] = problem_schema(), violation_schema()
    for template, view in sorted(lean_views(), key=lambda found: found[0]):
        path = _CONVERTER.sub(lambda match: f"{{{match[2]}}}", template)
        operations = result.setdefault("paths", {}).setdefault(path, {})
        for method in METHODS:
            if hasattr(view, method):
                operations[method] = _operation(view, method, template, schemas)
    result["paths"] = dict(sorted(result.get("paths", {}).items()))
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _operation(view: type[LeanView], method: str, template: str, schemas: dict[str, Any]) -> dict[str, Any]:
    name = view.operation or view.__name__.removesuffix("View")
    operation: dict[str, Any] = {
        "operationId": f"{name}_{method}" if len(_methods(view)) > 1 else name,
        "summary": view.summary,
        "tags": list(view.tags) or ["api"],
        "parameters": [
            *_path_parameters(template),
            *(_parameter(param, "query") for param in view.declared()),
            *(_parameter(param, "header") for param in view.headers),
        ],
        "responses": _responses(view, method, schemas),
        "security": [{}] if view.public else [{"oauth2": []}, {"cookieAuth": []}],
    }
    if view.description:
        operation["description"] = view.description
    if method != "get" and view.body is not None:
        operation["requestBody"] = {"required": True, "content": {JSON_TYPE: {"schema": object_schema(view.body)}}}
    return operation


def _methods(view: type[LeanView]) -> list[str]:
    return [method for method in METHODS if hasattr(view, method)]


def _path_parameters(template: str) -> list[dict[str, Any]]:
    kinds = {"int": "integer"}
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": kinds.get(kind, "string")}}
        for kind, name in _CONVERTER.findall(template)
    ]


def _parameter(param: Param, place: str) -> dict[str, Any]:
    schema = param.schema()
    found = {"name": param.name, "in": place, "required": param.required, "schema": schema}
    return found | ({"description": schema.pop("description")} if "description" in schema else {})


def _responses(view: type[LeanView], method: str, schemas: dict[str, Any]) -> dict[str, Any]:
    answer = _schema_of(view.response, schemas)
    content = {JSON_TYPE: {"schema": page_schema(answer) if view.paged else answer}}
    status = str(200 if method == "get" else view.success_status)
    found: dict[str, Any] = {status: {"description": "成功", "content": content}}
    refusals = {"400": "参数或正文有误", "404": "未找到", "500": "系统内部错误"}
    if view.rate:
        refusals["429"] = "请求过于频繁，见 Retry-After"
    if not view.public:
        refusals |= {"401": "未提供身份", "403": "没有权限"}
    if method != "get":
        refusals |= {"409": "不符合办理条件", "415": "内容类型不受支持"}
    else:
        found["304"] = {"description": "内容未变（If-None-Match）"}
    problem = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for code, description in refusals.items():
        found[code] = {"description": description, "content": problem}
    return dict(sorted(found.items()))


def _schema_of(response: Shape | Schema | None, schemas: dict[str, Any]) -> Schema:
    if response is None:
        return {"type": "object", "additionalProperties": True}
    if isinstance(response, Shape):
        register_shape(response, schemas)
        return response.ref
    return response


_known: dict[str, Shape] = {}


def declare_shapes(*shapes: Shape) -> None:
    """Make shapes known that others refer to, so that they stand under components."""
    _known.update({shape.name: shape for shape in shapes})


def register_shape(shape: Shape, schemas: dict[str, Any]) -> None:
    """Put a shape, and every declared shape it refers to, under components."""
    if shape.name in schemas:
        return
    schemas[shape.name] = shape.schema()
    for name in re.findall(r"#/components/schemas/(\w+)", str(shape.fields)):
        if name in _known:
            register_shape(_known[name], schemas)
