"""Objection and complaint: every rule at its boundary day, by code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from core.problems import Violation
from objections import rules
from objections.rules import Complained, Dispute, Objected

DAY = date(2026, 3, 11)
DECIDED = Dispute(decided_on=date(2026, 3, 2))
OPEN = replace(DECIDED, objection=Objected.OPEN, received_on=DAY, accepted_on=DAY, answer_due_on=date(2026, 3, 20))
REJECTED = replace(
    OPEN,
    objection=Objected.REJECTED,
    answer_due_on=None,
    answered_on=date(2026, 4, 3),
    complaint_until=date(2026, 4, 20),
    rounds=1,
)
PARTLY = replace(REJECTED, objection=Objected.PARTLY_UPHELD)
COMPLAINED = replace(REJECTED, complaint=Complained.OPEN, complaint_accepted_on=date(2026, 4, 8))
RULED = replace(COMPLAINED, complaint=Complained.REJECTED)
REVOKED = replace(OPEN, objection=Objected.UPHELD, revoked_on=date(2026, 4, 3))


def codes(found: list[Violation]) -> list[str]:
    assert all(v.remedy and v.basis for v in found)
    return [v.code for v in found]


@pytest.mark.parametrize(
    ("dispute", "on", "expected"),
    [
        pytest.param(Dispute(), DAY, ["OBJ-01"], id="OBJ-01-before-the-decision"),
        pytest.param(DECIDED, date(2026, 3, 1), ["OBJ-01"], id="OBJ-01-the-day-before-service"),
        pytest.param(DECIDED, date(2026, 3, 2), [], id="on-the-day-of-service"),
        pytest.param(replace(OPEN, objection=Objected.RECEIVED), DAY, ["OBJ-02"], id="OBJ-02-one-received"),
        pytest.param(OPEN, DAY, ["OBJ-02"], id="OBJ-02-one-open"),
        pytest.param(REJECTED, date(2026, 4, 4), ["OBJ-03"], id="OBJ-03-after-a-rejection"),
        pytest.param(PARTLY, date(2026, 4, 4), [], id="once-more-against-the-new-determination"),
        pytest.param(replace(PARTLY, rounds=2), date(2026, 4, 4), ["OBJ-03"], id="OBJ-03-not-a-third-time"),
        pytest.param(
            replace(REJECTED, objection=Objected.WITHDRAWN, rounds=2), DAY, ["OBJ-03"], id="OBJ-03-withdrawn-after-two"
        ),
        pytest.param(replace(OPEN, objection=Objected.WITHDRAWN), DAY, [], id="after-a-withdrawn-one"),
        pytest.param(replace(OPEN, objection=Objected.REFUSED), DAY, [], id="after-one-not-accepted"),
        pytest.param(RULED, DAY, ["OBJ-04"], id="OBJ-04-after-the-ruling"),
        pytest.param(REVOKED, date(2026, 4, 3), ["OBJ-05"], id="OBJ-05-after-revocation"),
        pytest.param(
            replace(COMPLAINED, objection=Objected.PARTLY_UPHELD), DAY, ["OBJ-06"], id="OBJ-06-complaint-open"
        ),
        pytest.param(replace(DECIDED, reward=True), DAY, ["OBJ-07"], id="OBJ-07-incentive"),
        pytest.param(replace(DECIDED, reward=True, reward_lost=True), DAY, [], id="a-lost-reward"),
    ],
)
def test_object(dispute: Dispute, on: date, expected: list[str]) -> None:
    assert codes(rules.may_object(dispute, on)) == expected


@pytest.mark.parametrize(
    ("act", "dispute", "on", "expected"),
    [
        pytest.param(rules.may_accept, DECIDED, DAY, ["OBJ-08"], id="OBJ-08-nothing-received"),
        pytest.param(rules.may_accept, replace(OPEN, objection=Objected.RECEIVED), DAY, [], id="accept-same-day"),
        pytest.param(
            rules.may_accept,
            replace(OPEN, objection=Objected.RECEIVED),
            date(2026, 3, 10),
            ["OBJ-08"],
            id="OBJ-08-before-receipt",
        ),
        pytest.param(rules.may_answer, DECIDED, DAY, ["OBJ-10"], id="OBJ-10-nothing-open"),
        pytest.param(rules.may_answer, REJECTED, DAY, ["OBJ-10"], id="OBJ-10-two-officers-at-once"),
        pytest.param(rules.may_answer, OPEN, DAY, [], id="answer-on-the-day-of-acceptance"),
        pytest.param(rules.may_answer, OPEN, date(2026, 3, 10), ["OBJ-12"], id="OBJ-12-answer-before-acceptance"),
        pytest.param(rules.may_answer, OPEN, date(2026, 6, 1), [], id="late-answers-are-still-answers"),
        pytest.param(
            rules.may_answer, replace(OPEN, objection=Objected.TAKEN_OVER), DAY, ["OBJ-11"], id="OBJ-11-taken-over"
        ),
        pytest.param(rules.may_answer, REVOKED, DAY, ["OBJ-05"], id="OBJ-05-answer-after-revocation"),
        pytest.param(rules.may_withdraw, replace(OPEN, objection=Objected.RECEIVED), DAY, [], id="withdraw-received"),
        pytest.param(rules.may_withdraw, REJECTED, DAY, ["OBJ-10"], id="OBJ-10-withdraw-answered"),
    ],
)
def test_accept_answer_withdraw(
    act: Callable[[Dispute, date], list[Violation]], dispute: Dispute, on: date, expected: list[str]
) -> None:
    assert codes(act(dispute, on)) == expected


@pytest.mark.parametrize(
    ("dispute", "on", "expected"),
    [
        pytest.param(Dispute(), DAY, ["OBJ-01"], id="OBJ-01-before-the-decision"),
        pytest.param(DECIDED, DAY, ["OBJ-20"], id="OBJ-20-object-first"),
        pytest.param(OPEN, date(2026, 3, 20), ["OBJ-20"], id="OBJ-20-on-the-due-day"),
        pytest.param(OPEN, date(2026, 3, 21), [], id="the-day-after-the-due-day"),
        pytest.param(REJECTED, date(2026, 4, 3), [], id="on-the-day-of-the-answer"),
        pytest.param(REJECTED, date(2026, 4, 20), [], id="last-day-of-the-window"),
        pytest.param(REJECTED, date(2026, 4, 21), ["OBJ-21"], id="OBJ-21-day-after-the-window"),
        pytest.param(PARTLY, date(2026, 4, 20), [], id="after-partly-upheld"),
        pytest.param(COMPLAINED, date(2026, 4, 9), ["OBJ-22"], id="OBJ-22-one-open"),
        pytest.param(replace(COMPLAINED, complaint=Complained.WITHDRAWN), date(2026, 4, 20), [], id="anew-in-window"),
        pytest.param(RULED, date(2026, 4, 9), ["OBJ-23"], id="OBJ-23-after-the-ruling"),
        pytest.param(REVOKED, date(2026, 4, 9), ["OBJ-05"], id="OBJ-05-after-revocation"),
    ],
)
def test_complain(dispute: Dispute, on: date, expected: list[str]) -> None:
    assert codes(rules.may_complain(dispute, on)) == expected


def test_only_an_overdue_objection_is_taken_over() -> None:
    assert rules.takes_over(OPEN, date(2026, 3, 21))
    assert not rules.takes_over(OPEN, date(2026, 3, 20))
    assert not rules.takes_over(REJECTED, date(2026, 4, 4))


@pytest.mark.parametrize(
    ("dispute", "on", "expected"),
    [
        pytest.param(REJECTED, DAY, ["OBJ-24"], id="OBJ-24-nothing-open"),
        pytest.param(RULED, DAY, ["OBJ-24"], id="OBJ-24-ruled-already"),
        pytest.param(COMPLAINED, date(2026, 4, 7), ["OBJ-25"], id="OBJ-25-before-acceptance"),
        pytest.param(COMPLAINED, date(2026, 4, 8), [], id="rule-on-the-day-of-acceptance"),
        pytest.param(replace(COMPLAINED, revoked_on=DAY), date(2026, 4, 8), ["OBJ-05"], id="OBJ-05-revoked"),
    ],
)
def test_rule_and_withdraw_a_complaint(dispute: Dispute, on: date, expected: list[str]) -> None:
    assert codes(rules.may_rule(dispute, on)) == expected
    assert codes(rules.may_withdraw_complaint(dispute, on)) == expected
