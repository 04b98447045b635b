"""The documents of objections and complaints: what each says, for print, for the message and for the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from core import deadlines
from core.models import TransitionRecord
from core.text import zh_day
from objections.enums import Outcome, TargetKind
from objections.models import AnsweredObjection, Complaint, Objection
from objections.workflow import COMPLAINT, OBJECTION
from organizations.models import Organization

Record = Objection | Complaint
PAUSED = "自受理之日起，相关联合惩戒措施暂停执行，不得作为不予许可、扣分或从严的依据。"
KINDS = {
    "objection.receipt": "异议收件回执",
    "objection.acceptance": "异议受理通知书",
    "objection.asking": "补交异议材料通知书",
    "objection.refusal": "异议不予受理通知书",
    "objection.forwarding": "异议转送告知书",
    "objection.extension": "延长异议答复告知书",
    "objection.answer": "异议答复书",
    "objection.moot": "异议终结告知书",
    "complaint.receipt": "投诉收件回执",
    "complaint.acceptance": "投诉受理通知书",
    "complaint.asking": "补交投诉材料通知书",
    "complaint.refusal": "投诉不予受理通知书",
    "complaint.ruling": "投诉处理决定书",
    "complaint.moot": "投诉终结告知书",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One document: its name, number, addressee, paragraphs, who issues it and when."""

    kind: str
    title: str
    number: str
    to: str
    paragraphs: tuple[str, ...]
    issuer: str
    on: date


def zh(day: date | None) -> str:
    return zh_day(day) or "　年　月　日"


def numbered(word: str, year: int, number: int | None, unit: Organization) -> str:
    """Return the platform's document number, such as 广信异受〔2026〕1号（市人社局）; each unit counts its own."""
    return f"广信{word}〔{year}〕{number}号（{unit.short_name}）" if number else ""


def _unit(record: Record) -> Organization:
    return record.answering_unit if isinstance(record, Objection) else record.unit


def _reason(record: Record, act: str) -> TransitionRecord | None:
    table = OBJECTION if isinstance(record, Objection) else COMPLAINT
    return TransitionRecord.objects.filter(workflow=table.name, object_id=record.pk, transition=act).last()


def _due(record: Record, code: str) -> date | None:
    aggregate = AnsweredObjection(pk=record.pk) if code == "OBJ-T04" else record
    row = deadlines.deadlines_of(aggregate).filter(rule__code=code).last()
    return row.due_on if row else None


def _objection_of(record: Record) -> Objection:
    return record if isinstance(record, Objection) else record.objection


def _issuer(record: Record) -> str:
    return record.answering_unit.name if isinstance(record, Objection) else "广元市社会信用体系建设联席会议办公室"


def _word(record: Record) -> str:
    return "异议" if isinstance(record, Objection) else "投诉"


def _opening(record: Record) -> str:
    objection = _objection_of(record)
    return f"你（单位）就{objection.subject.name}“{objection.target_label}”提出的{_word(record)}已于{zh(record.received_on)}收到。"


def _receipt(record: Record) -> tuple[str, date, tuple[str, ...]]:
    code = "OBJ-T08" if isinstance(record, Objection) and record.route.answerer == "forwarded" else "OBJ-T01"
    due = _due(record, code if isinstance(record, Objection) else "OBJ-T05")
    silent = isinstance(record, Objection) and code == "OBJ-T01"
    return (
        record.public_id,
        record.received_on,
        (
            _opening(record),
            f"我单位将在{zh(due)}前决定是否受理" + ("；逾期未作决定的，视为受理。" if silent else "。"),
            "请凭回执编号和查询码查询办理情况。查询码只在登记时告知一次。",
        ),
    )


def _acceptance(record: Record) -> tuple[str, date, tuple[str, ...]] | None:
    if record.accepted_on is None or record.acceptance_number is None:  # silence without a record has no paper yet
        return None
    if isinstance(record, Complaint):
        return _accepted(record, record.accepted_on, _due(record, "OBJ-T06"))
    return _accepted(record, record.accepted_on, _due(record, "OBJ-T03") or _due(record, "OBJ-T02"))


def _accepted(record: Record, accepted_on: date, due: date | None) -> tuple[str, date, tuple[str, ...]]:
    objection = _objection_of(record)
    word = "异受" if isinstance(record, Objection) else "诉受"
    silent = "（期限届满未作决定，视为受理）" if isinstance(record, Objection) and record.by_silence else ""
    effect = PAUSED if objection.listing_id else "办理期间，该事项标注“异议中”。"
    return (
        numbered(word, accepted_on.year, record.acceptance_number, _unit(record)),
        accepted_on,
        (
            _opening(record),
            f"经审查，自{zh(accepted_on)}起受理{silent}。{effect}",
            f"答复期限至{zh(due)}。",
        ),
    )


def _refusal(record: Record) -> tuple[str, date, tuple[str, ...]] | None:
    refused = _reason(record, "decline")
    if refused is None:
        return None
    told = (
        _opening(record),
        f"经审查，不予受理。理由：{refused.reason}",
        "对不予受理不服的，可以依法申请行政复议或者提起行政诉讼。",
    )
    return record.public_id, refused.legal_on, told


def _forwarding(record: Record) -> tuple[str, date, tuple[str, ...]] | None:
    if not isinstance(record, Objection) or record.forwarded_on is None:
        return None
    done = _reason(record, "forward")
    told = (
        _opening(record),
        f"该记录由{record.forwarded_to}认定，依法由其处理。我单位已于{zh(record.forwarded_on)}转送"
        f"（{done.reason if done else ''}），由其依法答复；本市措施以其处理结果为准。",
    )
    return record.public_id, record.forwarded_on, told


