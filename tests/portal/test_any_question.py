"""Whatever may be asked of a public door by its schema, the answer is data or a problem document, never an error."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings

DOORS = ("public/subjects", "public/subjects/{code}", "public/listings", "public/catalogue")


def operations() -> Any:
    return schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))


@pytest.mark.parametrize("door", DOORS)
def test_any_question_is_answered(client: Client, db: None, door: str) -> None:
    operation = operations()[f"/api/v1/{door}"]["GET"]

    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def asked(case: Any) -> None:
        answer = client.get(case.formatted_path, case.query or {})
        assert answer.status_code in {200, 308, 400, 404}
        if answer.status_code == 200:
            assert answer.headers["Content-Type"] == "application/json"
        elif answer.status_code != 308:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["code"]

    asked()
