"""Correcting what the law says of repair: regimes and terms by two officers; one record's regime by one with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from core import clock, outbox
from core.actors import Actor, acting, settled_day
from core.masking import no_personal_numbers
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from repair.enums import Channel
from repair.models import EntryTerm, Regime, RegimeChoice
from sanctions.models import Listing

MANAGE = "repair.reference.manage"
ROW_LOCK = 0x5250  # first key of the advisory locks that serialise confirmations of one row's law
KEYS: dict[type[Any], tuple[str, ...]] = {Regime: ("severity",), EntryTerm: ("entry_code",)}
EVENTS = {Regime: "repair.regime_confirmed", EntryTerm: "repair.term_confirmed"}


def propose(*, actor: Actor, model: type[Any], values: Mapping[str, Any], reason: str) -> Any:
    """Write down a corrected row; it rules nothing until a second officer confirms it. Raises Refused REP-55."""
    require(actor, MANAGE)
    row = model(**values, proposed_by_key=actor.key, proposed_by_label=actor.label)
    found = _violations(row)
    if not reason.strip():
        found.append(Violation("CORE-07", "修订必须写明理由", "reason", "填写依据和理由"))
    refuse(found)
    with acting(actor, "repair.reference.propose", reason=reason):
        row.save()
    return row


def _violations(row: Any) -> list[Violation]:
    found = []
    if not row.basis.strip():
        found.append(Violation("REP-55", "未填写依据", "basis", "填写文件名称和条款"))
    if row.valid_to is not None and row.valid_to < row.valid_from:
        found.append(Violation("REP-55", "最后适用日早于施行日", "valid_to", "核对日期"))
    if isinstance(row, Regime) and not 0 <= row.min_months <= max(1, row.min_months) <= row.max_months <= 600:
        found.append(Violation("REP-55", "最短公示期不能长于最长公示期", "max_months", "核对月数"))
    if isinstance(row, EntryTerm):
        if row.channel != Channel.CITY and not row.receiver.strip():
            found.append(Violation("REP-55", "不在本市办理的，应写明转交对象", "receiver", "填写办理渠道的名称"))
        if row.repairable and not row.evidence:
            found.append(Violation("REP-55", "未列明应附材料", "evidence", "至少列一项"))
    return found


def confirm(*, actor: Actor, row: Any, reason: str = "") -> Any:
    """Put a proposed row in force as second officer; the row before it ends the day before, one of its day is replaced.

    Raises Refused CORE-05 for the proposer, CORE-04 where it is confirmed already.
    """
    require(actor, MANAGE)
    model = type(row)
    with acting(actor, "repair.reference.confirm", reason=reason or "复核"):
        law = ":".join(str(getattr(row, name)) for name in KEYS[model])
        with connection.cursor() as cursor:  # rows of one law are confirmed one after the other
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ROW_LOCK, law])
        locked = model.objects.select_for_update().get(pk=row.pk)
        if locked.confirmed_by_key:
            refuse([Violation("CORE-04", "该规则已经复核", remedy="无需重复复核")])
        if locked.proposed_by_key == actor.key:
            refuse([Violation("CORE-05", "提出与复核应由两名不同人员办理", remedy="由另一名系统管理员复核")])
        same = {name: getattr(locked, name) for name in KEYS[model]}
        others = model.objects.filter(replaced_on__isnull=True, **same).exclude(confirmed_by_key="")
        others.filter(valid_from=locked.valid_from).update(replaced_on=clock.today())
        before = others.filter(valid_from__lt=locked.valid_from)
        before.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=locked.valid_from)).update(
            valid_to=locked.valid_from - timedelta(days=1)
        )
        later = others.filter(valid_from__gt=locked.valid_from).order_by("valid_from").first()
        if later is not None and (locked.valid_to is None or locked.valid_to >= later.valid_from):
            locked.valid_to = later.valid_from - timedelta(days=1)
        locked.confirmed_by_key, locked.confirmed_by_label = actor.key, actor.label
        locked.save(update_fields=["valid_to", "confirmed_by_key", "confirmed_by_label"])
        payload = {"code": getattr(locked, "entry_code", getattr(locked, "code", ""))}
        outbox.emit(EVENTS[model], locked, payload=payload | {"valid_from": locked.valid_from.isoformat()})
    return locked


def switch_regime(
    *, actor: Actor, listing: Listing, regime_code: str, reason: str, on: date | None = None
) -> RegimeChoice:
    """Put one record under another publicity regime, with the reason; its publicity is computed anew at once."""
    require(actor, "repair.regime.switch")
    held = Listing.objects.visible_to(actor).filter(pk=listing.pk).select_related("revision").first()
    if held is None:
        raise NotFound("该列入记录")
    day = settled_day(actor, on, reason)
    known = Regime.objects.filter(
        code=regime_code, severity=held.revision.severity or "serious", replaced_on__isnull=True
    ).exclude(confirmed_by_key="")
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
