"""Acts of the chain itself in a scenario: the decision, and performance of the duty."""

from __future__ import annotations

from datetime import date, timedelta

from core.identifiers import IdentifierType, id_card_birth, normalize
from core.periods import Period, ends_on
from core.problems import Violation
from sanctions import rules
from sanctions.enums import PeriodSource
from sanctions.measures import period_terms
from sanctions.rules import PeriodTerms, SubjectFacts
from sanctions.simulation.engine import Run, need, register_act, zh
from sanctions.simulation.scenario import Act, Scenario
from sanctions.simulation.standing import Standing
from subjects import rules as subject_rules

FILING_RULE, PUBLICITY_RULE = "SAN-T02", "PUB-T01"
PUBLIC_ID_LENGTH = 16
CITIZEN_FORMS = (IdentifierType.ID_CARD, IdentifierType.RESIDENCE_PERMIT)


def decide(run: Run, act: Act) -> None:
    """Decide, issue and serve on one day. SAN-26 twice, CAT-20… entry, SAN-05/06 subject, ID/SUB code, SAN-20/21/25."""
    standing, starts_on = run.standing, act.starts_on or act.on
    if standing.decided_on is not None:
        wrong = f"已于 {standing.decided_on} 作出认定，不能重复认定"
        need(
            [
                Violation(
                    "SAN-26", wrong, remedy="期限有误的依异议或者法院裁判变更、撤销", basis=f"{rules.SEED} 二（二）2"
                )
            ]
        )
    revision = run.snapshot.catalogue.in_force(run.scenario.entry, act.on)
    if revision is None:
        reason = run.snapshot.catalogue.why_not(run.scenario.entry, act.on)
        need([reason] if reason else [])
        raise AssertionError("refused above")
    terms = period_terms(revision)
    facts = rules.OpeningFacts(
        polarity=revision.entry.polarity,
        entry_label=f"{revision.entry.code} {revision.title}",
        subject_kinds=frozenset(revision.subject_kinds),
        unit_name="",
        unit_in_force=True,
        unit_named=True,
        recognized_on=act.on,
        act_on=act.on,
        today=act.on,
        subjects=[_subject(run.scenario)],
    )
    found = rules.opening(facts) + _code(run.scenario, act.on)
    period = act.period or usual_period(terms)
    if period is None:
        wrong = f"目录没有规定通常期限（{terms.text}），应在会议纪要中确定"
        found.append(Violation("SAN-21", wrong, "period", "填写期限，来源为会议纪要", f"{rules.SEED} 二（二）3"))
        need(found)
        raise AssertionError("refused above")
    found += rules.unified_period(period, act.source, terms, starts_on)
    if starts_on < act.on:
        wrong = f"生效日 {starts_on} 早于决定送达日 {act.on}"
        found.append(Violation("SAN-25", wrong, "starts_on", "将生效日改为送达之日或之后", "国办发〔2020〕49号（八）"))
    need(found)
    last = ends_on(starts_on, period)
    run.standing = Standing(
        decided_on=act.on, revision=revision, period=period, starts_on=starts_on, original_ends_on=last
    )
    source = "目录清单" if act.source == PeriodSource.CATALOGUE else "会议纪要"
    until = f"至{zh(last)}（含当日）" if last else "没有到期日"
    run.say(
        act,
        f"{zh(act.on)}依{revision.entry.code}“{revision.title}”作出认定并送达，期限{period.label()}（来源：{source}），"
        f"自{zh(starts_on)}起实施，{until}",
    )
    run.deadline(act, FILING_RULE, "决定印发")
    run.deadline(act, PUBLICITY_RULE, "决定作出")


def usual_period(terms: PeriodTerms) -> Period | None:
    """Return what the catalogue usually sets; None where it names no length and no open end."""
    if terms.kind == "permanent":
        return Period(permanent=True)
    if terms.default:
        return Period(months=terms.default)
    return Period(until_performed=True) if terms.kind == "until_performed" else None


def _subject(scenario: Scenario) -> SubjectFacts:
    return SubjectFacts(
        name=scenario.name,
        kind=scenario.kind,
        birth_on=_birth(scenario),
        in_register=True,
        disciplined=False,
    )


def _birth(scenario: Scenario) -> date | None:
    code = normalize(IdentifierType.ID_CARD, scenario.code or "")
    return id_card_birth(code) if scenario.kind == rules.PERSON and len(code) == 18 else None


def _code(scenario: Scenario, on: date) -> list[Violation]:
    """ID-01…ID-08, SUB-02: the code is a valid one of this kind of subject; a public id is any subject's."""
    if scenario.code is None or _is_public_id(scenario.code):
        return []
    if scenario.kind != rules.PERSON:
        kind = IdentifierType.USCC
        if scenario.kind not in subject_rules.LEGAL_ENTITY_KINDS:
            return []  # SAN-05 has said it
        return subject_rules.identifier_is_valid(scenario.kind, kind, scenario.code, on=on, field="subject.code")
    found: list[Violation] = []
    for form in CITIZEN_FORMS:
        found = subject_rules.identifier_is_valid(scenario.kind, form, scenario.code, on=on, field="subject.code")
        if not found:
            return []
    return subject_rules.identifier_is_valid(
        scenario.kind, IdentifierType.ID_CARD, scenario.code, on=on, field="subject.code"
    )


def _is_public_id(code: str) -> bool:
    return len(code) == PUBLIC_ID_LENGTH and code.isascii() and code.isalnum() and not set(code.upper()) & set("ILOU")


def perform(run: Run, act: Act) -> None:
    """Confirm that the duty is performed: in force to that day, over from the next. SAN-50 where that ends nothing."""
    standing = run.standing
    found = []
    if standing.decided_on is None or standing.starts_on is None:
        found.append(Violation("SAN-50", "尚未作出认定，没有可以确认履行的事项", "on", "认定生效后再确认"))
    elif standing.over_by or standing.revoked_from is not None:
        found.append(Violation("SAN-50", "措施已经结束或者被撤销，无需确认履行", "on", "无需办理"))
    elif standing.period is None or not standing.period.until_performed:
        found.append(Violation("SAN-50", "该列入有确定期限，不以履行结束", remedy="期限内纠正的可申请信用修复"))
    elif act.on < standing.starts_on:
        found.append(
            Violation("SAN-50", f"履行日 {act.on} 早于生效日 {standing.starts_on}", "on", "按履行证明填写日期")
        )
    need(found)
    run.standing = standing.cut(act.on + timedelta(days=1), "performed")
    run.say(act, f"{zh(act.on)}确认义务履行完毕，当日仍在实施，次日起结束")


def amendment(standing: Standing, period: Period) -> list[Violation]:
    """SAN-20/54/55: whether the unified period may be determined anew after an objection (实施方案 二（三）2)."""
    if standing.revision is None or standing.starts_on is None:
        return [Violation("SAN-55", "尚未作出认定，没有期限可以变更", "on", "认定之后再办理")]
    terms = period_terms(standing.revision)
    return rules.amended_period(period, terms, standing.starts_on, standing.original_ends_on)


def register() -> None:
    """Enter the acts of the chain."""
    register_act("decide", decide, needs=("starts_on", "period", "source"))
    register_act("perform", perform, label="确认履行完毕", part="履行")
