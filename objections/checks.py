"""The officers' side of the law: who may file, what papers, who may answer. Pure functions; codes OBJ-40 and above.

The state of the dispute itself is judged by `objections.rules`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from core.masking import no_personal_numbers
from core.problems import Violation
from core.text import normalize_name
from objections.enums import Outcome, PaperKind, Relation

SEED = "广元市联合奖惩实施方案 二（三）2"
CIVIL = "民法典第一百六十五条"
PAPER_LABELS = dict(PaperKind.choices)


@dataclass(frozen=True, slots=True)
class FilerFacts:
    """Who says he files for whom. number_matches: None where no number was compared."""

    name: str
    relation: str
    subject_name: str
    subject_is_person: bool
    legal_representative: str = ""
    code_matches: bool = True
    number_matches: bool | None = None


def _not_the_subject(detail: str, field: str) -> Violation:
    remedy = "由当事人本人、其法定代表人或者持授权委托书的代理人提出；登记信息有误的先更正基础信息"
    return Violation("OBJ-40", detail, field, remedy, SEED)


def filer(facts: FilerFacts) -> list[Violation]:
    """OBJ-40: an objection is the subject's own: by itself, its legal representative, or an agent with a mandate."""
    if not facts.name.strip():
        return [Violation("OBJ-42", "未填写申请人姓名或名称", "filer_name", "按证件填写")]
    if facts.relation not in Relation.values:
        return [Violation("OBJ-42", "未选择与当事人的关系", "relation", "选择本人、法定代表人或代理人")]
    if not facts.code_matches:
        return [_not_the_subject("所填代码不是该事项当事人的代码", "subject_code")]
    same = normalize_name(facts.name) == normalize_name(facts.subject_name)
    if facts.relation == Relation.SELF:
        if not same:
            return [_not_the_subject("申请人与该事项的当事人名称不一致", "filer_name")]
        if facts.subject_is_person and facts.number_matches is not True:
            return [_not_the_subject("未填写证件号码，或与该事项当事人的证件号码不一致", "id_number")]
    if facts.relation == Relation.LEGAL_REPRESENTATIVE:
        if facts.subject_is_person:
            return [_not_the_subject("自然人没有法定代表人", "relation")]
        known = facts.legal_representative
        if known and normalize_name(known) != normalize_name(facts.name):
            return [_not_the_subject("申请人不是登记的法定代表人（负责人）", "filer_name")]
    return []


def papers_needed(
    relation: str, *, subject_is_person: bool, logged_in: bool = False, bound: bool = False
) -> tuple[str, ...]:
    """Return the kinds of papers by which identity and mandate are checked.

    logged_in: a login has proved who files; bound: it has also bound him to this very subject.
    """
    needed = [] if subject_is_person or bound else [PaperKind.LICENCE.value]
    if (relation != Relation.SELF or subject_is_person) and not logged_in:
        needed.append(PaperKind.IDENTITY.value)
    if relation == Relation.AGENT and not bound:
        needed.append(PaperKind.MANDATE.value)
    return tuple(needed)


def papers(needed: Collection[str], given: Collection[str]) -> list[Violation]:
    """OBJ-41: what is needed to check identity and mandate is there."""
    return [
        Violation("OBJ-41", f"缺少{PAPER_LABELS[kind]}", "papers", f"补交{PAPER_LABELS[kind]}后办理", CIVIL)
        for kind in needed
        if kind not in given
    ]


def content(grounds: str, claims: str) -> list[Violation]:
    """OBJ-42: what is wrong and what is asked for are written down, without personal numbers."""
    found = []
    if not grounds.strip():
        found.append(Violation("OBJ-42", "未填写事实和理由", "grounds", "写明哪一项有误及理由", SEED))
    if not claims.strip():
        found.append(Violation("OBJ-42", "未填写请求", "claims", "写明请求撤销、更正或者其他处理", SEED))
    found += no_personal_numbers(grounds, "grounds", "事实和理由")
    return found + no_personal_numbers(claims, "claims", "请求")


def asking(text: str, asked_until: date | None) -> list[Violation]:
    """OBJ-61: what is asked for is written down, once at a time, without personal numbers."""
    found = no_personal_numbers(text, "reason", "补交要求")
    if asked_until is not None:
        wrong = f"已通知补交材料，期限至 {asked_until}"
        found.append(Violation("OBJ-61", wrong, remedy="收到材料后，仍有缺少的再通知", basis=SEED))
    return found


