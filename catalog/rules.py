"""What the catalogue allows: pure rules CAT-01… over facts that one selector gathers.

`errors` stop an act, `warnings` are shown and stay. Basis: the founding document 二（一）1 and 国办发〔2020〕49号.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalog.content import LABELS, MeasureContent, RevisionContent
from catalog.enums import (
    WEAK_KINDS,
    InstrumentKind,
    MeasureClass,
    MeasureMode,
    MeasureTarget,
    PeriodAlternative,
    PeriodKind,
    Polarity,
)
from catalog.facts import CitationFacts, RevisionFacts
from core.problems import Violation
from organizations.enums import GroupCode, SubjectKind

SEED = "《实施方案》二（一）1"
GUIDANCE = "国办发〔2020〕49号"
OFFICE = "联席会议办公室"
ENTRY_CODE = re.compile(r"[A-Z]{2}-[0-9]{3,6}")
BANNED = (
    "婚姻登记",
    "水费",
    "电费",
    "燃气费",
    "水电气",
    "物业费",
    "闯红灯",
    "信访",
    "上访",
    "献血",
    "垃圾分类",
    "频繁跳槽",
    "广场舞",
)


def class_one(facts: RevisionFacts, measure: MeasureContent) -> bool:
    known = facts.measures.get(measure.code)
    return (
        known is not None
        and known.measure_class == MeasureClass.RIGHTS
        and facts.content.polarity == Polarity.DISCIPLINE
    )


def is_carried(facts: RevisionFacts, measure: MeasureContent) -> bool:
    """CAT-03 as a question: class 1 needs a sure citation of law, 行政法规, 地方性法规 or central document."""
    if not class_one(facts, measure):
        return True
    return any(ref in facts.citations and facts.citations[ref].is_strong for ref in measure.citations)


def _complete(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-10: the eight contents of the founding document."""
    content = facts.content
    wanted = {
        "title": ("行为", content.title),
        "cause": ("实施事由（奖励事由）", content.cause),
        "handling": ("处理措施", content.handling),
        "evidence": ("证据材料", content.evidence),
        "initiating_units": ("行政单位（发起单位）", content.initiating_units),
        "citations": ("法律依据", content.citations),
        "measures": ("措施内容", content.measures),
        "repair_condition": ("修复/退出条件", content.repair_condition),
        "effective_from": ("生效日", content.effective_from),
    }
    for field, (label, value) in wanted.items():
        if not value:
            yield Violation("CAT-10", f"缺少“{label}”", field, "由起草单位补齐后重新提交", SEED)
    for measure in content.measures:
        if not measure.units:
            yield Violation(
                "CAT-10", f"措施 {measure.code} 没有联合奖惩实施单位", "units", "由起草单位补齐实施单位", SEED
            )


