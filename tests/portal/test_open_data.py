"""Open data: whole datasets of what is public today, streamed, without persons, without formulas, cheap to ask again."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core import clock
from core.actors import Actor
from portal.api import open_data
from portal.opendata import datasets
from portal.opendata.writing import cell
from portal.statistics.services import count_figures
from publicity import loading
from tests.factories import publicity as disclosed
from tests.factories import sanctions as chain
from tests.portal.conftest import PERSON, TODAY, City
from tests.support.workbench import words

BASE = "/api/v1/public/open-data"


def taken(client: Client, code: str, form: str = "csv", **headers: str) -> tuple[Any, bytes]:
    answer = client.get(f"{BASE}/{code}?format={form}", headers=headers)
    return answer, b"".join(answer.streaming_content) if answer.status_code == 200 else answer.content  # type: ignore[attr-defined]


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def licensed(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Licences of companies and of a person, one that begins like a formula, one that is over."""
    monkeypatch.setattr(datasets.by_key, "__defaults__", (2,))
    loading.load_reference(Actor.job("test"))
    for number, content in enumerate(("=HYPERLINK(1)", "预包装食品", "电话13812345678", "散装食品", "热食")):
        day = date(2026, 5, 11)
        with clock.at(day + timedelta(days=1)):
            disclosed.published_licence("scjgj", day, document_number=f"许〔2026〕{number}号", content=content)
    with clock.at(date(2026, 5, 12)):
        disclosed.licence("scjgj", date(2026, 5, 11), subject=chain.person(name="许隐"), document_number="自然人一号")
    cache.clear()


def test_a_whole_dataset_by_key_without_persons_or_formulas(client: Client, licensed: None) -> None:
    answer, content = taken(client, "licences")
    found = table(content)
    assert [row["决定文书号"] for row in found] == [f"许〔2026〕{number}号" for number in range(5)]
    assert found[0]["许可内容"] == "'=HYPERLINK(1)"
    assert "13812345678" not in content.decode()
    assert "许隐" not in content.decode()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="licences-20260601.csv"'
    document = json.loads(taken(client, "licences", "json")[1])
    assert [row["document_number"] for row in document["items"]] == [row["决定文书号"] for row in found]
    assert document["items"][0]["content"] == "=HYPERLINK(1)"  # JSON is no spreadsheet
    assert set(document["items"][0]) == {field.name for field in datasets.DATASETS["licences"].fields}
    packed, squeezed = taken(client, "licences", **{"Accept-Encoding": "br, gzip;q=0.8"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed) == content
    plain, same = taken(client, "licences", **{"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in plain.headers
    assert same == content


def test_asked_again_nothing_is_sent_until_something_changed(client: Client, licensed: None) -> None:
    answer, content = taken(client, "licences")
    tag = answer.headers["ETag"]
    assert taken(client, "licences", **{"If-None-Match": tag})[0].status_code == 304
    assert client.head(f"{BASE}/licences").headers["ETag"] == tag
    listed = {row["code"]: row for row in client.get(BASE).json()["items"]}
    told = {row["format"]: row for row in listed["licences"]["files"]}
    assert told["csv"]["etag"] == tag
    assert told["csv"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert told["csv"]["bytes"] == len(content)
    assert told["json"]["sha256"] is None  # not taken yet
    with clock.at(date(2026, 5, 13)):
        disclosed.published_licence("scjgj", date(2026, 5, 11), document_number="新")
    changed, after = taken(client, "licences", **{"If-None-Match": tag})
    assert changed.status_code == 200
    assert len(table(after)) == 6
    with clock.at(TODAY + timedelta(days=1)):
        assert client.head(f"{BASE}/licences").headers["ETag"] != changed.headers["ETag"]


def test_the_other_datasets_and_what_is_not_open(client: Client, city: City, settings: Any) -> None:
    rewards = table(taken(client, "incentives")[1])
    assert [row["名称"] for row in rewards] == ["剑阁县青川茶业有限公司"]
    entries = table(taken(client, "catalogue")[1])
    assert len(entries) > 10
    assert all(row["依据"] and row["措施"] for row in entries)
    assert table(taken(client, "statistics")[1]) == []  # nothing was counted yet
    count_figures(actor=Actor.job("test"))
    assert len(table(taken(client, "statistics")[1])) > 50
    for code in ("penalties", "discipline", "x"):
        assert client.get(f"{BASE}/{code}").status_code == 404
    assert client.get(f"{BASE}/licences?format=xml").status_code == 400
    assert client.get(f"{BASE}/licences?q=1").json()["code"] == "unknown_parameter"
    assert client.post(f"{BASE}/licences").status_code == 405
    page = words(client.get("/open-data"))
    for text in ("行政处罚和失信惩戒名单", "目前没有单位登记跟进", "使用条件", "document_number"):
        assert text in page
    assert PERSON not in page
    settings.RATE_LIMITS = {"bulk": "2/3600"}
    cache.clear()
    assert [client.head(f"{BASE}/licences").status_code for _ in range(3)] == [200, 200, 429]
    assert {row["code"] for row in client.get(BASE).json()["items"]} == set(datasets.DATASETS)
    assert open_data.DATASET.fields["licence"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "－x"])
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell("A=1") == "A=1"
    assert (cell(None), cell(date(2026, 3, 2))) == ("", "2026-03-02")
