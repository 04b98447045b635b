"""Keyset paging: complete, without repetition, at constant cost, whatever the order."""

import datetime
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from core import paging
from core.models import Attachment, TransitionRecord
from core.problems import Problem

DAY = datetime.date(2026, 3, 2)


OWN = TransitionRecord.objects.filter(transition="paging")  # reference data has transitions of its own


@pytest.fixture
def records(db: None) -> list[TransitionRecord]:
    rows = [
        TransitionRecord(
            workflow=f"w{number % 3}",
            object_id=number % 7,
            transition="paging",
            from_state="a",
            to_state="b",
            legal_on=DAY + datetime.timedelta(days=number % 5),
            actor_kind="job",
            actor_key="test",
            actor_label="测试",
            unit_id=None if number % 4 == 0 else number % 3,
        )
        for number in range(53)
    ]
    return TransitionRecord.objects.bulk_create(rows)


ORDERS: list[tuple[str, ...]] = [
    ("id",),
    ("-id",),
    ("workflow", "-legal_on"),
    ("-legal_on", "object_id", "-id"),
    ("unit_id",),
    ("-unit_id", "workflow"),
    ("workflow", "unit_id", "-object_id"),
    ("pk",),
]


def walk(queryset: Any, order: Sequence[str], limit: int) -> list[Any]:
    found: list[Any] = []
    cursor = None
    while True:
        page = paging.keyset_page(queryset, order=order, cursor=cursor, limit=limit)
        assert len(page.items) <= limit
        assert (page.count, page.count_capped) == (53, False)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("limit", [1, 7, 53, 60])
def test_pages_join_to_the_whole(records: list[TransitionRecord], order: tuple[str, ...], limit: int) -> None:
    ends = order if order[-1].lstrip("-") in ("id", "pk") else (*order, "-id" if order[-1].startswith("-") else "id")
    assert walk(OWN.all(), order, limit) == list(OWN.order_by(*ends))


def test_annotations_and_values(records: list[TransitionRecord]) -> None:
    queryset = OWN.annotate(place=F("unit_id")).values("id", "place")
    assert walk(queryset, ("-place", "id"), 10) == list(queryset.order_by("-place", "id"))


def test_two_queries_wherever_the_page_is(records: list[TransitionRecord], django_assert_num_queries: Any) -> None:
    queryset = OWN.all()
    cursor, seen = None, []
    for _ in range(3):
        with django_assert_num_queries(2):
            page = paging.keyset_page(queryset, order=("workflow", "-id"), cursor=cursor, limit=10)
        cursor, seen = page.next, [*seen, *page.items]
    assert seen == list(queryset.order_by("workflow", "-id")[:30])


def test_count_stops_at_the_cap(records: list[TransitionRecord]) -> None:
    page = paging.keyset_page(OWN.all(), order=("id",), limit=1, cap=50)
    assert (page.count, page.count_capped) == (50, True)
    page = paging.keyset_page(OWN.all(), order=("id",), limit=1, cap=53)
    assert (page.count, page.count_capped) == (53, False)


def test_an_empty_list(db: None) -> None:
    page = paging.keyset_page(Attachment.objects.all(), order=("-uploaded_at",))
    assert page.as_dict() == {"items": [], "next": None, "count": 0, "count_capped": False}


values = st.one_of(
    st.none(),
    st.integers(-(2**62), 2**62),
    st.text(max_size=30),
    st.booleans(),
    st.dates(),
    st.datetimes(timezones=st.just(datetime.UTC)),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.uuids(),
)


@given(st.lists(values, min_size=1, max_size=4))
def test_cursors_bring_back_what_they_hold(held: list[Any]) -> None:
    order = [f"f{n}" for n in range(len(held))]
    cursor = paging.make_cursor(order, held)
    assert cursor.isascii()
    back = paging.read_cursor(cursor, order)
    assert list(back) == held
    assert [type(v) for v in back] == [type(v) for v in held]


@pytest.mark.parametrize("cursor", ["x", "a:b", "e30:x", "\x00", "9" * 3000, "翻页"])
def test_bad_cursors_are_named(cursor: str) -> None:
    with pytest.raises(Problem) as caught:
        paging.read_cursor(cursor, ("id",))
    assert (caught.value.code, caught.value.field) == ("bad_cursor", "cursor")


def test_a_cursor_belongs_to_its_order() -> None:
    cursor = paging.make_cursor(("a", "id"), (DAY, 1))
    assert paging.read_cursor(cursor, ("a", "id")) == (DAY, 1)
    for order in (("-a", "id"), ("a",), ("id", "a")):
        with pytest.raises(Problem):
            paging.read_cursor(cursor, order)
    with pytest.raises(Problem):
        paging.read_cursor(cursor[:-2] + "xx", ("a", "id"))


@pytest.mark.parametrize("text", ["0", "201", "-1", "x", "1.5", "9" * 6000])
def test_bad_limits_are_named(text: str) -> None:
    with pytest.raises(Problem) as caught:
        paging.read_limit(text)
    assert caught.value.field == "limit"


def test_limits() -> None:
    assert [paging.read_limit(text) for text in (None, "", "7", 200)] == [20, 20, 7, 200]


class Records:
    """Raw SQL rows in a mixed order."""

    order = ("workflow", "-legal_on", "id")

    def rows(self, after: tuple[Any, ...] | None, limit: int) -> list[tuple[Any, ...]]:
        condition, parameters = paging.after_sql(self.order, after) if after else ("true", [])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT workflow, legal_on, id FROM core_transitionrecord WHERE transition = 'paging' AND {condition}"
                " ORDER BY workflow, legal_on DESC, id LIMIT %s",
                [*parameters, limit],
            )
            return cursor.fetchall()

    def key(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return row

    def count(self, cap: int) -> int:
        return OWN.all()[:cap].count()


def test_raw_sql_pages_join_to_the_whole(records: list[TransitionRecord]) -> None:
    source, found, cursor = Records(), [], None
    while True:
        page = paging.page_of(source, order=source.order, cursor=cursor, limit=8)
        found += page.items
        cursor = page.next
        if cursor is None:
            break
    assert found == source.rows(None, 100)
    assert page.count == 53


def test_mapped_pages_keep_their_cursor() -> None:
    page = paging.Page([1, 2], "c", 9, False)
    assert page.mapped(str) == paging.Page(["1", "2"], "c", 9, False)
