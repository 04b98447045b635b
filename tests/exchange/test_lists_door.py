"""The door of lists: only the named unit, by parts that may come twice and in any order, with clear refusals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from exchange.downflow import running
from exchange.models import ListBatch, ListPart
from sanctions.models import ExternalListing
from tests.factories import lists as make
from tests.factories import subjects as people
from tests.factories.clients import system

pytestmark = pytest.mark.django_db
DOOR = "/api/v1/exchange/lists"


class Machine:
    """A system of a unit with a token."""

    def __init__(self, unit: str, *scopes: str, **facts: Any) -> None:
        self.client = system(unit, scopes, **facts).web

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(f"{DOOR}{path}", body or {}, content_type="application/json")

    def part(self, batch: str, number: int, rows: Any) -> Any:
        return self.client.put(f"{DOOR}/{batch}/parts/{number}", {"rows": rows}, content_type="application/json")


def announced(rows: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    told = make.manifest(rows)
    body = {
        "source": told.source,
        "list": told.list_code,
        "number": told.number,
        "extent": told.extent,
        "as_of": told.as_of.isoformat(),
        "count": told.count,
        "digest": told.digest,
    }
    return body | changes


def refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"


def test_a_list_comes_in_by_parts_and_every_row_is_answered() -> None:
    make.source("fgw")
    machine, company, number = Machine("fgw", "exchange"), people.entity(), people.new_id_number()
    rows = [
        make.row("P1", company),
        make.row("P2", name="周示己", id_number=number),
        make.row("P3", company, listed_on="昨天"),
    ]
    rows += [make.row(f"P{place}", company) for place in range(4, 10)]
    opened = machine.post("", announced(rows))
    assert opened.status_code == 201, opened.content
    batch = opened.json()["batch"]
    assert opened["Location"].endswith(batch)
    assert machine.part(batch, 2, rows[2:]).json()["rows"] == 7
    refused(machine.post(f"/{batch}/complete"), 409, "LST-05")
    assert machine.part(batch, 1, rows[:2]).status_code == 200
    assert machine.part(batch, 2, rows[2:]).status_code == 200  # sent again after a lost answer
    assert ListPart.objects.count() == 2
    refused(machine.part(batch, 2, rows[3:]), 409, "LST-04")
    done = machine.post(f"/{batch}/complete")
    assert (done.status_code, done.json()["state"]) == (202, "received")
    assert machine.post(f"/{batch}/complete").status_code == 202
    refused(machine.part(batch, 3, rows[:1]), 409, "LST-06")
    running.run(batch)
    told = machine.client.get(f"{DOOR}/{batch}").json()
    assert (told["state"], told["added"], told["questioned"], told["rejected"], told["finished"]) == (
        "merged", 7, 1, 1, True,
    )  # fmt: skip
    wrong = machine.client.get(f"{DOOR}/{batch}/rows?outcome=rejected").json()
    assert [(row["part"], row["row"], row["number"], row["code"]) for row in wrong["items"]] == [(2, 1, "P3", "V06")]
    everything = machine.client.get(f"{DOOR}/{batch}/rows?limit=100")
    assert everything.json()["count"] == 9
    assert number not in everything.content.decode()
    assert machine.post("", announced(rows, number=told["number"])).json()["batch"] == batch  # begun again: the same


def test_bad_input_at_the_door_writes_nothing() -> None:
    make.source("fgw")
    machine, company = Machine("fgw", "exchange"), people.entity()
    rows = [make.row("B1", company)]
    body = announced(rows)
    refused(Machine("fgw", "intake").post("", body), 403, "AUTH-01")
    refused(Client().post(DOOR, body, content_type="application/json"), 401, "AUTH-02")
    refused(Machine("rsj", "exchange").post("", body), 403, "LST-02")
    refused(Machine("fgw", "exchange", sandbox=True).post("", body), 403, "LST-02")
    refused(machine.post("", body | {"list": "nobody"}), 404, "LST-01")
    refused(machine.post("", body | {"list": "tax"}), 404, "LST-01")
    refused(machine.post("", body | {"colour": "red"}), 400, "unknown_field")
    refused(machine.post("", body | {"extent": "half"}), 400, "bad_parameter")
    refused(machine.post("", body | {"digest": "xyz"}), 422, "LST-07")
    refused(machine.post("", body | {"as_of": (clock.today() + timedelta(days=1)).isoformat()}), 422, "LST-07")
    refused(machine.client.post(f"{DOOR}?colour=red", body, content_type="application/json"), 400, "unknown_parameter")
    assert not ListBatch.objects.exists()
    batch = machine.post("", body).json()["batch"]
    refused(machine.post("", body | {"count": 7}), 409, "LST-03")
    refused(Machine("rsj", "exchange").part(batch, 1, rows), 404, "NOT-FOUND")
    refused(machine.part(batch, 0, rows), 422, "LST-07")
    refused(machine.part(batch, 1, rows * 5_001), 422, "LST-08")
    refused(machine.part(batch, 1, ["x"]), 422, "LST-07")
    refused(machine.part(batch, 1, "x"), 400, "bad_json")
    refused(machine.client.get(f"{DOOR}/{batch}/rows?outcome=lost"), 400, "bad_parameter")
    refused(machine.client.get(f"{DOOR}/{batch}/rows?cursor=abc"), 400, "bad_cursor")
    assert not ListPart.objects.exists()
    assert not ExternalListing.objects.exists()
    assert date.fromisoformat(machine.client.get(f"{DOOR}/{batch}").json()["as_of"]) == clock.today()
