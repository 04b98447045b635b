"""Declared input: what comes in is named, typed and bounded; what is not declared is refused by name."""

import datetime
from typing import Any

import pytest
from django.http import QueryDict

from core.api.params import PAGING, Param, object_schema, read_body, read_query
from core.problems import Problem

PARAMS = (
    Param("q", limit=5),
    Param("kind", choices=("a", "b")),
    Param("on", "date"),
    Param("deep", "bool", default=False),
    *PAGING,
)
BODY = (
    Param("matter", required=True, limit=10),
    Param("on", "date"),
    Param(
        "subjects",
        "list",
        required=True,
        limit=2,
        fields=(Param("code", required=True), Param("age", "int", least=0, most=150)),
    ),
    Param("tags", "list", items="str"),
    Param("extra", "object", fields=(Param("flag", "bool"),)),
)


def faults(call: Any) -> dict[str, str]:
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.status == 400
    return {violation.field: violation.code for violation in caught.value.errors}


def test_declared_parameters_arrive_in_their_types() -> None:
    values = read_query(QueryDict("q=x&kind=a&on=2026-03-02&deep=true&limit=7"), PARAMS)
    assert values == {
        "q": "x", "kind": "a", "on": datetime.date(2026, 3, 2), "deep": True, "cursor": None, "limit": 7,
    }  # fmt: skip
    assert read_query(QueryDict("q=+&kind="), PARAMS)["limit"] == 20


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("colour=red&size=1", {"colour": "unknown_parameter", "size": "unknown_parameter"}),
        ("q=123456", {"q": "bad_parameter"}),
        ("kind=c", {"kind": "bad_parameter"}),
        ("on=2026-02-30", {"on": "bad_parameter"}),
        ("on=20260302", {"on": "bad_parameter"}),
        ("deep=maybe", {"deep": "bad_parameter"}),
        ("limit=0", {"limit": "bad_parameter"}),
        ("limit=1e3", {"limit": "bad_parameter"}),
        ("q=a&q=b", {"q": "bad_parameter"}),
        ("q=%00", {"q": "bad_parameter"}),
        ("limit=x&kind=c&Q=1", {"limit": "bad_parameter", "kind": "bad_parameter", "Q": "unknown_parameter"}),
    ],
)
def test_every_fault_is_named(query: str, expected: dict[str, str]) -> None:
    assert faults(lambda: read_query(QueryDict(query), PARAMS)) == expected


def test_bodies_nest() -> None:
    body = {"matter": "m", "on": "2026-03-02", "subjects": [{"code": "c"}], "tags": ["x"], "extra": {"flag": True}}
    assert read_body(body, BODY) == {
        "matter": "m",
        "on": datetime.date(2026, 3, 2),
        "subjects": [{"code": "c", "age": None}],
        "tags": ["x"],
        "extra": {"flag": True},
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"matter": None}, {"matter": "required"}),
        ({"matter": 5}, {"matter": "bad_parameter"}),
        ({"subjects": "x"}, {"subjects": "bad_parameter"}),
        (
            {"subjects": [{}, {"code": "c", "age": True}]},
            {"subjects[0].code": "required", "subjects[1].age": "bad_parameter"},
        ),
        ({"subjects": [{"code": "c", "name": "n"}]}, {"subjects[0].name": "unknown_field"}),
        ({"subjects": [1]}, {"subjects[0]": "bad_parameter"}),
        ({"subjects": [{"code": "c"}] * 3}, {"subjects": "bad_parameter"}),
        ({"tags": ["x", 1]}, {"tags[1]": "bad_parameter"}),
        ({"extra": {"flag": "yes"}}, {"extra.flag": "bad_parameter"}),
        ({"wrong": 1}, {"wrong": "unknown_field"}),
    ],
)
def test_every_fault_in_a_body_has_its_path(change: dict[str, Any], expected: dict[str, str]) -> None:
    body = {"matter": "m", "subjects": [{"code": "c"}]} | change
    assert faults(lambda: read_body(body, BODY)) == expected


@pytest.mark.parametrize("body", [[], "x", None, 1])
def test_a_body_is_an_object(body: Any) -> None:
    with pytest.raises(Problem) as caught:
        read_body(body, BODY)
    assert caught.value.code == "bad_json"


def test_schema_says_the_same() -> None:
    schema = object_schema(BODY)
    assert schema["required"] == ["matter", "subjects"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["subjects"]["items"]["properties"]["age"] == {
        "type": "integer", "minimum": 0, "maximum": 150,
    }  # fmt: skip
