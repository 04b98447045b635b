"""Credit repair: every rule at its boundary day, by code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.periods import PeriodState
from core.problems import Violation
from repair import rules
from repair.rules import Applied, Filing, RepairFacts, RepairTerms

START = date(2026, 3, 2)
FIRST = date(2027, 3, 2)
YEAR = RepairTerms(minimum_months=12)
LISTED = RepairFacts(PeriodState.IN_FORCE, START)
OPEN = replace(LISTED, application=Applied.OPEN, accepted_on=FIRST)
APPROVED = replace(OPEN, application=Applied.APPROVED, decided_on=FIRST + timedelta(5))


def codes(found: list[Violation]) -> list[str]:
    assert all(v.remedy and v.basis for v in found)
    return [v.code for v in found]


@pytest.mark.parametrize(
    ("facts", "terms", "on", "expected"),
    [
        pytest.param(RepairFacts(None), YEAR, FIRST, ["REP-01"], id="REP-01-before-the-decision"),
        pytest.param(RepairFacts(PeriodState.PENDING, START), YEAR, FIRST, ["REP-01"], id="REP-01-pending"),
        pytest.param(RepairFacts(PeriodState.ENDED, START), YEAR, FIRST, ["REP-02"], id="REP-02-ended"),
        pytest.param(RepairFacts(PeriodState.REVOKED, START), YEAR, FIRST, ["REP-02"], id="REP-02-revoked"),
        pytest.param(replace(LISTED, reward=True), YEAR, FIRST, ["REP-03"], id="REP-03-incentive"),
        pytest.param(LISTED, RepairTerms(repairable=False), FIRST, ["REP-04"], id="REP-04-unrepairable"),
        pytest.param(LISTED, RepairTerms(channel="source"), FIRST, ["REP-05"], id="REP-05-wrong-channel"),
        pytest.param(LISTED, YEAR, FIRST - timedelta(1), ["REP-06"], id="REP-06-last-day-of-the-minimum"),
        pytest.param(LISTED, YEAR, FIRST, [], id="corresponding-day"),
        pytest.param(RepairFacts(PeriodState.PAUSED, START), YEAR, FIRST, [], id="while-paused"),
        pytest.param(LISTED, RepairTerms(), START, [], id="no-minimum"),
        pytest.param(replace(LISTED, barred_until=FIRST), YEAR, FIRST, ["REP-07"], id="REP-07-last-barred-day"),
        pytest.param(replace(LISTED, barred_until=FIRST), YEAR, FIRST + timedelta(1), [], id="day-after-the-bar"),
        pytest.param(OPEN, YEAR, FIRST, ["REP-08"], id="REP-08-open"),
        pytest.param(APPROVED, YEAR, FIRST, ["REP-08"], id="REP-08-approved"),
        pytest.param(replace(OPEN, application=Applied.REJECTED), YEAR, FIRST, [], id="anew-after-a-rejection"),
    ],
)
def test_apply(facts: RepairFacts, terms: RepairTerms, on: date, expected: list[str]) -> None:
    assert codes(rules.may_apply(facts, terms, on)) == expected


def test_everything_missing_is_named_at_once() -> None:
    empty = Filing(channel="national", evidence=False, commitment=False)
    found = rules.may_apply(replace(LISTED, barred_until=FIRST), YEAR, START, empty)
    assert codes(found) == ["REP-06", "REP-07", "REP-09", "REP-10", "REP-05"]


@pytest.mark.parametrize(
    ("starts_on", "terms", "barred", "expected"),
    [
        (START, YEAR, None, date(2027, 3, 2)),
        (date(2026, 1, 31), RepairTerms(minimum_months=1), None, date(2026, 3, 1)),
        (START, RepairTerms(), None, START),
        (START, YEAR, date(2029, 6, 1), date(2029, 6, 2)),
        (START, RepairTerms(repairable=False), None, None),
        (START, RepairTerms(channel="market"), None, None),
    ],
)
def test_earliest_day(starts_on: date, terms: RepairTerms, barred: date | None, expected: date | None) -> None:
    assert rules.earliest_day(starts_on, terms, barred) == expected


def test_the_entry_s_own_term_goes_before_the_regime() -> None:
    assert rules.minimum_of(6, "serious") == 6
    assert [rules.minimum_of(None, s) for s in ("minor", "ordinary", "serious", "")] == [0, 3, 12, 12]
    assert rules.minimum_of(None, "ordinary", {"minor": 0, "ordinary": 6, "serious": 12}) == 6


@pytest.mark.parametrize(
    ("facts", "on", "approve", "expected"),
    [
        pytest.param(LISTED, FIRST, True, ["REP-21"], id="REP-21-no-application"),
        pytest.param(APPROVED, FIRST, False, ["REP-21"], id="REP-21-decided-already"),
        pytest.param(OPEN, FIRST - timedelta(1), True, ["REP-22"], id="REP-22-before-acceptance"),
        pytest.param(OPEN, FIRST, True, [], id="approve"),
        pytest.param(replace(OPEN, state=PeriodState.ENDED), FIRST, True, ["REP-23"], id="REP-23-ended-meanwhile"),
        pytest.param(replace(OPEN, state=PeriodState.ENDED), FIRST, False, [], id="a-rejection-is-still-owed"),
        pytest.param(replace(OPEN, state=PeriodState.REVOKED), FIRST, False, ["REP-23"], id="REP-23-moot"),
    ],
)
def test_decide(facts: RepairFacts, on: date, approve: bool, expected: list[str]) -> None:
    assert codes(rules.may_decide(facts, on, approve=approve)) == expected


@pytest.mark.parametrize(
    ("facts", "on", "expected"),
    [
        pytest.param(OPEN, FIRST, ["REP-24"], id="REP-24-not-approved"),
        pytest.param(APPROVED, FIRST, ["REP-25"], id="REP-25-before-the-decision"),
        pytest.param(APPROVED, FIRST + timedelta(5), [], id="publish-on-the-day-of-the-decision"),
        pytest.param(
            replace(APPROVED, state=PeriodState.ENDED), date(2027, 4, 1), ["REP-23"], id="REP-23-ended-meanwhile"
        ),
    ],
)
def test_publish(facts: RepairFacts, on: date, expected: list[str]) -> None:
    assert codes(rules.may_publish(facts, on)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(OPEN, ["REP-30"], id="REP-30-nothing-granted"),
        pytest.param(APPROVED, [], id="approved-not-published"),
        pytest.param(replace(APPROVED, application=Applied.PUBLISHED, state=PeriodState.ENDED), [], id="published"),
        pytest.param(replace(APPROVED, state=PeriodState.REVOKED), ["REP-31"], id="REP-31-listing-revoked"),
    ],
)
def test_revoke(facts: RepairFacts, expected: list[str]) -> None:
    assert codes(rules.may_revoke(facts, date(2027, 6, 1))) == expected