def _units(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-01: every unit exists and is not dissolved on the day."""
    named = [*facts.content.initiating_units, *(unit for m in facts.content.measures for unit in m.units)]
    for code in dict.fromkeys(named):
        unit = facts.units.get(code)
        if unit is None:
            yield Violation(
                "CAT-01", f"单位 {code} 不在单位名录中", "units", "核对单位代号，或由系统管理员先登记该单位"
            )
        elif unit.valid_to is not None and unit.valid_to < facts.day:
            heirs = "、".join(unit.heirs)
            yield Violation(
                "CAT-01",
                f"{unit.name}已于 {unit.valid_to} 撤销，不能在 {facts.day} 及以后承担职责",
                "units",
                f"改为承继单位：{heirs}" if heirs else f"由{OFFICE}确认承继单位",
                SEED,
            )


def _polarity(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-02: P-measures belong to discipline, R-measures to incentive, and an entry never changes sides."""
    content = facts.content
    side = Polarity(content.polarity).label if content.polarity in Polarity.values else content.polarity
    if content.polarity not in Polarity.values:
        yield Violation("CAT-02", f"奖惩类型“{content.polarity}”不存在", "polarity", "填写 discipline 或 incentive")
    if facts.existing_polarity and facts.existing_polarity != content.polarity:
        yield Violation("CAT-02", f"事项 {content.entry_code} 的奖惩类型不能改变", "polarity", "另立新编号的事项")
    seen: set[str] = set()
    for measure in content.measures:
        known = facts.measures.get(measure.code)
        if known is None:
            yield Violation("CAT-02", f"措施 {measure.code} 不在措施库中", "measures", f"由{OFFICE}先登记该措施")
        elif known.polarity != content.polarity:
            yield Violation(
                "CAT-02", f"措施 {measure.code} 不能用于{side}事项", "measures", "改用同类奖惩措施", GUIDANCE
            )
        if measure.code in seen:
            yield Violation("CAT-02", f"措施 {measure.code} 重复", "measures", "合并为一条措施")
        seen.add(measure.code)


def _citation_refs(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-06: cited articles are in the library, once each; measures refer to citations of the same revision."""
    refs = [citation.ref for citation in facts.content.citations]
    for ref in dict.fromkeys(refs):
        known = facts.citations.get(ref)
        if known is None or not known.kind:
            yield Violation("CAT-06", f"引用的法律文件 {ref} 不在库中", "citations", f"由{OFFICE}先登记该文件")
        if refs.count(ref) > 1:
            yield Violation("CAT-06", f"依据 {ref} 重复", "citations", "保留一条")
    for measure in facts.content.measures:
        for ref in measure.citations:
            if ref not in refs:
                yield Violation(
                    "CAT-06",
                    f"措施 {measure.code} 引用的 {ref} 不在本事项依据之列",
                    "citations",
                    "先把该条款列入本事项依据",
                )


def _periods(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-04: the listing period is one its kind allows."""
    c = facts.content
    low, high, usual = c.period_min_months, c.period_max_months, c.period_default_months
    fix = "由起草单位更正期限"
    if c.period_kind not in PeriodKind.values:
        yield Violation("CAT-04", f"期限种类“{c.period_kind}”不存在", "period_kind", fix)
        return
    if low is not None and high is not None and low > high:
        yield Violation("CAT-04", f"最短期限 {low} 个月大于最长期限 {high} 个月", "period_min_months", fix)
    if usual is not None and ((low is not None and usual < low) or (high is not None and usual > high)):
        yield Violation("CAT-04", f"通常期限 {usual} 个月不在 {low}—{high} 个月之内", "period_default_months", fix)
    if c.period_kind == PeriodKind.RANGE and (low is None or high is None):
        yield Violation("CAT-04", "期限幅度须同时填写最短和最长期限", "period_min_months", fix)
    if c.period_kind in (PeriodKind.FIXED, PeriodKind.EVALUATION_CYCLE) and not usual:
        yield Violation("CAT-04", "固定期限或者评价周期须填写月数", "period_default_months", fix)
    endless = c.period_kind in (PeriodKind.PERMANENT, PeriodKind.UNTIL_PERFORMED)
    if endless and any(value is not None for value in (low, high, usual)):
        yield Violation("CAT-04", "长期或者至履行完毕的期限不填月数", "period_kind", fix)
    if c.period_alternative and (endless or c.period_alternative not in PeriodAlternative.values):
        yield Violation("CAT-04", "“期限另可为”只用于有月数的期限，填长期或者至履行完毕", "period_alternative", fix)


def _statutory(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-08: a statutory measure has a range and a basis of its own; one that follows the listing has none."""
    for m in facts.content.measures:
        fix = "由起草单位按该措施所依条款更正"
        if m.mode not in MeasureMode.values or m.target not in MeasureTarget.values:
            yield Violation("CAT-08", f"措施 {m.code} 的期限方式或者对象不存在", "mode", fix)
        elif m.mode == MeasureMode.FOLLOWS_LISTING:
            own = (m.min_months, m.max_months) != (None, None) or m.permanent
            if own or not (m.ends_on_repair and m.stops_on_pause):
                yield Violation("CAT-08", f"措施 {m.code} 随名单期限，不得另设期限、修复或暂停规则", "mode", fix)
        elif m.min_months is not None and m.max_months is not None and m.min_months > m.max_months:
            yield Violation("CAT-08", f"措施 {m.code} 法定最短期限大于最长期限", "mode", fix)
        elif not m.citations:
            yield Violation("CAT-08", f"法定期限措施 {m.code} 须写明所依条款", "citations", fix)


def _kinds(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-13, CAT-14: severity, group and subject kinds are known and fit the polarity."""
    c = facts.content
    if c.polarity == Polarity.DISCIPLINE and not c.severity:
        yield Violation(
            "CAT-13", "失信惩戒事项须填写失信程度", "severity", "由起草单位填写轻微、一般或者严重", GUIDANCE
        )
    if c.polarity == Polarity.INCENTIVE and c.severity:
        yield Violation("CAT-13", "守信激励事项没有失信程度", "severity", "清空失信程度")
    if c.group_code not in GroupCode.values:
        yield Violation(
            "CAT-14", f"责任专项小组“{c.group_code}”不存在", "group_code", "填写企业、个人或者社会组织专项小组"
        )
    unknown = [kind for kind in c.subject_kinds if kind not in SubjectKind.values]
    if not c.subject_kinds or unknown:
        yield Violation(
            "CAT-14", f"主体类型为空或者不存在：{'、'.join(unknown)}", "subject_kinds", "从主体类型表中选择"
        )


def _banned(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-09: conduct that must never be entered as dishonest."""
    if facts.content.polarity != Polarity.DISCIPLINE:
        return
    text = f"{facts.content.title}{facts.content.cause}"
    for word in BANNED:
        if word in text:
            yield Violation(
                "CAT-09",
                f"“{word}”类行为不得列为失信惩戒事项",
                "title",
                "删除该事项；确有法律依据的由联席会议办公室另行研究",
                f"{GUIDANCE}；城市信用监测泛化滥用情形",
            )


LENGTHS = {
    "title": 300,
    "domain": 50,
    "cause": 5000,
    "handling": 5000,
    "period_text": 300,
    "repair_condition": 500,
    "governance_note": 500,
}
MEASURE_LENGTHS = {"content": 500, "start": 200, "exit": 200, "note": 300}


def _texts(content: RevisionContent) -> Iterable[tuple[str, str, int]]:
    """Return every text with its place and the longest it may be."""
    yield from ((name, getattr(content, name), limit) for name, limit in LENGTHS.items())
    yield from (("evidence", item, 200) for item in content.evidence)
    for citation in content.citations:
        yield from (("article", citation.article, 60), ("note", citation.note, 300))
    for measure in content.measures:
        yield from ((name, getattr(measure, name), limit) for name, limit in MEASURE_LENGTHS.items())


def _shape(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-37: the code has its shape, texts fit and hold no control characters."""
    content = facts.content
    if not ENTRY_CODE.fullmatch(content.entry_code):
        yield Violation("CAT-37", f"事项编号“{content.entry_code}”应形如 CJ-001、JL-001", "entry_code", "更正编号")
    for field, text, limit in _texts(content):
        label = LABELS.get(field, field)
        if len(text) > limit:
            yield Violation("CAT-37", f"“{label}”有 {len(text)} 字，最多 {limit} 字", field, "压缩文字")
        if any(ord(character) < 32 and character not in "\n\t" for character in text):
            yield Violation("CAT-37", f"“{label}”含有不可见的控制字符", field, "删除后重新填写")
    for citation in content.citations:
        if not citation.article.strip():
            yield Violation(
                "CAT-37", f"引用 {citation.instrument} 未写条款", "article", "写明条款，引用整个文件的写“全文”"
            )


def _succession(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-11: the next revision takes effect after every day that an earlier one keeps."""
    day = facts.content.effective_from
    if day is not None and facts.taken_to is not None and day <= facts.taken_to:
        yield Violation(
            "CAT-11",
            f"生效日 {day} 不晚于 {facts.taken_to}，该日及以前已由先前版本规定",
            "effective_from",
            f"生效日改为 {facts.taken_to} 之后的一天；同一天只能有一个版本",
        )


def carrying(facts: RevisionFacts) -> list[CitationFacts]:
    """Return the citations that carry the entry on its effective day."""
    day = facts.content.effective_from
    if day is None:
        return []
    polarity = facts.content.polarity
    return [c for c in facts.citations.values() if c.carries(polarity) and c.in_force_on(day)]


def _carried_entry(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-05, CAT-07: one sure citation carries the entry, and the revision does not begin before its law."""
    day = facts.content.effective_from
    sure = [c for c in facts.citations.values() if c.carries(facts.content.polarity)]
    if not sure:
        yield Violation(
            "CAT-05",
            "没有一条确定的法律依据承载该事项（待核引文、备忘录、标准均不算）",
            "citations",
            f"由{OFFICE}两名人员核对引文，或者补充法律法规依据",
            GUIDANCE,
        )
    elif day is not None and not carrying(facts):
        later = all(c.valid_from is None or c.valid_from > day for c in sure)
        why = "早于所依法律的施行日" if later else "时所依条款均已废止"
        yield Violation(
            "CAT-07", f"生效日 {day} {why}", "effective_from", "生效日须为所依法律有效期间内的一天", GUIDANCE
        )
    elif not any(c.in_force_on(facts.day) for c in sure):
        yield Violation(
            "CAT-07", f"确定依据在 {facts.day} 均已不再适用", "citations", f"由{OFFICE}改引现行条款", GUIDANCE
        )


def _carried_measure(facts: RevisionFacts) -> Iterable[Violation]:
    """CAT-03 for the whole revision: at least one measure can be executed."""
    if not any(is_carried(facts, measure) for measure in facts.content.measures):
        yield Violation(
            "CAT-03",
            "全部措施都是没有法律、行政法规、地方性法规或者中央文件确定依据的一类措施",
            "measures",
            f"由{OFFICE}补充并核对依据",
            GUIDANCE,
        )


STRUCTURE = (_shape, _units, _polarity, _citation_refs, _periods, _statutory, _kinds, _banned)
COMPLETE = (*STRUCTURE, _complete, _succession)


def draft_errors(facts: RevisionFacts) -> list[Violation]:
    """Return what forbids saving the draft: broken references and forbidden subjects; blanks are still allowed."""
    return [violation for rule in STRUCTURE for violation in rule(facts)]


def submit_errors(facts: RevisionFacts) -> list[Violation]:
    """Return what forbids submitting, reviewing or publishing."""
    return [violation for rule in COMPLETE for violation in rule(facts)]


def activation_errors(facts: RevisionFacts) -> list[Violation]:
    """Return what forbids activation: CAT-05 and CAT-07, and CAT-03 where not one measure could be executed."""
    return [*_carried_entry(facts), *_carried_measure(facts)]


def kind_label(kind: str) -> str:
    """Return the kind of an instrument in words."""
    return InstrumentKind(kind).label if kind in InstrumentKind.values else "（库中无此文件）"


def unsupported(measure_code: str, name: str) -> Violation:
    """CAT-03 for one measure: it stays listed, is never executed, and why."""
    return Violation(
        "CAT-03",
        f"一类措施 {measure_code} {name} 没有法律、行政法规、地方性法规或者中央文件的确定依据，不予执行",
        "measures",
        f"由{OFFICE}补充依据、由两名人员核对引文后发布新版",
        GUIDANCE,
    )


def _doubts(facts: RevisionFacts) -> Iterable[Violation]:
    c = facts.content
    verify = f"由{OFFICE}对照正式文本核对"
    for fact in facts.citations.values():
        if fact.needs_check:
            yield Violation("CAT-15", f"引文待核：{fact.label}", "citations", verify)
        elif fact.valid_to is not None and fact.valid_to < facts.day:
            yield Violation(
                "CAT-16", f"引文已于 {fact.valid_to} 后不再适用：{fact.label}", "citations", "下一版改引现行条款"
            )
        elif fact.kind in WEAK_KINDS:
            kind = InstrumentKind(fact.kind).label
            yield Violation(
                "CAT-16", f"{kind}只作参考，不单独作为惩戒依据：{fact.label}", "citations", verify, GUIDANCE
            )
    if c.period_needs_check:
        yield Violation("CAT-15", f"期限待核：{c.period_text}", "period_text", verify)
    if c.repair_needs_check:
        yield Violation("CAT-15", f"修复/退出条件待核：{c.repair_condition}", "repair_condition", verify)
    for measure in c.measures:
        if measure.needs_check:
            yield Violation("CAT-15", f"措施 {measure.code} 待核：{measure.content}", "measures", verify)


def warnings(facts: RevisionFacts) -> list[Violation]:
    """Return what is shown beside the revision and does not stop it."""
    found = list(_doubts(facts))
    for measure in facts.content.measures:
        if not is_carried(facts, measure):
            found.append(unsupported(measure.code, measure.content))
    person = SubjectKind.NATURAL_PERSON.value in facts.content.subject_kinds
    publishing = any(m.code == "R12" for m in facts.content.measures)
    if facts.content.polarity == Polarity.INCENTIVE and person and publishing:
        found.append(
            Violation(
                "CAT-12",
                "涉及自然人的守信激励公布前须取得本人书面同意",
                "measures",
                "由认定单位取得同意书",
                "个人信息保护法",
            )
        )
    if facts.content.polarity == Polarity.INCENTIVE:
        for word in BANNED:
            if word in facts.content.title:
                found.append(
                    Violation("CAT-09", f"“{word}”类事项须防止泛化，只限正向激励", "title", f"由{OFFICE}复核", GUIDANCE)
                )
    return found
