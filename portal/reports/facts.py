"""What a credit report of a legal entity says: public facts only, in the sections readers know, no score, no grade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.digests import canonical
from core.digests import sm3 as digest
from core.identifiers import IdentifierType
from core.text import zh_day
from portal import measures, selectors
from publicity.enums import RecordKind
from publicity.selectors import public_record, records_of_subject
from repair.selectors import credit_notes, penalties_under_repair, under_repair
from subjects.marks import marks_of
from subjects.models import Subject
from subjects.selectors import codes_of, profile

VERSION = "1"
ISSUER = "广元市社会信用体系建设联席会议办公室"
TITLE = "公共信用信息报告"
ABOUT = "法人和非法人组织"
LABELS = {"incentive": "守信激励对象", "discipline": "失信惩戒对象"}
NOTES = (
    "本报告只列截至出具日仍在公示的事实，不打分、不评级；所载信息由各单位依法提供，谁提供、谁负责。",
    "标注“异议处理中，措施暂停执行”的，处理期间不得作为不予许可、扣分或从严的依据；标注“修复办理中”的，修复申请正在办理。",
    "已经移出、修复或者撤销的信息不再列出。对内容有异议的，可以向作出认定的单位提出，不收取任何费用。",
    "出具以后内容可能变化，使用前请以报告编号在核验页查询其现在的状态。",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a section: its heading, what is to be known of it in words (disputed, under repair), its facts."""

    title: str
    rows: list[tuple[str, str]]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section; an empty one says so in `empty`."""

    code: str
    title: str
    empty: str
    items: list[Item] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "title": self.title,
            "count": sum(bool(item.rows) for item in self.items),  # a remark on what is left out is no record
            "empty": self.empty,
            "items": [
                {"title": item.title, "mark": item.mark, "rows": [list(row) for row in item.rows]}
                for item in self.items
            ],
        }


MOST = 500  # of one kind; a report of more would be no reading matter
FURTHER = f"另有更早的记录，本报告只列最近的 {MOST} 条，全部见信用广元的主体页面"
LINES = {
    RecordKind.LICENCE.value: (
        ("document_title", "决定文书名称"),
        ("licence_kind", "许可类别"),
        ("certificate_name", "许可证书名称"),
        ("certificate_number", "许可编号"),
        ("content", "许可内容"),
        ("decided_on", "许可决定日期"),
        ("valid_from", "有效期自"),
        ("valid_to", "有效期至"),
        ("authority_name", "许可机关"),
        ("source_name", "数据来源单位"),
    ),
    RecordKind.PENALTY.value: (
        ("kinds", "处罚类别"),
        ("violation", "违法行为类型"),
        ("facts", "违法事实"),
        ("basis", "处罚依据"),
        ("content", "处罚内容"),
        ("fine", "罚款金额（万元）"),
        ("confiscated", "没收金额（万元）"),
        ("suspended_permit", "暂扣或吊销证照"),
        ("decided_on", "处罚决定日期"),
        ("authority_name", "处罚机关"),
        ("source_name", "数据来源单位"),
        ("last_public_day", "公示截止日"),
    ),
}
Gather = Callable[[Subject, date], list[Item]]
# In the order of the national report; a later package adds its records with `contribute`.
SECTIONS = {
    "administration": ("行政管理信息", "没有公示中的行政许可、行政处罚。"),
    "honesty": ("诚实守信信息", "不在本市守信激励名单上。"),
    "serious": ("严重失信信息", "不在本市失信惩戒名单上。"),
    "abnormal": ("经营异常信息", "本平台没有公示该主体的经营异常信息。"),
    "commitment": ("信用承诺信息", "本平台没有公示该主体的信用承诺。"),
    "evaluation": ("信用评价信息", "本平台没有公示该主体的行业信用评价。"),
    "judgment": ("司法判决信息", "本平台没有公示该主体的司法判决和执行信息。"),
    "other": ("其他信息", "没有其他信息。"),
}
_gatherers: dict[str, list[Gather]] = {code: [] for code in SECTIONS}


def contribute(code: str, gather: Gather) -> None:
    """Let an app put its public records into a section; KeyError for a section that the report does not have."""
    _gatherers[code].append(gather)


def facts_of(subject: Subject, day: date) -> dict[str, Any]:
    """Return everything that the report says except its number and time: equal facts give equal documents."""
    found = [
        Section(code, title, empty, [item for gather in _gatherers[code] for item in gather(subject, day)])
        for code, (title, empty) in SECTIONS.items()
    ]
    standing = {row.polarity for row in selectors.listings_of_subject(subject, day)}
    return as_document(_identity(subject), standing, found, about=ABOUT, notes=NOTES, demo=subject.is_demo)


def as_document(
    identity: dict[str, Any],
    standing: set[str],
    sections: Sequence[Section],
    *,
    about: str,
    notes: Sequence[str],
    demo: bool,
) -> dict[str, Any]:
    """Return what a report says as plain JSON values; standing: on which kinds of list its subject is."""
    return {
        "version": VERSION,
        "title": TITLE,
        "about": about,
        "issuer": ISSUER,
        "demo": demo,
        "subject": identity,
        "labels": [label for kind, label in LABELS.items() if kind in standing],
        "sections": [section.as_json() for section in sections],
        "notes": list(notes),
    }


def essence(facts: dict[str, Any]) -> str:
    """Return the digest of what is said of the subject, without the platform's own words around it.

    Two reports with one essence say the same of the subject, even where a notice was worded anew in between.
    """
    said = [[section["code"], section["items"]] for section in facts["sections"]]
    return digest(canonical([facts["subject"], facts["labels"], said]))


def _identity(subject: Subject) -> dict[str, Any]:
    record = profile(subject)
    code = codes_of({subject.pk})[subject.pk]
    former = [
        row.value for row in record.identifiers if row.type == IdentifierType.USCC and row.value and row.value != code
    ]
    rows = [
        ("统一社会信用代码" if code != subject.public_id else "公开编号", code),
        ("主体类型", subject.get_kind_display()),
        ("状态", subject.get_status_display()),
        ("成立日期", zh_day(subject.established_on)),
        ("法定代表人（负责人）", subject.legal_representative),
        ("住所", subject.address),
        ("登记机关", subject.registrar),
        ("行业", subject.industry),
        ("曾用名", "、".join(name.name for name in record.former_names)),
        ("曾用代码", "、".join(former)),
    ]
    mark = selectors.base_marks([subject.public_id]).get(subject.public_id, "")
    return {
        "name": subject.name,
        "code": code,
        "mark": mark,
        "rows": [[label, value] for label, value in rows if value],
    }


def _listed(polarity: str) -> Gather:
    def gather(subject: Subject, day: date) -> list[Item]:
        return listed([row for row in selectors.listings_of_subject(subject, day) if row.polarity == polarity])

    return gather


def listed(rows: Sequence[Any]) -> list[Item]:
    """Return these listings in words, marked where they are contested or under repair; a constant number of queries."""
    repairing = under_repair([row.pk for row in rows])
    tasks = [task.public_id for row in rows for task in row.tasks.all()]
    contested = {key: words for (_, key), words in marks_of({"measure": tasks}).items()}
    return [
        _item(row, shown, contested, repairing=row.pk in repairing)
        for row, shown in zip(rows, selectors.shown(rows), strict=True)
    ]


def _item(listing: Any, shown: dict[str, Any], contested: dict[str, str], *, repairing: bool) -> Item:
    names = "；".join(
        f"{row['name']}（{'、'.join(row['units'])}：{'、'.join(row['words'])}）"
        for row in measures.rows(listing, contested)
    )
    return Item(
        title=shown["entry"]["title"],
        mark=_together(shown["mark"], repairing=repairing),
        rows=[
            (label, value)
            for label, value in (
                ("认定单位", shown["decided_by"]),
                ("认定文书", shown["document"]),
                ("依据", shown["basis"]),
                ("期限", shown["period"]),
                ("状态", shown["state_label"]),
                ("起止和理由", shown["explanation"]),
                ("移出条件", shown["exit_terms"]),
                ("措施", names),
            )
            if value
        ],
    )


def disclosed(subject: Subject, day: date) -> list[Item]:
    """Return the licences and penalties that are public on the day, newest first, in the words of the portal."""
    found = []
    for kind in RecordKind.values:
        records = records_of_subject(subject, day, kind, MOST + 1)
        is_penalty = kind == RecordKind.PENALTY
        repairing = penalties_under_repair([record.pk for record in records]) if is_penalty else set()
        found += [_disclosure(record, repairing=record.pk in repairing) for record in records[:MOST]]
        if len(records) > MOST:
            found.append(Item(f"{RecordKind(kind).label}　{FURTHER}", []))
    return found


def _disclosure(record: Any, *, repairing: bool) -> Item:
    shown = public_record(record)
    return Item(
        title=f"{RecordKind(shown['kind']).label}　{shown['document_number']}",
        rows=[(label, words) for name, label in LINES[shown["kind"]] if (words := _words(name, shown[name]))],
        mark=_together(shown["mark"], repairing=repairing),
    )


def _together(mark: str, *, repairing: bool) -> str:
    """Return what stands beside a record in words: contested, under repair, or both."""
    return "，".join(filter(None, (mark, "修复办理中" if repairing else "")))


def noted(subject: Subject, day: date) -> list[Item]:
    """Return what the credit record says of repairs that were revoked for a false commitment, while the bar lasts."""
    return [
        Item(note["text"], [("记录单位", note["unit"]), ("记录日期", zh_day(note["on"]))])
        for note in credit_notes(subject, day)
    ]


def _words(name: str, value: object) -> str:
    if value is None:
        return "长期" if name == "valid_to" else ""
    return zh_day(value) if isinstance(value, date) else str(value)


contribute("administration", disclosed)
contribute("honesty", _listed("incentive"))
contribute("serious", _listed("discipline"))
contribute("other", noted)
