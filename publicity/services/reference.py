"""Correcting the law of publicity: each kind of row is proposed by one officer and confirmed by another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from core import dated
from core.actors import Actor
from core.dated import DatedLaw
from core.models.dated import Dated
from core.problems import Violation
from publicity.enums import Severity
from publicity.models import LicenceTerm, PersonRule, Regime, SeverityRule, TrustedUnit

MANAGE, TRUST = "publicity.reference.manage", "publicity.trust.manage"
T = TypeVar("T", bound=Dated)


def _months(row: Regime) -> list[Violation]:
    if not 0 <= row.min_months <= max(1, row.min_months) <= row.max_months <= 600:
        return [Violation("PUB-55", "最短公示期不能长于最长公示期", "max_months", "核对月数")]
    return []


def _nothing_more(row: Any) -> list[Violation]:
    return []


def _severity(row: SeverityRule) -> list[Violation]:
    found = []
    if not Regime.objects.in_use().filter(code=row.regime_code).exists():
        found.append(
            Violation("PUB-55", f"没有代号为“{row.regime_code}”的公示期规则", "regime_code", "先登记公示期规则")
        )
    if row.severity not in Severity.values:
        found.append(Violation("PUB-55", "未选择失信程度", "severity", "从列出的选项中选择"))
    return found


def _law(
    model: type[T],
    keys: tuple[str, ...],
    check: Callable[[T], list[Violation]] = _nothing_more,
    permission: str = MANAGE,
    second: str = "由另一名系统管理员复核",
) -> DatedLaw[T]:
    return DatedLaw(
        model=model,
        keys=keys,
        noun=str(model._meta.verbose_name),
        permission=permission,
        act="publicity.reference",
        event="publicity.law_confirmed",
        code="PUB-55",
        second=second,
        check=check,
        tell=lambda row: {"law": model._meta.model_name, "valid_from": row.valid_from.isoformat()},
    )


LAWS: dict[type[Dated], DatedLaw[Any]] = {
    Regime: _law(Regime, ("severity",), _months),
    SeverityRule: _law(SeverityRule, ("regime_code", "kind", "fine_from"), _severity),
    PersonRule: _law(PersonRule, ("record_kind", "authority_code")),
    LicenceTerm: _law(LicenceTerm, ("applies_to",)),
    TrustedUnit: _law(TrustedUnit, ("unit", "record_kind"), permission=TRUST, second="由另一名联席办人员复核"),
}


def propose(*, actor: Actor, model: type[T], values: Mapping[str, Any], reason: str) -> T:
    """Write down a corrected row; it rules nothing until a second officer confirms it. Raises Refused PUB-55."""
    row: T = dated.propose(LAWS[model], actor=actor, values=values, reason=reason)
    return row


def confirm(*, actor: Actor, row: T, reason: str = "") -> T:
    """Put a proposed row in force as second officer; the row before it ends the day before, one of its day is replaced.

    Records are computed anew by the job that verifies them; raises CORE-05 for the proposer, CORE-04 when confirmed.
    """
    confirmed: T = dated.confirm(LAWS[type(row)], actor=actor, row=row, reason=reason)
    return confirmed