def more_papers(kinds: Sequence[str]) -> list[Violation]:
    """OBJ-42: what is handed in later is at least one paper, each of a known kind."""
    found = [] if kinds else [Violation("OBJ-42", "没有选择文件", "papers", "选择要补交的材料")]
    if any(kind not in PaperKind.values for kind in kinds):
        found.append(Violation("OBJ-42", "材料类别不正确", "papers", "选择规定的材料类别"))
    return found


def still_open(possible: bool, noun: str, state: str, remedy: str) -> list[Violation]:
    """CORE-04: papers are added while the matter is being dealt with."""
    if possible:
        return []
    return [Violation("CORE-04", f"{noun}处于“{state}”，不能再补交材料", remedy=remedy)]


def received(received_on: date, day: date) -> list[Violation]:
    """OBJ-44: the day of receipt is not ahead."""
    if received_on > day:
        return [
            Violation("OBJ-44", f"收到日 {received_on} 晚于办理日 {day}", "received_on", "按收文登记填写实际收到日期")
        ]
    return []


def identity(result: str, *, by_silence: bool = False) -> list[Violation]:
    """OBJ-45: nothing is accepted, or decided in the filer's favour, before an officer checked who he is."""
    if result == "passed":
        return []
    told = "申请人身份和授权核验不通过" if result == "failed" else "尚未核验申请人身份和授权"
    remedy = (
        "由窗口或答复单位人员核验证照、身份证件和授权委托书并登记" if result == "" else "补正后重新核验，或不予受理"
    )
    if by_silence:
        remedy += "；核验之前只能作出异议不成立的答复"
    return [Violation("OBJ-45", told, remedy=remedy, basis=CIVIL)]


def own_decision(actor_key: str, took_part: Collection[str], label: str) -> list[Violation]:
    """OBJ-46: nobody judges his own decision."""
    if actor_key not in took_part:
        return []
    return [
        Violation(
            "OBJ-46",
            f"本人曾经办或签发{label}，应当回避",
            remedy="由同一单位未参与原认定的人员办理",
            basis="公务员法第七十六条",
        )
    ]


def answer(outcome: str, text: str) -> list[Violation]:
    """OBJ-48: an answer has a result and its reasons."""
    found = []
    if outcome not in {Outcome.REJECTED, Outcome.UPHELD, Outcome.PARTLY_UPHELD}:
        found.append(Violation("OBJ-48", "未选择处理结果", "outcome", "选择成立、部分成立或不成立"))
    if not text.strip():
        found.append(Violation("OBJ-48", "未写明答复内容和理由", "answer_text", "逐项回应异议并写明理由和依据", SEED))
    return found + no_personal_numbers(text, "answer_text", "答复内容")


def extension(extended_on: date | None, due_on: date | None, day: date) -> list[Violation]:
    """OBJ-49: an answer may be put off once, before it is due."""
    if extended_on is not None:
        return [Violation("OBJ-49", f"已于 {extended_on} 延长，不能再次延长", remedy="在延长的期限内答复")]
    if due_on is not None and day > due_on:
        return [Violation("OBJ-49", f"答复期限 {due_on} 已过，不能再延长", "on", "尽快答复；申请人可以直接投诉")]
    return []


def forwarding(*, to_source: bool, forwards: bool) -> list[Violation]:
    """OBJ-50: what the source answers for is forwarded to it, and nothing else is."""
    if to_source and not forwards:
        return [
            Violation(
                "OBJ-50",
                "源名单的列入由其认定单位答复，本市不作实体处理",
                remedy="办理“转送源单位”，并把回执告知申请人",
                basis="国办发〔2020〕49号",
            )
        ]
    if forwards and not to_source:
        return [Violation("OBJ-50", "该异议应由本市答复，不能转送", remedy="按规定受理、答复", basis=SEED)]
    return []


def redetermination(*, has_clock: bool, complaint_open: bool) -> list[Violation]:
    """OBJ-51: a new determination follows a partly upheld answer about a listing, while no complaint is pending."""
    if not has_clock:
        return [Violation("OBJ-51", "该事项没有名单期限，不需重新认定", remedy="由答复单位办理“登记更正”")]
    if complaint_open:
        return [Violation("OBJ-51", "对该答复的投诉正在处理", remedy="待投诉处理后再重新认定")]
    return []


def correction(*, has_clock: bool, text: str) -> list[Violation]:
    """OBJ-51: what has no clock is corrected, and what was done is written down."""
    if has_clock:
        return [Violation("OBJ-51", "列入认定的结果已随答复生效", remedy="撤销无需另行更正；部分成立的办理“重新认定”")]
    if not text.strip():
        return [Violation("OBJ-48", "未写明更正情况", "correction", "写明更正了什么、何时更正")]
    return no_personal_numbers(text, "correction", "更正情况")
