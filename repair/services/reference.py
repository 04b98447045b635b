"""Correcting what the law says of repair: terms by two officers; one record's publicity regime by one with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from catalog.selectors import entry
from core import dated, outbox
from core.actors import Actor, acting, settled_day
from core.dated import DatedLaw
from core.masking import no_personal_numbers
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from publicity.models import Regime
from repair.enums import Channel
from repair.models import EntryTerm, RegimeChoice
from repair.services.announcing import withdraw_outdated
from sanctions.models import Listing

MANAGE = "repair.reference.manage"


def _in_the_catalogue(code: str) -> bool:
    try:
        return bool(entry(code).code == code)
    except NotFound:
        return False


def _term_violations(row: EntryTerm) -> list[Violation]:
    found = []
    row.entry_code = row.entry_code.strip()
    if not _in_the_catalogue(row.entry_code):
        remedy = "按目录清单填写事项编号；目录没有的先按程序纳入目录"
        found.append(Violation("REP-55", f"目录清单中没有编号为“{row.entry_code}”的事项", "entry_code", remedy))
    if row.channel != Channel.CITY and not row.receiver.strip():
        found.append(Violation("REP-55", "不在本市办理的，应写明转交对象", "receiver", "填写办理渠道的名称"))
    if row.repairable and not row.evidence:
        found.append(Violation("REP-55", "未列明应附材料", "evidence", "至少列一项"))
    return found


TERMS: DatedLaw[EntryTerm] = DatedLaw(
    model=EntryTerm,
    keys=("entry_code",),
    noun="事项修复条件",
    permission=MANAGE,
    act="repair.reference",
    event="repair.term_confirmed",
    code="REP-55",
    second="由另一名系统管理员复核",
    check=_term_violations,
    tell=lambda row: {"code": row.entry_code, "valid_from": row.valid_from.isoformat()},
)


def propose(*, actor: Actor, values: Mapping[str, Any], reason: str) -> EntryTerm:
    """Write down a corrected row; it rules nothing until a second officer confirms it. Raises Refused REP-55."""
    return dated.propose(TERMS, actor=actor, values=values, reason=reason)


def confirm(*, actor: Actor, row: EntryTerm, reason: str = "") -> EntryTerm:
    """Put a proposed row in force as second officer; the row before it ends the day before, one of its day is replaced.

    Raises Refused CORE-05 for the proposer, CORE-04 where it is confirmed already.
    """
    return dated.confirm(TERMS, actor=actor, row=row, reason=reason)


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
        withdraw_outdated([held.pk], day)
    return choice