def _extension(record: Record) -> tuple[str, date, tuple[str, ...]] | None:
    if not isinstance(record, Objection) or record.extended_on is None:
        return None
    done = _reason(record, "extend")
    told = (
        _opening(record),
        f"因{done.reason if done else ''}，答复期限延长至{zh(_due(record, 'OBJ-T03'))}。逾期未答复的，可以直接向联席会议办公室投诉。",
    )
    return record.public_id, record.extended_on, told


def _asking(record: Record) -> tuple[str, date, tuple[str, ...]] | None:
    asked = asked_for(record)
    if asked is None:
        return None
    told = (
        _opening(record),
        f"请补交：{asked.reason}",
        f"补交期限至{zh(_due(record, 'OBJ-T12'))}，可以凭回执编号和查询码网上补交，也可以到窗口提交。逾期未交的，按已有材料办理。",
    )
    return record.public_id, asked.legal_on, told


def asked_for(record: Record) -> TransitionRecord | None:
    """Return the latest request for more papers; its reason is what is missing."""
    table = OBJECTION if isinstance(record, Objection) else COMPLAINT
    asked = TransitionRecord.objects.filter(workflow=table.name, object_id=record.pk, transition__startswith="ask_")
    return asked.order_by("pk").last()


EFFECTS = {
    Outcome.REJECTED: "暂停的措施自本答复之日恢复执行，暂停期间顺延。",
    Outcome.UPHELD: "撤销该认定，自始无效；各实施单位停止实施并恢复原状。",
    Outcome.PARTLY_UPHELD: "在作出新的认定之前，措施继续暂停执行。",
}


def _answer(record: Record) -> tuple[str, date, tuple[str, ...]] | None:
    if record.answered_on is None:
        return None
    objection = _objection_of(record)
    outcome = Outcome(record.outcome)
    effect = EFFECTS[outcome] if objection.listing_id else "需要更正的，由答复单位更正后另行告知。"
    if objection.target_kind == TargetKind.REPAIR_REFUSAL:
        effect = f"{record.correction}。" if record.correction else "原决定继续有效。"
    told = [_opening(record), f"经核查，{_word(record)}{outcome.label}。{record.answer_text}", effect]
    if isinstance(record, Complaint):
        told.append(record.remedies)
    elif outcome != Outcome.UPHELD:
        told.append(f"对本答复不服的，可以在{zh(_due(record, 'OBJ-T04'))}前向联席会议办公室投诉。")
    word = "异复" if isinstance(record, Objection) else "诉决"
    return numbered(word, record.answered_on.year, record.answer_number, _unit(record)), record.answered_on, tuple(told)


# Why a matter ended without an answer, as `objections.services.closing` words it, and what the party is told of it.
MOOT = {
    "所异议的认定已经撤销": (
        "所涉认定已于{day}撤销，自始无效，相关措施停止实施并恢复原状。",
        "对恢复原状有异议的，可以向实施单位提出；造成损失的，可以依法申请国家赔偿。",
    ),
    "所异议的公示已经撤下": ("所涉公示信息已于{day}撤下，不再公示。", "对变更后的决定有异议的，可以另行提出。"),
    "当事人已经死亡": ("经登记，当事人已于{day}死亡，针对其本人的措施自该日起终止。",),
}


def _moot(record: Record) -> tuple[str, date, tuple[str, ...]] | None:
    ended = _reason(record, "moot")
    if ended is None:
        return None
    why, *further = MOOT.get(ended.reason, MOOT["所异议的认定已经撤销"])
    told = (
        _opening(record),
        f"{why.format(day=zh(ended.legal_on))}{_word(record)}没有需要继续处理的内容，程序终结。",
        *further,
    )
    return record.public_id, ended.legal_on, told


Maker = Callable[[Record], tuple[str, date, tuple[str, ...]] | None]
_MAKERS: dict[str, Maker] = {
    "receipt": _receipt,
    "acceptance": _acceptance,
    "asking": _asking,
    "refusal": _refusal,
    "forwarding": _forwarding,
    "extension": _extension,
    "answer": _answer,
    "ruling": _answer,
    "moot": _moot,
}


def letter(record: Record, kind: str) -> Letter | None:
    """Return the document of this kind, such as `objection.answer`, or None where there is none yet."""
    app, _, name = kind.partition(".")
    if kind not in KINDS or (app == "objection") != isinstance(record, Objection):
        return None
    made = _MAKERS[name](record)
    if made is None:
        return None
    return _document(record, kind, made)


def acceptance_of(objection: Objection, due: date) -> Letter:
    """Return the notice of an acceptance under way, whose answer is due that day; asks nothing of the database."""
    if objection.accepted_on is None:
        raise ValueError(objection.public_id)
    return _document(objection, "objection.acceptance", _accepted(objection, objection.accepted_on, due))


def _document(record: Record, kind: str, made: tuple[str, date, tuple[str, ...]]) -> Letter:
    number, on, paragraphs = made
    return Letter(kind, KINDS[kind], number, record.filer_name, paragraphs, _issuer(record), on)


def letters(record: Record) -> list[Letter]:
    """Return every document that exists of a record, in order."""
    found = [letter(record, kind) for kind in KINDS]
    return sorted((row for row in found if row is not None), key=lambda row: row.on)
