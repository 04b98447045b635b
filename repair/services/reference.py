"""Correcting what the law says of repair: regimes and terms by two officers; one record's regime by one with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from core import dated, outbox
from core.actors import Actor, acting, settled_day
from core.dated import DatedLaw
from core.masking import no_personal_numbers
from core.models.dated import Dated
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from repair.enums import Channel
from repair.models import EntryTerm, Regime, RegimeChoice
from sanctions.models import Listing

MANAGE = "repair.reference.manage"
T = TypeVar("T", bound=Dated)


def _regime_violations(row: Regime) -> list[Violation]:
    if not 0 <= row.min_months <= max(1, row.min_months) <= row.max_months <= 600:
        return [Violation("REP-55", "最短公示期不能长于最长公示期", "max_months", "核对月数")]
    return []


def _term_violations(row: EntryTerm) -> list[Violation]:
    found = []
    if row.channel != Channel.CITY and not row.receiver.strip():
        found.append(Violation("REP-55", "不在本市办理的，应写明转交对象", "receiver", "填写办理渠道的名称"))
    if row.repairable and not row.evidence:
        found.append(Violation("REP-55", "未列明应附材料", "evidence", "至少列一项"))
    return found


def _law(model: type[T], noun: str, event: str, key: str, code: str, check: Callable[[T], list[Violation]]) -> Any:
    return DatedLaw(
        model=model,
        keys=(key,),
        noun=noun,
        permission=MANAGE,
        act="repair.reference",
        event=event,
        code="REP-55",
        second="由另一名系统管理员复核",
        check=check,
        tell=lambda row: {"code": getattr(row, code), "valid_from": row.valid_from.isoformat()},
    )


REGIMES = _law(Regime, "公示期规则", "repair.regime_confirmed", "severity", "code", _regime_violations)
TERMS = _law(EntryTerm, "事项修复条件", "repair.term_confirmed", "entry_code", "entry_code", _term_violations)
LAWS: dict[type[Dated], DatedLaw[Any]] = {Regime: REGIMES, EntryTerm: TERMS}


def propose(*, actor: Actor, model: type[T], values: Mapping[str, Any], reason: str) -> T:
    """Write down a corrected row; it rules nothing until a second officer confirms it. Raises Refused REP-55."""
    row: T = dated.propose(LAWS[model], actor=actor, values=values, reason=reason)
    return row


def confirm(*, actor: Actor, row: T, reason: str = "") -> T:
    """Put a proposed row in force as second officer; the row before it ends the day before, one of its day is replaced.

    Raises Refused CORE-05 for the proposer, CORE-04 where it is confirmed already.
    """
    confirmed: T = dated.confirm(LAWS[type(row)], actor=actor, row=row, reason=reason)
    return confirmed


def switch_regime(
    *, actor: Actor, listing: Listing, regime_code: str, reason: str, on: date | None = None
) -> RegimeChoice:
    """Put one record under another publicity regime, with the reason; its publicity is computed anew at once."""
    require(actor, "repair.regime.switch")
    held = Listing.objects.visible_to(actor).filter(pk=listing.pk).select_related("revision").first()
    if held is None:
        raise NotFound("该列入记录")
    day = settled_day(actor, on, reason)
    known = Regime.objects.in_use().filter(code=regime_code, severity=held.revision.severity or "serious")
    found = no_personal_numbers(reason)
    if not known.exists():
        wrong = f"没有代号为“{regime_code}”且适用于该失信程度的公示期规则"
        found.append(Violation("REP-50", wrong, "regime_code", "从列出的规则中选择；缺少的由系统管理员补录"))
    if not reason.strip():
        found.append(Violation("CORE-07", "切换规则必须写明理由", "reason", "填写依据和理由"))
    refuse(found)
    with acting(actor, "repair.switch_regime", reason=reason, on=day):
        choice = RegimeChoice.objects.create(
            listing=held,
            regime_code=regime_code,
            reason=reason.strip(),
            chosen_on=day,
            chosen_by_key=actor.key,
            chosen_by_label=actor.label,
        )
        payload = {"listing": held.public_id, "regime": regime_code}
        outbox.emit("publicity.regime_switched", held, on=day, payload=payload)
    return choice
