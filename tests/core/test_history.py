"""History that cannot be skipped: refused without an actor, written for every way of writing, never changed."""

from __future__ import annotations

import io
from datetime import date

import psycopg2
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from core.actors import Actor, acting
from core.history import tracked_models
from core.models import CalendarDay, CalendarYear
from core.problems import Refused
from core.workflow import Transition, Workflow, apply, apply_set, check

pytestmark = pytest.mark.django_db
INSERT = "INSERT INTO core_calendarday (day, is_working, note, source) VALUES ('2031-01-01', false, '', '')"
TELL = "SELECT set_config('core.actor', '{\"kind\":\"officer\",\"key\":\"psql\"}', true), set_config('core.act', 'mend', true)"


def code_of(error: DatabaseError) -> str:
    return str(getattr(error.__cause__, "pgcode", ""))


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return code_of(caught.value)


def test_raw_sql_without_an_actor_is_refused() -> None:
    assert refused(INSERT) == "CR001"
    assert not CalendarDay.objects.filter(day="2031-01-01").exists()


def test_copy_without_an_actor_is_refused() -> None:
    with pytest.raises(psycopg2.DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.cursor.copy_expert(  # type: ignore[attr-defined]
            "COPY core_calendarday (day, is_working, note, source) FROM STDIN", io.StringIO("2031-01-01\tf\t\t\n")
        )
    assert caught.value.pgcode == "CR001"


def test_raw_sql_with_an_actor_leaves_its_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TELL)
        cursor.execute(INSERT)
        cursor.execute("UPDATE core_calendarday SET note = 'x' WHERE day = '2031-01-01'")
        cursor.execute("DELETE FROM core_calendarday WHERE day = '2031-01-01'")
        cursor.execute(
            "SELECT history_type, note, history_actor->>'key', history_act FROM core_historicalcalendarday"
            " WHERE day = '2031-01-01' ORDER BY history_id"
        )
        assert cursor.fetchall() == [("+", "", "psql", "mend"), ("~", "x", "psql", "mend"), ("-", "x", "psql", "mend")]


def test_bulk_orm_writes_are_covered_and_carry_reason_and_day(as_job: Actor) -> None:
    with acting(Actor.job("loader"), "calendar.load", reason="发布", on=date(2026, 11, 1)):
        CalendarDay.objects.bulk_create(CalendarDay(day=date(2031, 2, n), is_working=False) for n in range(1, 6))
        CalendarDay.objects.filter(day__gte=date(2031, 2, 3)).update(note="春节")
    rows = CalendarDay.history.filter(day__year=2031)
    assert rows.filter(history_type="+").count() == 5
    assert rows.filter(history_type="~").count() == 3
    assert {(r.history_actor["key"], r.history_change_reason, r.history_on) for r in rows} == {
        ("loader", "发布", date(2026, 11, 1))
    }


def test_an_act_inside_another_gives_the_outer_one_back() -> None:
    outer, inner = Actor.job("outer"), Actor.job("inner")
    with acting(outer, "a"):
        with acting(inner, "b"):
            CalendarDay.objects.create(day=date(2031, 3, 1), is_working=True)
        CalendarDay.objects.create(day=date(2031, 3, 2), is_working=True)
        with pytest.raises(ValueError, match="stop"), acting(inner, "c"):
            raise ValueError("stop")
        CalendarDay.objects.create(day=date(2031, 3, 3), is_working=True)
    who = CalendarDay.history.filter(day__year=2031).order_by("history_id").values_list("history_actor__key", flat=True)
    assert list(who) == ["inner", "outer", "outer"]
    assert refused(INSERT) == "CR001"


@pytest.mark.parametrize("verb", ["UPDATE {} SET note = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_history_refuses_change(as_job: Actor, verb: str) -> None:
    CalendarDay.objects.create(day=date(2031, 4, 1), is_working=True)
    assert refused(verb.format("core_historicalcalendarday")) == "CR002"


@pytest.mark.parametrize("table", ["core_outboxevent", "core_outboxposition", "core_transitionrecord"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_events_and_acts_refuse_change(table: str, verb: str) -> None:
    assert refused(verb.format(table)) == "CR002"


def test_a_tracked_table_refuses_truncate(as_job: Actor) -> None:
    assert refused("TRUNCATE core_calendarday") == "CR002"


def test_every_tracked_model_has_its_triggers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
        found = set(cursor.fetchall())
    models = tracked_models(apps)
    assert len(models) > 20
    for model in models:
        table = model._meta.db_table
        assert {(table, f"track_{verb}") for verb in ("insert", "update", "delete")} <= found, table
        assert (model.history.model._meta.db_table, "refuse_change") in found, table


@pytest.mark.parametrize("reason", ["510802198808080011", "联系13800000000", "旧号510802880808001"])
def test_CORE11_reasons_hold_no_personal_numbers(reason: str) -> None:
    with (
        pytest.raises(Refused, match="理由中不要写身份证号、手机号") as caught,
        acting(Actor.job("test"), "x", reason=reason),
    ):
        pass
    assert caught.value.code == "CORE-11"
    assert reason[-6:] not in str(caught.value)


def test_CORE11_in_the_workflow() -> None:
    flow = Workflow(
        "test",
        "测试",
        "core.CalendarYear",
        {"a": "甲", "b": "乙"},
        "a",
        (Transition("go", "办理", ("a",), "b", "p"),),
        "source",
    )
    actor = Actor.job("test", ["p"])
    with acting(actor, "test.setup"):
        year = CalendarYear.objects.create(year=2040, source="a")
        _, found = check(year, flow, "go", actor, "13800000000")
        assert [violation.code for violation in found] == ["CORE-11"]
        with pytest.raises(Refused, match="理由中"):
            apply_set(CalendarYear.objects.filter(pk=year.pk), flow, "go", actor=actor, reason="13800000000")
        with pytest.raises(Refused, match="理由中"):
            apply(year, flow, "go", actor=actor, reason="13800000000")
