"""Which measure bears on which kind of matter: data that two officers of the office correct, never a constant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from catalog.models import Measure
from core import dated
from core.actors import Actor
from core.dated import DatedLaw
from core.problems import Violation
from sanctions.enums import MatterEffect, MatterKind, Polarity
from sanctions.models import MatterRule
from sanctions.permissions import MATTER_RULE

FIXTURE = Path(__file__).parents[1] / "fixtures" / "matters.yaml"
CODE = "CHK-30"
SINCE = date(2017, 1, 1)
NAMED = "措施名称所载事项：全国失信惩戒措施基础清单、广元市联合奖惩措施库"
JUDGED = "无文件直接规定，按措施名称和惯例判断，待核实"


@dataclass(frozen=True, slots=True)
class MatterRuleText:
    """What a corrected row says."""

    measure: Measure
    matter_kind: str
    effect: str
    basis: str
    confidence: str
    valid_from: date


def _violations(row: MatterRule) -> list[Violation]:
    if row.matter_kind not in MatterKind.values or row.effect not in MatterEffect.values:
        return [Violation(CODE, "未选择事项类别或者适用结果", "effect", "从列出的选项中选择")]
    rewards = row.measure.polarity == Polarity.INCENTIVE
    allowed = {MatterEffect.INCENTIVE if rewards else MatterEffect.FORBID, MatterEffect.NONE, MatterEffect.REMIND}
    if not rewards:
        allowed.add(MatterEffect.RESTRICT)
    if row.effect not in allowed:
        words = "激励措施不能禁止或者限制" if rewards else "惩戒措施不是激励"
        return [Violation(CODE, words, "effect", "核对措施和适用结果")]
    if row.effect == MatterEffect.FORBID and row.measure.measure_class == 3:
        return [Violation(CODE, "三类措施由对方自主决定，不产生禁止", "effect", "选“提醒”或者“与该类事项无关”")]
    return []


RULES: DatedLaw[MatterRule] = DatedLaw(
    model=MatterRule,
    keys=("measure", "matter_kind"),
    noun="措施适用事项",
    permission=MATTER_RULE,
    act="sanctions.matter_rule",
    event="matter_rule.confirmed",
    code=CODE,
    second="由联席办另一名人员复核",
    check=_violations,
    tell=lambda row: {"measure": row.measure.code, "matter": row.matter_kind, "effect": row.effect},
)


def propose_rule(*, actor: Actor, text: MatterRuleText, reason: str) -> MatterRule:
    """Write down a corrected row; it rules nothing until a second officer confirms it. Raises Refused CHK-30."""
    values = {field.name: getattr(text, field.name) for field in fields(text)}
    return dated.propose(RULES, actor=actor, values=values, reason=reason)


def confirm_rule(*, actor: Actor, rule: MatterRule, reason: str = "") -> MatterRule:
    """Put a proposed row in force as second officer; what was answered before stays as it was.

    Raises Refused CORE-05 for the proposer, CORE-04 when it is confirmed already.
    """
    return dated.confirm(RULES, actor=actor, row=rule, reason=reason)


def load_matter_rules(actor: Actor) -> int:
    """Load the rows that are not there yet; those that the office has corrected stay as they are."""
    measures = {row.code: row for row in Measure.objects.all()}
    rows = [row for given in yaml.safe_load(FIXTURE.read_text("utf-8")) for row in _rows(given)]
    known = ({**row, "measure": measures[row["measure"]]} for row in rows if row["measure"] in measures)
    key = ("measure_id", "matter_kind", "valid_from")
    return dated.load(MatterRule, known, actor=actor, act="sanctions.matter_rule.load", key=key)


def _rows(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    named, judged = given.get("named", {}), given.get("judged", {})
    for kind in MatterKind:
        if kind == MatterKind.OTHER:
            continue
        effect = named.get(kind.value) or judged.get(kind.value) or MatterEffect.NONE.value
        sure = kind.value in named
        yield {
            "measure": given["measure"],
            "matter_kind": kind.value,
            "effect": effect,
            "valid_from": SINCE,
            "basis": NAMED if sure else JUDGED,
            "confidence": MatterRule.Confidence.SURE if sure else MatterRule.Confidence.UNSURE,
        }
