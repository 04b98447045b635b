"""What officers keep about profiles: loaded once, changed by two, and it rules the reading from its day on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import DatabaseError, transaction

from core import dated, time_limits
from core.actors import Actor, acting
from core.intake import keeping
from core.intake.preferences import on_time_since, settings_for
from core.intake.rights import SETTINGS
from core.models import CalendarDay, IntakeSetting
from core.problems import NotPermitted, Refused
from publicity.profiles import PENALTIES
from tests.support.tables import TODAY, csv_file, outcome, penalty

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


def told(days: list[date], today: date) -> dict[str, list[str]]:
    """Return rule code and severity of what is found in rows decided on these days and read on this one."""
    rows = [penalty(number, decided_on=f"{day:%Y/%m/%d}") for number, day in enumerate(days)]
    with TemporaryDirectory() as folder:
        found = outcome(csv_file(Path(folder) / "a.csv", rows), settings=settings_for(PENALTIES, today))
    said: dict[str, list[str]] = {f"{day:%m-%d}": [] for day in days}
    for row, code, severity in found.errors.select("row", "code", "severity").iter_rows():
        said[f"{days[row - 2]:%m-%d}"].append(f"{code} {severity}")
    return said


def test_v07_the_administrators_time_limit_calendar_and_severity_decide_to_the_day() -> None:
    """Seven working days by rule PUB-T01 as loaded; as soon as two officers correct one of the three, reading follows."""
    boundary = [date(2026, 11, 11), date(2026, 11, 12)]
    assert told(boundary, TODAY) == {"11-11": ["V07 warning"], "11-12": []}
    assert told(boundary, date(2026, 11, 20)) == {"11-11": [], "11-12": []}
    holidays = [date(2026, 9, 23), date(2026, 9, 24)]  # the national holiday lies between
    assert told(holidays, date(2026, 10, 12)) == {"09-23": ["V07 warning"], "09-24": []}

    calendar = Actor.job("calendar", permissions=frozenset({time_limits.MANAGE}))
    with acting(calendar, "test.calendar", reason="调休"):
        CalendarDay.objects.create(day=date(2026, 11, 16), is_working=False, note="示例调休")
    assert told(boundary, TODAY) == {"11-11": [], "11-12": []}

    text = time_limits.RuleText(
        code="PUB-T01", name="双公示", count=20, unit="working_day", basis="示例规定", confidence="sure",
        valid_from=date(2026, 11, 12),
    )  # fmt: skip
    rule = time_limits.propose_rule(actor=calendar, text=text, reason="示例理由")
    second = Actor.job("second", permissions=frozenset({time_limits.MANAGE}))
    time_limits.confirm_rule(actor=second, rule=rule)
    later = date(2026, 12, 10)
    assert told(boundary, later) == {"11-11": ["V07 warning"], "11-12": []}  # an old decision keeps its old law

    dated.confirm(keeping.LAW, actor=SECOND, row=proposed(kind="severity", target="V07", value="error"))
    assert told(boundary, later) == {"11-11": ["V07 error"], "11-12": []}
    assert on_time_since("", later) is None
    assert on_time_since("NO-SUCH", later) is None
