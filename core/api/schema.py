"""Lean views in the OpenAPI description: a drf-spectacular hook that adds them beside the DRF views."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.api import examples
from core.api.lean import LeanView
from core.api.params import Param, object_schema
from core.api.responses import JSON_TYPE, PROBLEM_TYPE, to_json
from core.api.shapes import Schema, Shape, page_schema, problem_schema, violation_schema

_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")
METHODS = ("get", "post", "put", "patch", "delete")
REFUSALS = {
    400: "参数或正文有误",
    401: "未提供身份，或令牌、签名无效",
    403: "没有权限或接口范围",
    404: "未找到",
    405: "不支持这种请求方法",
    409: "不符合办理条件",
    413: "请求内容过大",
    415: "内容类型不受支持",
    422: "内容不合要求",
    429: "请求过于频繁，见 Retry-After",
    500: "系统内部错误",
    503: "系统正忙，见 Retry-After",
}


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
    """Post-process drf-spectacular's result: every lean view, its parameters, answers, problems and examples."""
    components = result.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"], schemas["Violation"] = problem_schema(), violation_schema()
    for template, view in sorted(lean_views(), key=lambda found: found[0]):
        path = _CONVERTER.sub(lambda match: f"{{{match[2]}}}", template)
        operations = result.setdefault("paths", {}).setdefault(path, {})
        for method in METHODS:
            if hasattr(view, method):
                operations[method] = _operation(view, method, template, schemas)
    components["responses"] = {
        f"Problem{status}": {"description": said, "content": _problem_content(status)}
        for status, said in sorted(REFUSALS.items())
    }
    result["paths"] = dict(sorted(result.get("paths", {}).items()))
    components["schemas"] = dict(sorted(schemas.items()))
    return result


def _operation(view: type[LeanView], method: str, template: str, schemas: dict[str, Any]) -> dict[str, Any]:
    name = view.operation or view.__name__.removesuffix("View")
    name = f"{name}_{method}" if len(_methods(view)) > 1 else name
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": view.summary,
        "tags": list(view.tags) or ["api"],
        "parameters": [
            *_path_parameters(template),
            *(_parameter(param, "query") for param in view.declared()),
            *(_parameter(param, "header") for param in view.headers),
        ],
        "responses": _responses(view, method, name, schemas),
        "security": [{}] if view.public else [{"oauth2": []}, {"cookieAuth": []}],
    }
    if view.description:
        operation["description"] = view.description
    if view.retirement is not None:
        operation["deprecated"] = True
    body = _body(view, name) if method != "get" else None
    if body is not None:
        operation["requestBody"] = body
    return operation


def _body(view: type[LeanView], name: str) -> dict[str, Any] | None:
    """Return the declared body: JSON members, or the content types that the view reads itself."""
    if view.body is None and not view.media:
        return None
    content: dict[str, Any] = {kind: dict(found) for kind, found in view.media.items()}
    if view.body is not None:
        content[JSON_TYPE] = {"schema": object_schema(view.body)}
    example = examples.of_body(view, name)
    if example is not None and JSON_TYPE in content:
        content[JSON_TYPE]["example"] = to_plain(example)
    return {"required": True, "content": content}


def to_plain(value: Any) -> Any:
    """Return a value as it goes out: days as text, decimals as text."""
    return json.loads(to_json(value))


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


def _responses(view: type[LeanView], method: str, name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    answer = _schema_of(view.response, schemas)
    told: dict[str, Any] = {"schema": page_schema(answer) if view.paged else answer}
    example = examples.of_answer(view, name)
    if example is not None:
        told["example"] = to_plain(example)
    content: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in view.also_answers}
    if view.response is not None or not content:
        content = {JSON_TYPE: told, **content}
    status = str(200 if method == "get" else view.success_status)
    found: dict[str, Any] = {status: {"description": "成功", "content": content}}
    refusals = {400, 404, 405, 500, 503} | ({429} if view.rate else set())
    if not view.public:
        refusals |= {401, 403}
    if method == "get":
        found["304"] = {"description": "内容未变（If-None-Match）"}
    else:
        refusals |= {409, 413, 415, 422}
    for code in refusals:
        found[str(code)] = {"$ref": f"#/components/responses/Problem{code}"}
    for further, said in view.statuses.items():
        is_problem = int(further) >= 400
        found[further] = {"description": said} | ({"content": _problem_content(int(further))} if is_problem else {})
    return dict(sorted(found.items()))


def _problem_content(status: int) -> dict[str, Any]:
    return {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": examples.of_problem(status)}}


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
