"""Kept plans: planned once for each connection, and answering whatever happens to connection, transaction or table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import NotSupportedError, OperationalError, ProgrammingError

from core import plans
from core.plans import Planned

ASKED = "FROM pg_prepared_statements WHERE statement LIKE 'PREPARE kept%%'"


def ask(text: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, list(values))
        found: list[Any] = cursor.fetchall()
    return found


@pytest.fixture
def words(own_database: str) -> Iterator[Planned]:
    """A statement about a table of its own, on a connection that has kept nothing."""
    connection.close()
    ask(
        "DROP TABLE IF EXISTS plans_words; CREATE TABLE plans_words (id int PRIMARY KEY, word text, on_day date); SELECT 1"
    )
    ask("INSERT INTO plans_words VALUES (1, '100%%', '2026-03-02'), (2, 'zwei', '2026-03-03') RETURNING 1")
    yield Planned("SELECT * FROM plans_words WHERE id = ANY(%s) AND on_day >= %s AND word LIKE '%%%%' ORDER BY id")
    connection.close()
    ask("DROP TABLE plans_words; SELECT 1")


BOTH = [(1, "100%", date(2026, 3, 2)), (2, "zwei", date(2026, 3, 3))]


def test_it_is_planned_once_and_counted_as_one_statement(words: Planned, django_assert_num_queries: Any) -> None:
    for _ in range(7):
        with django_assert_num_queries(1):
            assert ask(words, [1, 2], date(2026, 3, 1)) == BOTH
    assert ask(words, [], date(2026, 3, 1)) == []
    assert ask(words, [1, 2], date(2026, 3, 3)) == BOTH[1:]
    assert ask(f"SELECT count(*), sum(generic_plans + custom_plans) {ASKED}") == [(1, 9)]


def test_a_text_that_is_not_marked_is_not_kept(words: Planned) -> None:
    assert ask(str(words), [1, 2], date(2026, 3, 1)) == BOTH
    assert ask(f"SELECT count(*) {ASKED}") == [(0,)]


def test_a_new_connection_and_discarded_plans_are_planned_again(words: Planned) -> None:
    assert ask(words, [1], date(2026, 3, 1)) == BOTH[:1]
    connection.close()
    assert ask(words, [1], date(2026, 3, 1)) == BOTH[:1]
    with connection.cursor() as cursor:
        cursor.execute("DISCARD ALL")
    assert ask(words, [1], date(2026, 3, 1)) == BOTH[:1]


def test_an_altered_table_is_planned_again_at_once_or_after_the_transaction(words: Planned) -> None:
    assert ask(words, [1], date(2026, 3, 1)) == BOTH[:1]
    ask("ALTER TABLE plans_words ADD COLUMN more int DEFAULT 7; SELECT 1")
    assert ask(words, [1], date(2026, 3, 1)) == [(*BOTH[0], 7)]
    ask("ALTER TABLE plans_words ADD COLUMN most int DEFAULT 8; SELECT 1")
    with pytest.raises(NotSupportedError, match="cached plan"), transaction.atomic():
        ask(words, [1], date(2026, 3, 1))
    with transaction.atomic():
        assert ask(words, [1], date(2026, 3, 1)) == [(*BOTH[0], 7, 8)]


def test_a_transaction_that_is_rolled_back_leaves_the_plan(words: Planned) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert ask(words, [2], date(2026, 3, 1)) == BOTH[1:]
        raise ZeroDivisionError
    assert ask(words, [2], date(2026, 3, 1)) == BOTH[1:]
    with pytest.raises(ProgrammingError):
        ask(Planned("SELECT * FROM plans_no_such_table WHERE id = %s"), 1)
    assert ask(words, [2], date(2026, 3, 1)) == BOTH[1:]


def test_a_connection_that_was_cut_is_an_error_and_the_next_one_answers(words: Planned) -> None:
    assert ask(words, [2], date(2026, 3, 1)) == BOTH[1:]
    with pytest.raises(OperationalError):
        ask("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert ask(words, [2], date(2026, 3, 1)) == BOTH[1:]


def test_more_texts_than_are_kept_are_planned_each_time(words: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST", len(plans._names))
    late = Planned(f"{words} LIMIT 1")
    assert ask(late, [1, 2], date(2026, 3, 1)) == BOTH[:1]
    assert ask(f"SELECT count(*) {ASKED}") == [(0,)]
