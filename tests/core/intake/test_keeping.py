"""What officers keep about profiles: loaded once, changed by two, and it rules the reading from its day on."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from core import dated
from core.actors import Actor, acting
from core.intake import keeping
from core.intake.preferences import on_time_since, settings_for
from core.intake.profiles import PROFILES
from core.intake.rights import SETTINGS
from core.models import IntakeSetting
from core.problems import NotPermitted, Refused
from publicity.profiles import PENALTIES
from tests.support.tables import TODAY

pytestmark = pytest.mark.django_db
FIRST = Actor.job("first", permissions=frozenset({SETTINGS}))
SECOND = Actor.job("second", permissions=frozenset({SETTINGS}))


def proposed(**changes: object) -> IntakeSetting:
    values = {
        "profile": "penalties", "kind": "length", "target": "CF_SY", "value": "5000", "basis": "示例文件",
        "confidence": "sure", "valid_from": date(2026, 1, 1), **changes,
    }  # fmt: skip
    return dated.propose(keeping.LAW, actor=FIRST, values=values, reason="示例理由")


def test_what_is_unsure_is_loaded_once_and_marked_so() -> None:
    keeping.load_reference(Actor.job("load"))
    rows = IntakeSetting.objects.filter(profile="penalties")
    assert {row.kind for row in rows} == {"vocabulary", "severity", "length"}
    assert all(row.needs_check for row in rows)
    assert keeping.load_reference(Actor.job("load")) == 0


def test_a_setting_rules_only_when_a_second_officer_has_confirmed_it() -> None:
    column = PENALTIES.column("facts")
    row = proposed()
    assert settings_for(PENALTIES, TODAY).length(column) == 2000
    with pytest.raises(Refused) as refused:
        dated.confirm(keeping.LAW, actor=FIRST, row=row)
    assert refused.value.code == "CORE-05"
    dated.confirm(keeping.LAW, actor=SECOND, row=row)
    assert settings_for(PENALTIES, TODAY).length(column) == 5000
    assert settings_for(PENALTIES, date(2025, 12, 31)).length(column) == 2000


def test_every_kind_of_setting_reaches_the_reading() -> None:
    for kind, target, value in (
        ("required", "CF_FRDB", "F=O,G=O"), ("severity", "V16:CF_SY", "warning"),
        ("vocabulary", "penalty_kind", "警告\n 罚款 \n\n"),
    ):  # fmt: skip
        dated.confirm(keeping.LAW, actor=SECOND, row=proposed(kind=kind, target=target, value=value))
    found = settings_for(PENALTIES, TODAY)
    assert found.need(PENALTIES.column("legal_representative"), "F") == "O"
    assert found.need(PENALTIES.column("legal_representative"), "Z") == "-"
    assert found.severity("V16", "CF_SY") == "warning"
    assert found.severity("V16", "CF_NR") == "error"
    assert found.vocabulary(PENALTIES, "penalty_kind") == ("警告", "罚款")


@pytest.mark.parametrize(
    "changes",
    [
        {"profile": "nothing"}, {"target": "CF_XX"}, {"value": "many"}, {"value": "²"}, {"kind": "required", "value": "X"},
        {"kind": "severity", "target": "V1", "value": "error"}, {"kind": "severity", "target": "V16", "value": "hard"},
        {"kind": "vocabulary", "target": "penalty_kind", "value": " \n"},
    ],
)  # fmt: skip
def test_core_13_a_setting_that_cannot_rule_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        proposed(**changes)
    assert refused.value.code == "CORE-13"


def test_settings_need_their_permission_and_are_never_rewritten() -> None:
    with pytest.raises(NotPermitted):
        dated.propose(keeping.LAW, actor=Actor.job("third"), values={}, reason="示例")
    row = proposed()
    dated.confirm(keeping.LAW, actor=SECOND, row=row)
    with pytest.raises(DatabaseError, match="复核后不得改写"), transaction.atomic(), acting(FIRST, "test"):
        IntakeSetting.objects.filter(pk=row.pk).update(value="1")


def test_v07_seven_working_days_are_counted_by_the_calendar() -> None:
    assert on_time_since(date(2026, 11, 23)) == date(2026, 11, 12)
    assert on_time_since(date(2026, 10, 12)) <= date(2026, 9, 28)  # the national holiday lies between
    assert set(PROFILES) >= {"penalties", "licences"}
