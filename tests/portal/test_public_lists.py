"""`/api/v1/public/listings` and `…/catalogue`: the allow-list, paging, refusals, and their place in the schema."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator

from core.api.shapes import Shape
from portal.api import shapes
from tests.portal.conftest import City, code_of

LISTINGS, CATALOGUE = "/api/v1/public/listings", "/api/v1/public/catalogue"
NAMED = {shape.name: shape for shape in vars(shapes).values() if isinstance(shape, Shape)}
TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def agrees(value: Any, schema: dict[str, Any], place: str = "") -> None:
    """Check that an answer is exactly what its schema says, nothing more."""
    if "$ref" in schema:
        schema = NAMED[schema["$ref"].rpartition("/")[2]].schema()
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if value is None:
        assert "null" in kinds, place
        return
    assert isinstance(value, TYPES[kinds[0]]), place
    if "enum" in schema:
        assert value in schema["enum"], place
    if kinds[0] == "array":
        for item in value:
            agrees(item, schema["items"], place)
    if kinds[0] == "object":
        assert set(value) == set(schema["properties"]), place
        for name, member in schema["properties"].items():
            agrees(value[name], member, f"{place}.{name}")


def test_listings_show_the_allow_list_and_no_more(client: Client, city: City) -> None:
    answer = client.get(LISTINGS)
    assert answer.status_code == 200
    document = answer.json()
    assert (document["count"], document["count_capped"], document["next"]) == (3, False, None)
    for item in document["items"]:
        agrees(item, shapes.LISTING.schema())
    found = {item["subject"]["code"]: item for item in document["items"]}
    assert found[code_of(city.wages)]["state_label"] == "实施中"
    assert found[code_of(city.paused)]["state"] == "paused"
    assert found[code_of(city.paused)]["ends_on"] is None
    assert found[code_of(city.reward)]["kind"] == "incentive"


def test_listings_page_and_narrow_by_kind(client: Client, city: City) -> None:
    seen, cursor = [], ""
    for _ in range(3):
        page = client.get(LISTINGS, {"limit": 1, "cursor": cursor}).json()
        assert page["count"] == 3
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"] or ""
    assert len(set(seen)) == 3
    assert cursor == ""
    assert client.get(LISTINGS, {"kind": "incentive"}).json()["count"] == 1


def test_the_catalogue_shows_law_measures_and_units_of_a_day(client: Client, db: None) -> None:
    document = client.get(CATALOGUE, {"limit": 200}).json()
    assert document["count"] == len(document["items"]) > 20
    for item in document["items"]:
        agrees(item, shapes.ENTRY.schema())
    codes = [item["code"] for item in document["items"]]
    assert codes == sorted(codes)
    wages = client.get(CATALOGUE, {"q": "CJ-003"}).json()["items"][0]
    assert any(law["article"] == "第四十八条" for law in wages["basis"])
    assert client.get(CATALOGUE, {"on": "1999-01-01"}).json()["items"] == []
    assert all(item["polarity"] == "incentive" for item in client.get(CATALOGUE, {"kind": "incentive"}).json()["items"])


def test_the_catalogue_pages_by_code(client: Client, db: None) -> None:
    first = client.get(CATALOGUE, {"limit": 15}).json()
    second = client.get(CATALOGUE, {"limit": 200, "cursor": first["next"]}).json()
    codes = [item["code"] for item in first["items"] + second["items"]]
    assert len(codes) == len(set(codes)) == first["count"]


@pytest.mark.parametrize(
    ("address", "query", "code", "field"),
    [
        (LISTINGS, {"kind": "person"}, "bad_parameter", "kind"),
        (LISTINGS, {"name": "x"}, "unknown_parameter", "name"),
        (LISTINGS, {"cursor": "forged"}, "bad_cursor", "cursor"),
        (LISTINGS, {"limit": "0"}, "bad_parameter", "limit"),
        (CATALOGUE, {"on": "2026-02-30"}, "bad_parameter", "on"),
        (CATALOGUE, {"on": "today"}, "bad_parameter", "on"),
        (CATALOGUE, {"day": "2026-03-02"}, "unknown_parameter", "day"),
        (CATALOGUE, {"cursor": "forged"}, "bad_cursor", "cursor"),
    ],
)
def test_bad_questions_are_refused_by_name(
    client: Client, db: None, address: str, query: dict[str, str], code: str, field: str
) -> None:
    answer = client.get(address, query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)


def test_lists_cost_the_same_however_long_they_are(client: Client, city: City) -> None:
    for address in (LISTINGS, CATALOGUE):
        costs = []
        for limit in (1, 200):
            with CaptureQueriesContext(connection) as seen:
                client.get(address, {"limit": limit})
            costs.append(len(seen))
        assert costs[0] == costs[1] <= 14, address


def test_the_public_doors_stand_in_the_schema_with_their_parameters() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    parameters = {
        path: {parameter["name"] for parameter in schema["paths"][path]["get"]["parameters"]}
        for path in (LISTINGS, CATALOGUE, "/api/v1/public/subjects", "/api/v1/public/subjects/{code}")
    }
    assert parameters[LISTINGS] == {"kind", "cursor", "limit"}
    assert parameters[CATALOGUE] == {"on", "kind", "q", "cursor", "limit"}
    assert parameters["/api/v1/public/subjects"] == {"q", "kind", "cursor", "limit"}
    assert parameters["/api/v1/public/subjects/{code}"] == {"code"}
    assert {"PublicListing", "CatalogueEntry", "CatalogueMeasure"} <= set(schema["components"]["schemas"])
