"""Shapes of answers, as JSON schemas with names: what the schema shows, and what tests compare answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """A named object schema; listed once under components and referred to everywhere else."""

    name: str
    fields: dict[str, Schema]
    description: str = ""
    example: Any = None  # one object of this shape, shown in the schema

    @property
    def ref(self) -> Schema:
        return {"$ref": f"#/components/schemas/{self.name}"}

    def schema(self) -> Schema:
        found: Schema = {"type": "object", "properties": self.fields, "required": sorted(self.fields)}
        return found | ({"description": self.description} if self.description else {})


def text(description: str = "", *, null: bool = False, choices: tuple[str, ...] = ()) -> Schema:
    allowed = [*choices, None] if null else [*choices]
    return _schema("string", description, null) | ({"enum": allowed} if choices else {})


def day(description: str = "", *, null: bool = False) -> Schema:
    return _schema("string", description, null) | {"format": "date"}


def moment(description: str = "", *, null: bool = False) -> Schema:
    return _schema("string", description, null) | {"format": "date-time"}


def number(description: str = "", *, null: bool = False) -> Schema:
    return _schema("integer", description, null)


def flag(description: str = "", *, null: bool = False) -> Schema:
    return _schema("boolean", description, null)


def listing(of: Shape | Schema, description: str = "") -> Schema:
    return _schema("array", description, False) | {"items": of.ref if isinstance(of, Shape) else of}


def any_object(description: str = "", *, null: bool = False) -> Schema:
    return _schema("object", description, null) | {"additionalProperties": True}


def _schema(kind: str, description: str, null: bool) -> Schema:
    found: Schema = {"type": [kind, "null"] if null else kind}
    return found | ({"description": description} if description else {})


VIOLATION = Shape(
    "Violation",
    {name: text(label) for name, label in (("code", "规则代码"), ("detail", "原因"), ("field", "字段"))},
    "一条未满足的规则",
)
PROBLEM = Shape(
    "Problem",
    {
        "type": text("问题类型"),
        "title": text("标题"),
        "status": number("HTTP 状态"),
        "code": text("稳定的代码"),
        "detail": text("说明"),
        "field": text("出错的字段"),
        "remedy": text("由谁、如何补正"),
        "errors": listing(VIOLATION),
    },
    "RFC 9457 问题文档",
)


def problem_schema() -> Schema:
    """Return the schema of problem documents, of which only the first five members are always there."""
    return PROBLEM.schema() | {"required": ["type", "title", "status", "code", "detail"]}


def violation_schema() -> Schema:
    return VIOLATION.schema() | {"required": ["code", "detail"]}


def page_schema(item: Schema) -> Schema:
    """Return the schema of one page of a list."""
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": item},
            "next": text("下一页的 cursor；没有下一页时为 null", null=True),
            "count": number("总数，最多数到 10000"),
            "count_capped": flag("总数是否超过了上限"),
        },
        "required": ["items", "next", "count", "count_capped"],
    }
