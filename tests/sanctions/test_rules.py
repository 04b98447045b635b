"""The rules of the chain, pure, each at the dates and numbers where it turns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.periods import Period
from core.problems import Violation
from sanctions import rules
from sanctions.rules import OpeningFacts, PeriodTerms, SubjectFacts

ADULT = SubjectFacts("测试甲", "natural_person", date(1990, 5, 20), True, False)
COMPANY = SubjectFacts("测试公司", "enterprise", None, True, False)
FACTS = OpeningFacts(
    polarity="discipline",
    entry_label="CJ-003 拖欠工资",
    subject_kinds=frozenset({"enterprise", "natural_person"}),
    unit_name="市人社局",
    unit_in_force=True,
    unit_named=True,
    recognized_on=date(2026, 3, 1),
    act_on=date(2026, 2, 1),
    today=date(2026, 3, 2),
    subjects=[COMPANY],
)
DAY = timedelta(days=1)


def codes(found: list[Violation]) -> list[str]:
    """Return the codes; every violation must say what failed and who mends it."""
    for violation in found:
        assert violation.detail
        assert violation.remedy, violation
    return [violation.code for violation in found]


def test_a_complete_report_passes() -> None:
    assert rules.opening(FACTS) == []


def test_san_01_a_dissolved_unit() -> None:
    assert codes(rules.opening(replace(FACTS, unit_in_force=False))) == ["SAN-01"]
    assert codes(rules.opening(replace(FACTS, unit_in_force=False, unit_named=False))) == ["SAN-01"]


def test_san_02_a_unit_that_the_entry_does_not_name() -> None:
    found = rules.opening(replace(FACTS, unit_named=False))
    assert codes(found) == ["SAN-02"]
    assert "CJ-003" in found[0].detail
    assert found[0].field == "unit"


@pytest.mark.parametrize(
    ("act_on", "recognized_on", "expected"),
    [
        (date(2026, 3, 1), date(2026, 3, 1), []),
        (date(2026, 3, 2), date(2026, 3, 1), ["SAN-03"]),
        (date(2026, 3, 2), date(2026, 3, 2), []),
        (date(2026, 3, 2), date(2026, 3, 3), ["SAN-03"]),
    ],
)
def test_san_03_act_before_recognition_before_today(act_on: date, recognized_on: date, expected: list[str]) -> None:
    assert codes(rules.opening(replace(FACTS, act_on=act_on, recognized_on=recognized_on))) == expected


def test_san_04_nobody_reported() -> None:
    assert codes(rules.opening(replace(FACTS, subjects=[]))) == ["SAN-04"]


@pytest.mark.parametrize(
    ("kind", "role", "expected"),
    [
        ("enterprise", "entity", []),
        ("social_organization", "entity", ["SAN-05"]),
        ("natural_person", "responsible_person", []),
        ("enterprise", "responsible_person", ["SAN-05"]),
    ],
)
def test_san_05_kind_of_subject(kind: str, role: str, expected: list[str]) -> None:
    subject = replace(COMPANY, kind=kind, role=role)
    assert codes(rules.opening(replace(FACTS, subjects=[subject]))) == expected


@pytest.mark.parametrize(
    ("birth_on", "act_on", "expected"),
    [
        (date(2008, 3, 1), date(2026, 2, 28), ["SAN-06"]),
        (date(2008, 3, 1), date(2026, 3, 1), []),
        (date(2008, 2, 29), date(2026, 2, 28), ["SAN-06"]),
        (date(2008, 2, 29), date(2026, 3, 1), []),
        (date(2008, 1, 1), date(2025, 12, 31), ["SAN-06"]),
    ],
)
def test_san_06_a_minor_on_the_day_of_the_act(birth_on: date, act_on: date, expected: list[str]) -> None:
    subject = replace(ADULT, birth_on=birth_on)
    assert codes(rules.opening(replace(FACTS, act_on=act_on, subjects=[subject]))) == expected


def test_san_06_counts_the_day_of_the_act_and_not_today() -> None:
    subject = replace(ADULT, birth_on=date(2008, 3, 2))
    facts = replace(FACTS, act_on=date(2026, 2, 1), today=date(2030, 1, 1), subjects=[subject])
    assert codes(rules.opening(facts)) == ["SAN-06"]


def test_san_07_a_subject_that_has_ended() -> None:
    assert codes(rules.opening(replace(FACTS, subjects=[replace(COMPANY, in_register=False)]))) == ["SAN-07"]


def test_san_08_a_reward_while_disciplined() -> None:
    held = replace(COMPANY, disciplined=True)
    assert codes(rules.opening(replace(FACTS, subjects=[held]))) == []
    assert codes(rules.opening(replace(FACTS, polarity="incentive", subjects=[held]))) == ["SAN-08"]


def test_every_subject_and_every_fault_is_told_at_once() -> None:
    minor = replace(ADULT, birth_on=date(2010, 1, 1))
    facts = replace(FACTS, unit_named=False, subjects=[replace(COMPANY, in_register=False), minor, COMPANY])
    assert codes(rules.opening(facts)) == ["SAN-02", "SAN-07", "SAN-06"]


@pytest.mark.parametrize(
    ("groups", "level", "expected"),
    [
        (["enterprise"], "group", []),
        (["enterprise", "enterprise"], "group", []),
        (["enterprise", "social"], "group", ["SAN-10"]),
        (["enterprise", "social"], "office", []),
    ],
)
def test_san_10_several_groups_go_up_to_the_office(groups: list[str], level: str, expected: list[str]) -> None:
    assert codes(rules.routing(groups, level)) == expected


DUE = date(2026, 3, 13)


@pytest.mark.parametrize(
    ("served", "statement", "due", "held", "expected"),
    [
        (None, None, None, DUE, ["SAN-12"]),
        (date(2026, 3, 6), None, DUE, DUE - DAY, ["SAN-13"]),
        (date(2026, 3, 6), None, DUE, DUE, ["SAN-13"]),
        (date(2026, 3, 6), None, DUE, DUE + DAY, []),
        (date(2026, 3, 6), date(2026, 3, 9), DUE, date(2026, 3, 9), []),
        (date(2026, 3, 6), None, None, DUE + DAY, ["SAN-13"]),
    ],
)
def test_san_12_13_heard_or_term_over(
    served: date | None, statement: date | None, due: date | None, held: date, expected: list[str]
) -> None:
    assert codes(rules.heard([("甲", served, statement, due)], held)) == expected


def test_san_12_every_subject_is_told() -> None:
    done = ("甲", date(2026, 3, 6), None, DUE)
    found = rules.heard([done, ("乙", None, None, None), ("丙", date(2026, 3, 9), None, DUE + 3 * DAY)], DUE + DAY)
    assert codes(found) == ["SAN-12", "SAN-13"]
    assert "乙" in found[0].detail
    assert "丙" in found[1].detail


@pytest.mark.parametrize(
    ("invited", "attended", "percent", "expected"),
    [
        (3, 2, 67, ["SAN-15"]),
        (3, 2, 66, []),
        (3, 3, 100, []),
        (3, 2, 100, ["SAN-15"]),
        (4, 2, 50, []),
        (5, 2, 50, ["SAN-15"]),
        (8, 5, 67, ["SAN-15"]),
        (8, 6, 67, []),
        (0, 0, 50, ["SAN-15"]),
    ],
)
def test_san_15_quorum_exactly_at_its_percentage(
    invited: int, attended: int, percent: int, expected: list[str]
) -> None:
    assert codes(rules.quorum(invited, attended, percent)) == expected


@pytest.mark.parametrize(
    ("votes_for", "attended", "listed", "voted", "expected"),
    [
        (2, 4, True, 4, ["SAN-17"]),  # exactly half does not carry
        (2, 4, False, 4, []),
        (3, 4, True, 4, []),
        (3, 4, False, 4, ["SAN-17"]),
        (3, 5, True, 5, []),
        (2, 5, True, 5, ["SAN-17"]),
        (4, 5, True, 4, ["SAN-16"]),
        (1, 1, True, 1, []),
    ],
)
def test_san_16_17_more_than_half_of_those_who_came(
    votes_for: int, attended: int, listed: bool, voted: int, expected: list[str]
) -> None:
    assert codes(rules.result("甲", votes_for, attended, listed, voted)) == expected


START = date(2026, 3, 2)
RANGE = PeriodTerms("range", 12, 36, 12, "1至3年")
FIXED = PeriodTerms("fixed", None, None, 36, "3年")
CYCLE = PeriodTerms("evaluation_cycle", None, None, 12, "评价年度")


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (Period(months=11), ["SAN-20"]),
        (Period(months=11, days=27), ["SAN-20"]),
        (Period(months=11, days=28), []),  # ends on the day on which twelve months end
        (Period(days=364), ["SAN-20"]),
        (Period(days=365), []),
        (Period(months=12), []),
        (Period(years=1), []),
        (Period(months=13), []),
        (Period(months=35, days=28), []),
        (Period(months=35, days=29), ["SAN-20"]),
        (Period(years=3), []),
        (Period(years=3, days=1), ["SAN-20"]),
        (Period(months=37), ["SAN-20"]),
        (Period(days=800), []),
        (Period(days=1096), []),
        (Period(days=1097), ["SAN-20"]),
        (Period(months=30, days=400), ["SAN-20"]),
        (Period(permanent=True), ["SAN-20"]),
        (Period(until_performed=True), ["SAN-20"]),
    ],
)
def test_san_20_a_period_in_the_statutory_range(period: Period, expected: list[str]) -> None:
    assert codes(rules.unified_period(period, "minutes", RANGE, START)) == expected


@pytest.mark.parametrize(
    ("period", "source", "expected"),
    [
        (Period(years=3), "catalogue", []),
        (Period(days=1096), "minutes", []),
        (Period(years=3, days=1), "catalogue", ["SAN-20"]),
        (Period(years=3, days=1), "minutes", ["SAN-20"]),
        (Period(days=90), "minutes", []),
        (Period(days=90), "catalogue", ["SAN-21"]),
    ],
)
def test_san_20_a_fixed_period_is_the_longest(period: Period, source: str, expected: list[str]) -> None:
    assert codes(rules.unified_period(period, source, FIXED, START)) == expected


@pytest.mark.parametrize(
    ("kind", "period", "expected"),
    [
        ("permanent", Period(permanent=True), []),
        ("permanent", Period(years=10), ["SAN-20"]),
        ("permanent", Period(until_performed=True), ["SAN-20"]),
        ("until_performed", Period(until_performed=True), []),
        ("until_performed", Period(months=12), ["SAN-20"]),
        ("until_performed", Period(permanent=True), ["SAN-20"]),
    ],
)
def test_san_20_open_periods_are_those_of_the_catalogue(kind: str, period: Period, expected: list[str]) -> None:
    assert (
        codes(rules.unified_period(period, "minutes", PeriodTerms(kind, None, None, None, "长期"), START)) == expected
    )


@pytest.mark.parametrize(
    ("alternative", "period", "expected"),
    [
        ("until_performed", Period(until_performed=True), []),
        ("until_performed", Period(permanent=True), ["SAN-20"]),
        ("permanent", Period(permanent=True), []),
        ("", Period(permanent=True), ["SAN-20"]),
        ("permanent", Period(months=24), []),
        ("permanent", Period(months=37), ["SAN-20"]),
    ],
)
def test_san_20_what_the_law_allows_besides_its_months(alternative: str, period: Period, expected: list[str]) -> None:
    terms = replace(RANGE, alternative=alternative)
    assert codes(rules.unified_period(period, "minutes", terms, START)) == expected


@pytest.mark.parametrize(
    ("period", "source", "expected"),
    [
        (Period(months=12), "catalogue", []),
        (Period(months=13), "catalogue", ["SAN-21"]),
        (Period(months=12, days=1), "catalogue", ["SAN-21"]),
        (Period(months=13), "minutes", []),
    ],
)
@pytest.mark.parametrize("terms", [RANGE, CYCLE])
def test_san_21_the_source_of_the_period(terms: PeriodTerms, period: Period, source: str, expected: list[str]) -> None:
    assert codes(rules.unified_period(period, source, terms, START)) == expected


@pytest.mark.parametrize(("months", "expected"), [(11, ["SAN-22"]), (12, []), (36, []), (37, ["SAN-22"])])
def test_san_22_a_statutory_measure_keeps_its_own_range(months: int, expected: list[str]) -> None:
    assert codes(rules.statutory_period("P02", months, 12, 36, "招标投标法")) == expected
    assert codes(rules.statutory_period("P02", months, None, None, "招标投标法")) == []


@pytest.mark.parametrize(
    ("others", "implementing", "minimum", "expected"),
    [(2, 1, 2, []), (1, 1, 2, ["SAN-29"]), (2, 0, 2, ["SAN-29"]), (5, 5, 2, []), (1, 1, 1, [])],
)
def test_san_29_a_joint_determination_is_joint(
    others: int, implementing: int, minimum: int, expected: list[str]
) -> None:
    assert codes(rules.invited(others, implementing, minimum)) == expected


SERVED = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("starts", "served", "issued", "expected"),
    [
        (SERVED, SERVED, SERVED, []),
        (SERVED - DAY, SERVED, SERVED - DAY, ["SAN-25"]),
        (SERVED + DAY, SERVED, SERVED, []),
        (SERVED, SERVED - DAY, SERVED, ["SAN-24"]),
        (SERVED - 2 * DAY, SERVED - DAY, SERVED, ["SAN-24", "SAN-25"]),
    ],
)
def test_san_24_25_issue_then_service_then_effect(
    starts: date, served: date, issued: date, expected: list[str]
) -> None:
    assert codes(rules.effective_day(starts, served, issued)) == expected


@pytest.mark.parametrize(
    ("unified", "low", "high", "permanent", "expected"),
    [
        (Period(months=24), 12, 36, False, date(2028, 3, 1)),
        (Period(months=6), 12, 36, False, date(2027, 3, 1)),
        (Period(months=60), 12, 36, False, date(2029, 3, 1)),
        (Period(days=30), 12, None, False, date(2027, 3, 1)),
        (Period(days=400), 12, 36, False, date(2027, 4, 5)),
        (Period(days=30), None, 36, False, date(2026, 3, 31)),
        (Period(months=24), None, None, False, None),
        (Period(months=24), None, None, True, None),
        (Period(months=36), 60, 60, True, date(2031, 3, 1)),
        (Period(permanent=True), 60, 60, True, None),
        (Period(permanent=True), 24, 24, False, date(2028, 3, 1)),
        (Period(until_performed=True), 12, None, False, None),
    ],
)
def test_the_unified_period_within_a_statutory_measures_own_range(
    unified: Period, low: int | None, high: int | None, permanent: bool, expected: date | None
) -> None:
    assert rules.statutory_end(START, unified, low, high, permanent=permanent) == expected
