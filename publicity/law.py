"""What follows from a reported decision by law: due day, severity, regime, last public day, and whether it is open.

The law is read once; every answer afterwards comes from memory (`publicity.settling` asks it for whole files).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from core import prepared
from core.periods import Period, ends_on
from core.problems import Problem
from core.rulebook import RuleBook
from publicity.enums import PUBLISH, SEVERITY_ORDER, Party, RecordKind, Scope, Severity
from publicity.models import LicenceTerm, PersonRule, Regime, SeverityRule

UNLIMITED = date(2099, 12, 31)
PERSONS_CLOSED = "自然人的行政决定默认不公示，没有允许公示的明确依据"
MINOR_CLOSED = "轻微失信信息原则上不公示"
NOTE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Rating:
    """How severe a penalty is, by which row; unsure where a row is unsure or no row speaks of one of its kinds."""

    severity: str
    sure: bool
    note: str
    published: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """Everything that the law says of one penalty."""

    kinds: tuple[str, ...]
    rating: Rating
    regime_code: str
    last_public_day: date | None
    minimum_to: date | None


def _regimes() -> QuerySet[Regime]:
    return Regime.objects.in_use().newest_first()


class Law:
    """The confirmed rows as they are first asked for, each kind once: seven queries at the most, one for a page."""

    def __init__(self) -> None:
        self.told: dict[tuple[object, ...], dict[str, Any]] = {}  # what `publicity.settling` has asked already

    @cached_property
    def limits(self) -> RuleBook:
        return RuleBook.load()

    @cached_property
    def regimes(self) -> list[Regime]:
        return prepared.rows(_regimes, ())

    @cached_property
    def severities(self) -> list[SeverityRule]:
        return list(SeverityRule.objects.in_use().newest_first())

    @cached_property
    def licence_terms(self) -> list[LicenceTerm]:
        return list(LicenceTerm.objects.in_use().newest_first())

    @cached_property
    def person_rules(self) -> list[PersonRule]:
        return list(PersonRule.objects.in_use().newest_first())

    @cached_property
    def amounts(self) -> list[Decimal]:
        return sorted({row.fine_from for row in self.severities})

    # --- days ----------------------------------------------------------------------------------------------------

    def due(self, decided_on: date, *, vertical: bool = False) -> tuple[date | None, bool]:
        """Return the last day to publish and whether it is provisional; none for a unit under its own rule."""
        found = None if vertical else self.limits.find(PUBLISH, decided_on)
        return (found.due_on, found.day.provisional) if found else (None, False)

    def why_due(self, decided_on: date, *, vertical: bool = False) -> str:
        """Return the sentence that explains the due day."""
        if vertical:
            return "垂直管理单位依其上级规定公示，不计入7个工作日排名，不要求重复报送"
        found = self.limits.find(PUBLISH, decided_on)
        return found.explanation("作出行政决定之日") if found else f"{decided_on} 没有双公示期限规则"

    def regime(self, severity: str, decided_on: date, code: str = "") -> Regime:
        """Return the regime of the day, or the one that an officer switched to. Problem PUB-50 where there is none."""
        for row in self.regimes:
            if row.severity == severity and (row.code == code if code else row.holds_on(decided_on)):
                return row
        raise Problem(
            "PUB-50",
            f"{decided_on} 没有适用于{Severity(severity).label}失信的公示期规则",
            status=409,
            remedy="由系统管理员补录公示期规则并由第二人复核",
        )

    def span(self, severity: str, decided_on: date, code: str = "") -> tuple[Regime, date, date]:
        """Return the regime, the day on which the minimum is over, and the last public day."""
        row = self.regime(severity, decided_on, code)
        minimum = ends_on(decided_on, Period(months=row.min_months)) if row.min_months else decided_on
        last = ends_on(decided_on, Period(months=row.max_months))
        assert minimum is not None
        assert last is not None
        return row, minimum, last

    def licence_last_day(self, valid_to: date) -> date | None:
        """Return the last public day of a licence; none where it has no end."""
        if valid_to >= UNLIMITED:
            return None
        term = next((row for row in self.licence_terms if row.holds_on(valid_to)), None)
        if term is None or not term.months_after:
            return valid_to
        return ends_on(valid_to, Period(months=term.months_after))

    # --- severity ------------------------------------------------------------------------------------------------

    def rate(self, kinds: Iterable[str], fine: Decimal | None, decided_on: date) -> Rating:
        """Return the severity of the worst kind under the regime of the day."""
        code = self.regime(Severity.ORDINARY, decided_on).code
        amount = Decimal(fine) if fine is not None else Decimal(0)
        rows = [self._row(code, kind, amount, decided_on) for kind in kinds]
        known = [row for row in rows if row is not None]
        if not known:
            return Rating(Severity.ORDINARY, False, "处罚类别不在对照表中，暂按一般，待单位认定", True)
        worst = max(known, key=lambda row: (SEVERITY_ORDER.index(row.severity), row.published))
        sure = len(known) == len(rows) and not worst.needs_check
        doubt = "" if sure else "（待核实）"
        note = f"{worst.get_kind_display()}按{worst.basis}认定为{worst.get_severity_display()}{doubt}"
        return Rating(worst.severity, sure, note[:NOTE_LENGTH], any(row.published for row in known))

    def _row(self, code: str, kind: str, amount: Decimal, day: date) -> SeverityRule | None:
        fitting = [
            row
            for row in self.severities
            if row.regime_code == code and row.kind == kind and row.fine_from <= amount and row.holds_on(day)
        ]
        return max(fitting, key=lambda row: row.fine_from, default=None)

    def penalty(self, kinds: tuple[str, ...], fine: Decimal | None, decided_on: date) -> Settled:
        """Return what the law of the day says of a penalty."""
        rating = self.rate(kinds, fine, decided_on)
        regime, minimum, last = self.span(rating.severity, decided_on)
        return Settled(kinds, rating, regime.code, last, minimum)

    # --- who may be shown ----------------------------------------------------------------------------------------

    def person_rule(self, kind: str, authority_code: str, decided_on: date) -> PersonRule | None:
        """Return the row that lets a decision about a natural person be published, if there is one."""
        for row in self.person_rules:
            if row.record_kind == kind and row.authority_code in {"", authority_code} and row.holds_on(decided_on):
                return row
        return None

    def scope(self, kind: str, party: str, published: bool, person_rule: PersonRule | None) -> tuple[str, str]:
        """Return how open a fresh record is and why; an officer may say otherwise with a reason."""
        if party == Party.PERSON and person_rule is None:
            return Scope.NOT_OPEN, PERSONS_CLOSED
        if kind == RecordKind.PENALTY and not published:
            return Scope.NOT_OPEN, MINOR_CLOSED
        return Scope.OPEN, ""
