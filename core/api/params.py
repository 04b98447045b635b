"""Declared input of a lean view: query parameters and JSON bodies, read and refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict

from core.problems import Problem, Violation

KINDS = {
    "str": ("string", "文本"),
    "int": ("integer", "整数"),
    "bool": ("boolean", "true 或 false"),
    "date": ("string", "日期，形如 2026-03-02"),
    "object": ("object", "对象"),
    "list": ("array", "列表"),
}
_TYPES: dict[str, type] = {"str": str, "bool": bool, "date": date, "object": dict, "list": list}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
MOST_ERRORS = 50


@dataclass(frozen=True, slots=True)
class Param:
    """One query parameter, or one member of a JSON body.

    limit: greatest length of a text or list; least, most: bounds of an integer; fields: members of an object or of
    a list's objects; items: the scalar kind of a list; label: what it is, in Chinese.
    """

    name: str
    kind: str = "str"
    label: str = ""
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    limit: int = 200
    least: int | None = None
    most: int | None = None
    fields: tuple[Param, ...] = ()
    items: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind}")

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the value."""
        found: dict[str, Any] = {"type": KINDS[self.kind][0]}
        if self.label:
            found["description"] = self.label
        if self.kind == "date":
            found["format"] = "date"
        if self.choices:
            found["enum"] = list(self.choices)
        if self.kind == "str":
            found["maxLength"] = self.limit
        if self.kind == "list":
            found["maxItems"] = self.limit
            found["items"] = object_schema(self.fields) if self.fields else {"type": KINDS[self.items or "str"][0]}
        if self.kind == "object":
            found |= object_schema(self.fields)
        bounds = (("minimum", self.least), ("maximum", self.most), ("default", self.default))
        return found | {name: value for name, value in bounds if value is not None}


def object_schema(fields: Sequence[Param]) -> dict[str, Any]:
    """Return the JSON schema of an object with exactly these members."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {field.name: field.schema() for field in fields},
        "additionalProperties": False,
    }
    required = [field.name for field in fields if field.required]
    return schema | ({"required": required} if required else {})


CURSOR = Param("cursor", label="上一页返回的 next", limit=2000)
LIMIT = Param("limit", "int", "每页条数", default=20, least=1, most=200)
PAGING = (CURSOR, LIMIT)


def read_query(query: QueryDict, params: Sequence[Param]) -> dict[str, Any]:
    """Return every declared parameter's value; Problem 400 lists all unknown, repeated and wrong ones by name."""
    errors: list[Violation] = []
    known = {param.name: param for param in params}
    for name in query:
        if name not in known:
            accepted = "、".join(known) or "（无）"
            errors.append(
                _error("unknown_parameter", f"未知的查询参数 {name[:60]}", name[:60], f"可用参数：{accepted}")
            )
    values: dict[str, Any] = {}
    for name, param in known.items():
        given = query.getlist(name)
        if len(given) > 1:
            errors.append(_error("bad_parameter", f"参数 {name} 只能出现一次", name))
        values[name] = _from_text(param, given[0] if given else "", errors)
    _raise(errors, "查询参数有误")
    return values


def _from_text(param: Param, text: str, errors: list[Violation]) -> Any:
    if text.strip() == "":
        if param.required:
            errors.append(_error("required", f"缺少参数 {param.name}", param.name))
        return param.default
    value: Any = text
    if param.kind == "int":
        value = int(text) if _is_int(text) else None
    elif param.kind == "bool":
        value = _BOOLEANS.get(text.lower())
    return _checked(param, value, param.name, errors)


def read_body(body: Any, fields: Sequence[Param]) -> dict[str, Any]:
    """Return the declared members of a JSON object; Problem 400 lists every fault with its path."""
    errors: list[Violation] = []
    if not isinstance(body, Mapping):
        raise Problem("bad_json", "请求正文应为 JSON 对象", remedy="对照接口文档组织请求正文")
    values = _members(body, fields, "", errors)
    _raise(errors, "请求正文有误")
    return values


def _members(body: Mapping[str, Any], fields: Sequence[Param], path: str, errors: list[Violation]) -> dict[str, Any]:
    known = {field.name for field in fields}
    for name in body:
        if name not in known:
            place = f"{path}{str(name)[:60].encode(errors='replace').decode()}"
            errors.append(
                _error("unknown_field", f"未知的字段 {place}", place, f"可用字段：{'、'.join(sorted(known))}")
            )
    values: dict[str, Any] = {}
    for field in fields:
        given, place = body.get(field.name), f"{path}{field.name}"
        if given is None or given == "":
            if field.required:
                errors.append(_error("required", f"缺少字段 {place}", place))
            values[field.name] = field.default
        else:
            values[field.name] = _checked(field, given, place, errors)
    return values


def _checked(param: Param, value: Any, place: str, errors: list[Violation]) -> Any:
    """Return the value in its Python type, or None after noting what is wrong with it."""
    fault = ""
    if param.kind == "date":
        value = _date(value)
    if not _has_kind(param.kind, value):
        fault = f"应为{KINDS[param.kind][1]}"
    elif param.choices and value not in param.choices:
        fault = f"应为其中之一：{'、'.join(param.choices)}"
    elif param.kind in ("str", "list") and len(value) > param.limit:
        fault = f"最长 {param.limit}{'字' if param.kind == 'str' else '项'}"
    elif param.kind == "str" and not _storable(value):
        fault = "含有不允许的字符"
    elif param.kind == "int" and not _within(param, value):
        fault = f"应在 {param.least if param.least is not None else '…'} 至 {param.most if param.most is not None else '…'} 之间"
    if fault:
        errors.append(_error("bad_parameter", f"{place} {fault}", place))
        return param.default
    if param.kind == "object":
        return _members(value, param.fields, f"{place}.", errors)
    if param.kind == "list":
        return _list(param, value, place, errors)
    return value


def _list(param: Param, values: list[Any], place: str, errors: list[Violation]) -> list[Any]:
    item = Param(param.name, "object" if param.fields else param.items or "str", fields=param.fields)
    return [_checked(item, value, f"{place}[{number}]", errors) for number, value in enumerate(values)]


def _has_kind(kind: str, value: Any) -> bool:
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, _TYPES[kind])


def _within(param: Param, value: int) -> bool:
    return (param.least is None or value >= param.least) and (param.most is None or value <= param.most)


def _is_int(text: str) -> bool:
    digits = text.strip().removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 18


def _storable(text: str) -> bool:
    """Tell whether the database can hold a text: no NUL, no half of a character."""
    try:
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:
        return False


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _error(code: str, detail: str, field: str, remedy: str | None = None) -> Violation:
    return Violation(code, detail, field, remedy)


def _raise(errors: list[Violation], title: str) -> None:
    if errors:
        first = errors[0]
        raise Problem(
            first.code,
            "；".join(error.detail for error in errors[:5]),
            field=first.field,
            remedy=first.remedy,
            errors=errors[:MOST_ERRORS],
            title=title,
        )
