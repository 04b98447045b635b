"""Which lists of others are received, from whom, and when a batch is held: kept by the office."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core import dated
from core.actors import Actor, acting
from core.dated import DatedLaw
from core.permissions import require
from core.problems import Violation, refuse
from sanctions.models import ExternalRule, ExternalSource

KEEP, RULES = "sanctions.external.sources", "sanctions.external.rules"
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
TOLD = {"name": "来源", "list_name": "名单名称", "law": "所依规定", "contact": "联系方式"}


def keep_source(
    *, actor: Actor, values: Mapping[str, Any], reason: str, source: ExternalSource | None = None
) -> ExternalSource:
    """Enter a list of a source, or change what is told of it; its two codes never change.

    Raises Refused SAN-63 for a code that is none or is taken, SAN-64 for what is not told, CORE-07 without a reason.
    """
    require(actor, KEEP)
    found = _left_blank(values)
    if source is None:
        found += _codes(values)
    if not reason.strip():
        found.append(Violation("CORE-07", "登记和变更来源必须写明理由", "reason", "填写依据和理由"))
    refuse(found)
    with acting(actor, "external.source", reason=reason):
        if source is None:
            return ExternalSource.objects.create(**values)
        kept: ExternalSource = ExternalSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
        changed = [name for name, value in values.items() if getattr(kept, name) != value]
        for name in changed:
            setattr(kept, name, values[name])
        if changed:
            kept.save(update_fields=changed)
        return kept


def _left_blank(values: Mapping[str, Any]) -> list[Violation]:
    return [
        Violation("SAN-64", f"未填写{label}", name, "按来源的文件填写")
        for name, label in TOLD.items()
        if name in values and not str(values[name]).strip()
    ]


def _codes(values: Mapping[str, Any]) -> list[Violation]:
    code, list_code = str(values.get("code", "")), str(values.get("list_code", ""))
    found = [
        Violation("SAN-63", f"{label}由小写字母、数字和连字符组成，至少两个字符", name, "与来源约定代码后填写")
        for name, label, text in (("code", "来源代号", code), ("list_code", "名单代码", list_code))
        if not CODE.fullmatch(text)
    ]
    if ExternalSource.objects.filter(code=code, list_code=list_code).exists():
        found.append(Violation("SAN-63", f"来源 {code} 的名单 {list_code} 已经登记", "list_code", "在原来源上变更"))
    return found


def _rule(row: ExternalRule) -> list[Violation]:
    found = []
    keys = {source.key for source in ExternalSource.objects.all()}
    if row.applies_to and row.applies_to not in keys:
        found.append(Violation("SAN-62", "没有登记这一名单", "applies_to", "从已登记的名单中选择，或者适用于各名单"))
    if not (1 <= row.min_share <= 100 and row.max_changed <= 100 and row.max_rejected <= 100 and row.stale_days >= 1):
        found.append(Violation("SAN-62", "比例应在 0 至 100 之间，日数至少为 1", "min_share", "核对比例和日数"))
    return found


LAW: DatedLaw[ExternalRule] = DatedLaw(
    model=ExternalRule,
    keys=("applies_to",),
    noun="名单接收规则",
    permission=RULES,
    act="external.rule",
    event="external.rule_confirmed",
    code="SAN-62",
    second="由另一名联席办人员复核",
    check=_rule,
    tell=lambda row: {"list": row.applies_to, "valid_from": row.valid_from.isoformat()},
)


def propose_rule(*, actor: Actor, values: Mapping[str, Any], reason: str) -> ExternalRule:
    """Write down a rule of receiving; it holds from a second officer's confirmation on. Raises Refused SAN-62."""
    return dated.propose(LAW, actor=actor, values=values, reason=reason)


def confirm_rule(*, actor: Actor, row: ExternalRule, reason: str = "") -> ExternalRule:
    """Put a proposed rule in force as second officer; raises CORE-05 for the proposer."""
    return dated.confirm(LAW, actor=actor, row=row, reason=reason)
