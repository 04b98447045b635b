"""Court orders: every rule by its code, at its boundary day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from core.problems import Violation
from sanctions import court_rules
from sanctions.court_rules import CourtMatter

DECIDED = CourtMatter(decided_on=date(2026, 3, 2))
REVOKED = replace(DECIDED, revoked_on=date(2026, 4, 3))


def codes(found: list[Violation]) -> list[str]:
    assert all(v.remedy and v.basis for v in found)
    return [v.code for v in found]


@pytest.mark.parametrize(
    ("act", "matter", "expected"),
    [
        pytest.param(court_rules.may_stay, CourtMatter(), ["OBJ-30"], id="OBJ-30-before-the-decision"),
        pytest.param(court_rules.may_stay, DECIDED, [], id="stay"),
        pytest.param(court_rules.may_stay, replace(DECIDED, stayed=True), ["OBJ-31"], id="OBJ-31-stayed-already"),
        pytest.param(court_rules.may_stay, replace(DECIDED, reward=True), ["OBJ-07"], id="OBJ-07-nothing-to-stay"),
        pytest.param(court_rules.may_stay, REVOKED, ["OBJ-34"], id="OBJ-34-stay-after-revocation"),
        pytest.param(court_rules.may_lift_stay, DECIDED, ["OBJ-32"], id="OBJ-32-no-stay"),
        pytest.param(court_rules.may_lift_stay, replace(DECIDED, stayed=True), [], id="lift"),
        pytest.param(court_rules.may_court_revoke, CourtMatter(), ["OBJ-30"], id="OBJ-30-nothing-to-revoke"),
        pytest.param(court_rules.may_court_revoke, DECIDED, [], id="court-after-the-ruling"),
        pytest.param(court_rules.may_court_revoke, REVOKED, ["OBJ-34"], id="OBJ-34-revoked-already"),
    ],
)
def test_court(act: Callable[[CourtMatter, date], list[Violation]], matter: CourtMatter, expected: list[str]) -> None:
    assert codes(act(matter, date(2026, 5, 6))) == expected


@pytest.mark.parametrize(
    ("made_on", "expected"),
    [
        pytest.param(date(2026, 3, 1), ["OBJ-30"], id="OBJ-30-made-before-service"),
        pytest.param(date(2026, 3, 2), [], id="made-on-the-day-of-service"),
        pytest.param(date(2026, 5, 6), [], id="made-on-the-day-of-the-act"),
        pytest.param(date(2026, 5, 7), ["OBJ-30"], id="OBJ-30-made-after-the-act"),
    ],
)
def test_the_day_of_the_document(made_on: date, expected: list[str]) -> None:
    assert codes(court_rules.document("示例市中级人民法院", "1号", made_on, DECIDED, date(2026, 5, 6))) == expected


def test_san_11_a_document_names_its_court_and_itself() -> None:
    for court, number in ((" ", "1号"), ("示例市中级人民法院", " ")):
        found = court_rules.document(court, number, date(2026, 5, 6), DECIDED, date(2026, 5, 6))
        assert [row.code for row in found] == ["SAN-11"]
