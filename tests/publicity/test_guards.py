"""What the database refuses of reported decisions, whoever writes, in single rows and in sets."""

from __future__ import annotations

from datetime import date

import pytest

from core.actors import Actor, acting
from publicity.models import Licence, Penalty
from tests.factories import organizations, subjects
from tests.factories import publicity as make
from tests.support.refusals import copied, database_refuses, sql

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 6)


@pytest.fixture
def penalty() -> Penalty:
    return make.reported_penalty(subjects.entity(), organizations.make_unit(), DAY)


def test_a_record_begins_as_reported(penalty: Penalty) -> None:
    with database_refuses("CR601"):
        copied("publicity_penalty", penalty.pk, state="passed", version=2, visible_from=DAY, passed_on=DAY,
               passed_by_key="x", last_public_day=DAY)  # fmt: skip


def test_what_was_reported_is_not_rewritten(penalty: Penalty) -> None:
    for column, value in (("facts", "别的"), ("decided_on", DAY.replace(day=1)), ("fine", 9), ("party_name", "别人")):
        with database_refuses("CR604"):
            sql(f"UPDATE publicity_penalty SET {column} = %s WHERE id = %s", [value, penalty.pk])
    with database_refuses("CR604"):
        sql("DELETE FROM publicity_penalty WHERE id = %s", [penalty.pk])


def test_states_follow_the_table(penalty: Penalty) -> None:
    with database_refuses("CR601"):
        sql("UPDATE publicity_penalty SET state = 'withdrawn', ended_from = decided_on, end_ground = 'change',"
            " change_ground = 'revoked' WHERE id = %s", [penalty.pk])  # fmt: skip
    sql("UPDATE publicity_penalty SET state = 'returned' WHERE id = %s", [penalty.pk])


def test_a_minor_is_not_written() -> None:
    young = subjects.person(birth=date(2008, 5, 7))
    with database_refuses("CR602"):
        make.reported_penalty(young, organizations.make_unit(), date(2026, 5, 6))
    make.reported_penalty(young, organizations.make_unit(), date(2026, 5, 7))


def test_the_party_is_what_the_subject_is() -> None:
    with database_refuses("CR603"):
        make.reported_penalty(subjects.entity(), organizations.make_unit(), DAY, party="Z")
    with database_refuses("CR603"):
        make.reported_licence(subjects.person(), organizations.make_unit(), DAY, party="F")


def test_one_pending_and_one_version_of_a_number(penalty: Penalty) -> None:
    with database_refuses("publicity_penalty_version"):
        copied("publicity_penalty", penalty.pk)
    with database_refuses("publicity_penalty_one_pending"):
        copied("publicity_penalty", penalty.pk, version=2)


def test_nobody_passes_what_he_checked(penalty: Penalty) -> None:
    set_all = (
        "UPDATE publicity_penalty SET state = %s, checked_by_key = 'a', passed_by_key = %s, passed_on = decided_on,"
        " visible_from = decided_on, last_public_day = decided_on WHERE id = %s"
    )
    sql(set_all, ["checked", "", penalty.pk])
    with database_refuses("publicity_penalty_two_officers"):
        sql(set_all, ["passed", "a", penalty.pk])
    sql(set_all, ["passed", "b", penalty.pk])


def test_history_keeps_every_version_with_its_act(penalty: Penalty) -> None:
    with acting(Actor.job("x"), "x.return", reason="退回"):
        Penalty.objects.filter(pk=penalty.pk).update(state="returned")
    rows = list(Penalty.history.filter(id=penalty.pk).order_by("history_id").values_list("state", "history_act"))
    assert rows == [("reported", "publicity.report"), ("returned", "x.return")]
    licence = make.reported_licence(subjects.entity(), organizations.make_unit(), DAY)
    assert Licence.history.filter(id=licence.pk).count() == 1
