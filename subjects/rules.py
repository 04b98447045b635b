"""What the law and the data standards allow for subjects: pure functions, no queries.

Each returns violations with a stable code: SUB-01 name, SUB-02 code of another kind, SUB-03 no identifier, SUB-04
identifier with an owner, SUB-05 minors, SUB-06 life event against the state, SUB-07 dates, SUB-08 merge, SUB-09 code
root, SUB-10 personal numbers, SUB-11 demo data, SUB-12 folded record, SUB-13 successors, SUB-14 birth date,
SUB-15 a citizen number in the place of a body's number, SUB-16 an end during a merge.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from core.identifiers import IdentifierType, holds_citizen_number, id_card_birth, kind_of_uscc, normalize, validate
from core.problems import Violation
from core.text import normalize_name
from subjects.enums import ENDED, LEGAL_ENTITY_KINDS, LifeEventKind, SubjectKind, SubjectStatus
from subjects.models import LifeEvent, Subject
from subjects.models.subject import DEMO_MARK, PERSON

ADULT_AGE = 18
DEMO_DIVISION = "510899"
CITIZEN_FORMS = frozenset({IdentifierType.ID_CARD.value, IdentifierType.RESIDENCE_PERMIT.value})
# Kinds that GB 32100 gives a prefix of their own; no other prefix fits them, and theirs fits nobody else.
_EXCLUSIVE = frozenset(
    {SubjectKind.ENTERPRISE.value, SubjectKind.INDIVIDUAL_BUSINESS.value, SubjectKind.PUBLIC_BODY.value}
)


def name_is_usable(name: str) -> list[Violation]:
    """SUB-01: a name has at least two letters or digits and at most 200 characters."""
    if len(normalize_name(name)) < 2:
        return [Violation("SUB-01", "名称至少要有两个字", "name", "按登记证照填写全称")]
    if len(name) > 200:
        return [Violation("SUB-01", f"名称最长 200 个字，实为 {len(name)} 个", "name", "按登记证照填写全称")]
    return []


def code_fits_kind(kind: str, code: str) -> list[Violation]:
    """SUB-02: the first two characters of a social credit code say what its holder is."""
    prefix = kind_of_uscc(code)
    label = SubjectKind(kind).label
    mend = "核对主体类型和统一社会信用代码，二者须与登记证照一致"
    basis = "GB 32100-2015 表1"
    if prefix is None:
        return [Violation("SUB-02", f"统一社会信用代码前两位“{code[:2]}”不在编码规则之内", "code", mend, basis)]
    fits = prefix.kind == kind if prefix.sure or {prefix.kind, kind} & _EXCLUSIVE else kind != PERSON
    if fits:
        return []
    detail = f"代码前两位“{prefix.code}”属于{prefix.label}，与所选主体类型“{label}”不符"
    return [Violation("SUB-02", detail, "code", mend, basis)]


def identifier_is_valid(kind: str, type_: str, value: str, *, on: date, field: str = "identifier") -> list[Violation]:
    """ID-01 … ID-08 of the number itself, SUB-02 for its kind, SUB-10 for the wrong sort of subject, SUB-15."""
    found = no_citizen_number(type_, value, field=field) or validate(type_, value, field=field, on=on)
    if found:
        return found
    personal = IdentifierType(type_).is_personal
    if personal != (kind == PERSON):
        detail = "法人和其他组织不能登记自然人证件号码" if personal else "自然人只能用自然人证件号码建档"
        return [Violation("SUB-10", detail, field, "核对主体类型和证照类型")]
    return code_fits_kind(kind, normalize(type_, value)) if type_ == IdentifierType.USCC else []


def no_citizen_number(type_: str, value: str, *, field: str = "identifier") -> list[Violation]:
    """SUB-15: whatever a number of a body is called, it is not kept where it is or contains a citizen number."""
    if type_ not in IdentifierType.values or IdentifierType(type_).is_personal:
        return []
    if not holds_citizen_number(type_, normalize(type_, value)):
        return []
    return [
        Violation(
            "SUB-15",
            f"填写的{IdentifierType(type_).label}是公民身份号码，或者含有公民身份号码的号段",
            field,
            "用统一社会信用代码；确为个人号码的不登记",
            "《个人信息保护法》第六条",
        )
    ]


def adult_on(birth: date) -> date:
    """Return the eighteenth birthday; of those born on 29 February it is 1 March, there is no such day that year."""
    try:
        return birth.replace(year=birth.year + ADULT_AGE)
    except ValueError:
        return date(birth.year + ADULT_AGE, 3, 1)


def is_minor(birth: date, on: date) -> bool:
    """Return whether the person is under eighteen on the day of the act."""
    return on < adult_on(birth)


def person_is_of_age(birth: date | None, on: date) -> list[Violation]:
    """SUB-05: minors are refused at every door, by their age on the day of the act."""
    if birth is None or not is_minor(birth, on):
        return []
    return [
        Violation(
            "SUB-05",
            f"当事人在办理日（{on}）未满十八周岁，不得纳入联合奖惩",
            "number",
            "不要建档或列入；未成年人信息由本单位依法另行保护",
            "《未成年人保护法》",
        )
    ]


def subject_is_of_age(subject: Subject, on: date) -> list[Violation]:
    """SUB-05 for somebody already on file; every other kind passes."""
    return person_is_of_age(subject.birth_on, on)


def birth_of(id_type: str, number: str, stated: date | None) -> tuple[date | None, list[Violation]]:
    """Return the birth date in the number, or the stated one where the number has none; SUB-14 where they disagree."""
    if id_type in CITIZEN_FORMS:
        born = id_card_birth(normalize(id_type, number))
        if stated is not None and stated != born:
            return born, [Violation("SUB-14", "填写的出生日期与证件号码不一致", "birth_on", "以证件为准")]
        return born, []
    if stated is None:
        return None, [
            Violation("SUB-14", "该类证件不含出生日期，须另行填写", "birth_on", "按证件填写出生日期，用于核验是否成年")
        ]
    return stated, []


def day_has_come(day: date | None, today: date, *, field: str = "on", label: str = "日期") -> list[Violation]:
    """SUB-07: nothing is recorded before it happens."""
    if day is None or day <= today:
        return []
    return [Violation("SUB-07", f"{label} {day} 晚于今天 {today}", field, "事项生效后再登记")]


def not_before(day: date, earliest: date | None, what: str) -> list[Violation]:
    """SUB-07: a life event does not precede what it follows."""
    if earliest is None or day >= earliest:
        return []
    return [Violation("SUB-07", f"发生日期 {day} 早于{what} {earliest}", "on", "核对登记机关出具的日期")]


def record_is_open(subject: Subject) -> list[Violation]:
    """SUB-12: a duplicate that was folded into another record is not written to."""
    if subject.canonical_id is None:
        return []
    return [Violation("SUB-12", "该档案已并入另一档案", "subject", "在保留档案上办理；并错的先撤销合并")]


def event_fits(subject: Subject, event: LifeEventKind) -> list[Violation]:
    """SUB-06: which events can happen to this kind of subject in its present state; SUB-12 for a folded record."""
    found = record_is_open(subject)
    person_only, entity_only = event == LifeEventKind.DEATH, event not in (LifeEventKind.DEATH, LifeEventKind.RENAME)
    if (person_only and not subject.is_person) or (entity_only and subject.is_person):
        detail = f"{subject.get_kind_display()}不发生“{event.label}”"
        found.append(Violation("SUB-06", detail, "subject", "核对主体类型和变动类型"))
    elif ends_already(subject, event):
        status = SubjectStatus(subject.status).label
        found.append(
            Violation("SUB-06", f"该主体已于 {subject.status_on} {status}，不能再登记“{event.label}”", "subject",
                      "核对登记机关信息")
        )  # fmt: skip
    return found


def successors_fit(predecessors: Iterable[Subject], successors: Iterable[Subject]) -> list[Violation]:
    """SUB-13: in a merger or split the parties are distinct legal entities and there is at least one of each."""
    before, after = list(predecessors), list(successors)
    if not before or not after:
        return [Violation("SUB-13", "合并、分立须写明原主体和承继主体", "successor", "补充相对主体")]
    found = [
        Violation("SUB-13", "自然人不能作为合并、分立的一方", "successor", "核对相对主体")
        for subject in (*before, *after)
        if subject.is_person
    ][:1]
    if {s.pk for s in before} & {s.pk for s in after}:
        found.append(Violation("SUB-13", "承继主体与原主体不能是同一主体", "successor", "核对相对主体"))
    return found


def can_fold(source: Subject, target: Subject) -> list[Violation]:
    """SUB-08: duplicates are two open records of one kind; a person and an entity are never one subject."""
    mend = "核对两份档案；确属不同主体的不要合并"
    found: list[Violation] = []
    if source.pk == target.pk:
        return [Violation("SUB-08", "不能把档案并入它自己", "target", mend)]
    if source.is_person != target.is_person:
        found.append(Violation("SUB-08", "自然人与法人（或其他组织）不能合并为一个主体", "target", mend))
    elif source.kind != target.kind:
        found.append(
            Violation(
                "SUB-08",
                f"两份档案主体类型不同（{source.get_kind_display()}、{target.get_kind_display()}）",
                "target",
                mend,
            )
        )
    for subject, where in ((source, "source"), (target, "target")):
        if subject.canonical_id is not None:
            found.append(Violation("SUB-08", f"“{subject}”已并入另一档案", where, "在保留档案上办理"))
    if source.is_demo != target.is_demo:
        found.append(Violation("SUB-08", "演示数据与真实档案不能合并", "target", mend))
    return found


def ends_already(subject: Subject, event: LifeEventKind) -> bool:
    """Return whether the subject is past what this event would do to it."""
    return subject.status in ENDED or (
        event == LifeEventKind.LICENCE_REVOKED and subject.status != SubjectStatus.ACTIVE
    )


def end_is_settled(ended: Iterable[LifeEvent]) -> list[Violation]:
    """SUB-16: where the kept record ended meanwhile, parting says whether the duplicate ended with it."""
    return [
        Violation(
            "SUB-16",
            f"合并期间保留档案已于 {event.on} {LifeEventKind(event.kind).label}，须写明重复档案是否同样发生该变动",
            "source_ended",
            "向登记机关核实：同样发生的选“是”，一并登记；没有发生的选“否”，因此终止的措施由原单位重新办理",
        )
        for event in ended
    ]


def codes_do_not_clash(source_codes: set[str], target_codes: set[str]) -> list[Violation]:
    """SUB-08: two different valid social credit codes mean two subjects."""
    if not source_codes or not target_codes or source_codes & target_codes:
        return []
    return [
        Violation(
            "SUB-08",
            "两份档案各有现行有效的统一社会信用代码，按代码属于两个主体",
            "target",
            "其中一个代码已停用的，先登记停用日期；合并、分立请用主体变动登记",
        )
    ]


def code_root(type_: str, value: str) -> str | None:
    """Return the eight characters that all codes of one body share, or None where a number has no such root."""
    if type_ == IdentifierType.USCC:
        return value[8:16]
    if type_ == IdentifierType.ORG_CODE:
        return value[:8]
    if type_ == IdentifierType.TAX_NUMBER and len(value) == 15 and not value.isdigit():
        return value[6:14]
    return None


def demo_data_says_so(name: str, codes: Iterable[str], *, is_demo: bool) -> list[Violation]:
    """SUB-11: demo names carry 示例 and demo codes the division that does not exist; real data carries neither."""
    mend = "演示数据只由演示程序生成"
    divisions = [code[2:8] == DEMO_DIVISION for code in codes]
    if is_demo and DEMO_MARK not in name:
        return [Violation("SUB-11", "演示数据的名称必须含“示例”", "name", mend)]
    if is_demo and not all(divisions):
        return [Violation("SUB-11", f"演示数据的代码须使用不存在的区划 {DEMO_DIVISION}", "code", mend)]
    if not is_demo and any(divisions):
        return [Violation("SUB-11", f"区划 {DEMO_DIVISION} 不存在，只用于演示数据", "code", mend)]
    return []


def is_legal_entity(kind: str) -> bool:
    """Return whether the kind is one that search may show."""
    return kind in LEGAL_ENTITY_KINDS
