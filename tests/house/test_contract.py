"""The contract: OpenAPI 3.1 that is valid, examples that obey it, a page of its own; and the API tried against it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
import schemathesis
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as tried
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator, FormatChecker
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.api.retiring import Retirement
from credit_platform import api_docs
from credit_platform.settings.api import RATE_LIMITS
from organizations.scopes import known_scopes
from tests.factories.clients import system
from tests.support.sites import Site

SECONDS = float(os.environ.get("SCHEMATHESIS_SECONDS", "35"))
CASES = max(5, int(SECONDS) // 5)  # of each operation and each way: made even where no time is left to send them
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in api_docs.document()["paths"].items():
        for method, said in methods.items():
            if method in api_docs.METHODS:
                yield f"{method} {path}", said


def faults(schema: Any, example: Any) -> list[str]:
    """Return how an example breaks its schema."""
    whole = {"components": api_docs.document()["components"], **schema}
    checker = Draft202012Validator(whole, format_checker=FormatChecker(["date"]))
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(example)]


def contents(said: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where an operation says what JSON goes in and comes out."""
    parts = {"body": said.get("requestBody", {})} | said["responses"]
    for name, part in parts.items():
        for kind, told in part.get("content", {}).items():
            if "json" in kind:
                yield name, told


def test_the_schema_is_valid_3_1_and_every_operation_has_examples_that_obey_it() -> None:
    document = api_docs.document()
    assert document["openapi"].startswith("3.1")
    validate_schema(document)
    assert '"nullable"' not in json.dumps(document)
    wrong, seen = [], set()
    for name, said in operations():
        assert said["operationId"] not in seen, said["operationId"]
        seen.add(said["operationId"])
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said["summary"]), name
        for place, told in contents(said):
            if "example" not in told and "examples" not in told:
                wrong.append(f"{name} {place}: no example")
                continue
            examples = [told["example"]] if "example" in told else [one["value"] for one in told["examples"].values()]
            wrong += [f"{name} {place} {fault}" for one in examples for fault in faults(told["schema"], one)]
    for name, part in document["components"]["responses"].items():
        for told in part["content"].values():
            wrong += [f"{name} {fault}" for fault in faults(told["schema"], told["example"])]
    assert wrong == []


def test_the_page_shows_the_numbers_that_count_and_loads_nothing_foreign(settings: Any, db: None) -> None:
    settings.RATE_LIMITS = RATE_LIMITS | {"systems": "4321/60"}
    answer = Client().get("/api/v1/docs")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "每 60 秒 4321 次" in page
    assert all(scope in page for scope in known_scopes())
    assert all(f"<code>{path}</code>" in page for path in api_docs.document()["paths"])
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "https://" not in page
    as_json = Client().get("/api/v1/schema", headers={"Accept": "application/json"})
    assert json.loads(as_json.content)["openapi"].startswith("3.1")
    again = Client().get("/api/v1/schema", headers={"Accept": "application/json", "If-None-Match": as_json["ETag"]})
    assert again.status_code == 304


def test_a_version_that_ends_says_so_long_before() -> None:
    told = Retirement(date(2027, 1, 1), date(2027, 7, 1), "/api/v2/checks").headers()
    assert told == {
        "Deprecation": "@1798732800",
        "Sunset": "Wed, 30 Jun 2027 16:00:00 GMT",
        "Link": '</api/v2/checks>; rel="successor-version"',
    }
    with pytest.raises(ImproperlyConfigured):
        Retirement(date(2027, 1, 1), date(2027, 3, 1), "/api/v2/checks")


def test_nothing_that_the_schema_allows_or_forbids_breaks_the_api(live_site: Site) -> None:
    """Every operation with a real token that has every scope: no 500, no answer that the schema does not know.

    SCHEMATHESIS_SECONDS gives it longer than the half minute of the suite.
    """
    token = system(scopes=list(known_scopes())).token
    schema = schemathesis.openapi.from_dict(api_docs.document())
    schema.config.update(base_url=live_site.url)
    found = [operation.ok() for operation in schema.get_all_operations()]
    assert len(found) == len(list(operations()))
    until = time.monotonic() + SECONDS
    for left, operation in zip(range(2 * len(found), 0, -2), found, strict=True):
        for part, mode in enumerate((GenerationMode.POSITIVE, GenerationMode.NEGATIVE)):
            share = (until - time.monotonic()) / (left - part)
            with suppress(*([Unsatisfiable] if mode is GenerationMode.NEGATIVE else [])):  # nothing to do wrong here
                _try(operation, mode, token, time.monotonic() + share)


def _try(operation: Any, mode: GenerationMode, token: str, until: float) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @tried(
        max_examples=CASES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def one(case: Any) -> None:
        if time.monotonic() < until:
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    one()
