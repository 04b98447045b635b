"""What a filing is about, as the public may know it: who answers, by when, and what stands in the way today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.problems import Problem, Violation
from objections.enums import TargetKind
from objections.models import Objection
from objections.services import complaints, filing
from objections.targets import Target, resolve
from organizations.selectors import office_group
from portal.online.models import Service
from portal.selectors import listings_of_subject
from publicity.models import Penalty
from publicity.selectors import find_public
from repair import navigator
from repair.known import Known
from repair.matters import matter_about
from repair.selectors import penalties_of
from repair.services import filing as applying
from sanctions.consulting import shown_in_public
from sanctions.models import ExecutionTask, Listing
from sanctions.selectors import public_listings
from subjects.models import Subject
from subjects.selectors import code_of

STATES = ("pending", "in_force", "paused", "ended")
# What the public pages show of each kind; a matter of any other kind is named by its number alone.
WORDS = {
    "listing": "对这项列入提出异议",
    "disclosure": "对这条公示信息提出异议",
    "base_record": "要求更正基础信息",
    "measure": "对措施的实施提出异议",
    "facts": "对认定的事实提出异议",
    "repair_refusal": "对不予修复提出异议",
    "reward": "对激励不予或取消提出异议",
    "source_list": "对源名单记录提出异议",
}


_NONE = Problem(
    "NOT-FOUND", "没有这个编号的记录", status=404, title="未找到", remedy="按决定书或者公示页面上的编号填写"
)


@dataclass(frozen=True, slots=True)
class Due:
    """A term that would run: its name and the day on which it would end."""

    name: str
    on: date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter in public words. code: the subject's, where everybody may know it; "" has to be told by the filer.

    obstacles: why it cannot be filed today; guide: the navigator's, for a repair.
    """

    service: str
    kind: str
    key: str
    heading: str
    label: str
    name: str = ""
    code: str = ""
    person: bool = False
    unit: str = ""
    dues: tuple[Due, ...] = ()
    obstacles: tuple[Violation, ...] = ()
    guide: Any = None
    listing: Any = field(default=None, repr=False)

    @property
    def possible(self) -> bool:
        return not self.obstacles


def public_listing_row(public_id: str, day: date) -> Listing | None:
    """Return a listing that public pages show, or showed until it ended; None for a person's and for hidden ones."""
    return public_listings(day, states=STATES).filter(public_id=public_id).first()


def is_public(kind: str, key: str, day: date) -> bool:
    """Tell whether everybody may know of this target."""
    if kind == TargetKind.LISTING:
        return public_listing_row(key, day) is not None
    if kind == TargetKind.DISCLOSURE:
        return find_public(day, key) is not None
    if kind == TargetKind.BASE_RECORD:
        found = Subject.objects.filter(public_id=key, is_provisional=False).exclude(kind="natural_person")
        return found.exists()
    if kind == TargetKind.MEASURE:
        task = ExecutionTask.objects.filter(public_id=key).select_related("listing").first()
        return task is not None and public_listing_row(task.listing.public_id, day) is not None
    if kind == TargetKind.SOURCE_LIST:
        return shown_in_public().filter(public_id=key).exists()
    return False


def matter(service: str, kind: str, key: str, day: date) -> Matter:
    """Return the matter of a draft or of a page where one begins; Problem where there is none."""
    if service == Service.REPAIR:
        return _repair(kind, key, day)
    if service == Service.COMPLAINT:
        return _complaint(key, day)
    return objection(kind, key, day)


def objection(kind: str, key: str, day: date) -> Matter:
    """Return what may be objected to; Refused OBJ-43 where there is nothing of that kind and key."""
    target = resolve(kind, key)
    known = is_public(kind, key, day)
    unit, found, dues = filing.prospect(target, day)
    return Matter(
        service=Service.OBJECTION,
        kind=kind,
        key=key,
        heading=WORDS[kind],
        label=target.label if known else f"编号 {key} 所载事项",
        name=_name(target) if known else "",
        code=code_of(target.subject) if known else "",
        person=target.subject.is_person,
        unit=unit.name if known else "",
        dues=tuple(Due(name, due.due_on, due.provisional) for name, due in dues.items()),
        obstacles=tuple(found) if known else (),
    )


def _name(target: Target) -> str:
    return str(target.subject.name)


def _complaint(number: str, day: date) -> Matter:
    row = Objection.objects.filter(public_id=number).select_related("subject").get()
    found = complaints.examine(row, complaints.Appeal("-", "-"), day)
    return Matter(
        service=Service.COMPLAINT,
        kind="objection",
        key=number,
        heading="对异议答复不服，向联席会议办公室投诉",
        label=f"异议 {number}：{row.get_target_kind_display()}",
        unit=f"联席会议办公室（{office_group().lead_unit.name}）",
        obstacles=tuple(found),
    )


def _repair(kind: str, key: str, day: date) -> Matter:
    if kind == TargetKind.DISCLOSURE:
        penalty = public_penalty(key, day)
        if penalty is None:
            raise _NONE
        return repair_of(penalty, day)
    shown = public_listing_row(key, day)
    if shown is not None:
        return repair_of(shown, day)
    row = Listing.objects.filter(public_id=key).select_related("subject").first()
    if row is None:
        raise _NONE
    label, person = f"编号 {key} 的名单记录", row.subject.is_person
    return Matter(Service.REPAIR, TargetKind.LISTING, key, "申请信用修复", label, person=person)


def public_penalty(public_id: str, day: date) -> Penalty | None:
    """Return a penalty that is public on the day."""
    found = find_public(day, public_id)
    return found if isinstance(found, Penalty) else None


def repairs_of(subject: Subject, day: date) -> tuple[list[Matter], list[Matter]]:
    """Return the repairs of a subject's public listings and penalties; a constant number of queries."""
    rows = [row for row in listings_of_subject(subject, day) if row.polarity == "discipline"]
    penalties = penalties_of(subject, day)
    if not (rows or penalties):
        return [], []
    known = Known(subject, rows, penalties, day)
    found = [repair_of(row, day, known) for row in (*rows, *penalties)]
    return found[: len(rows)], found[len(rows) :]


def repair_of(record: Listing | Penalty, day: date, known: Known | None = None) -> Matter:
    """Return the repair of a public listing, or of a public penalty, with what the navigator says of it."""
    about = matter_about(record, known)
    guide = navigator.guide_of(about, day)
    obstacles = tuple(applying.obstacles(about, day))
    if not guide.possible and not obstacles:
        obstacles = (Violation("REP-01", guide.next_step, remedy="按上面的下一步办理"),)
    listing = record if isinstance(record, Listing) else None
    return Matter(
        service=Service.REPAIR,
        kind=TargetKind.LISTING if listing is not None else TargetKind.DISCLOSURE,
        key=record.public_id,
        heading="申请信用修复" if listing is not None else "申请终止公示",
        label=about.heading,
        name=about.subject.name,
        code=known.code if known else code_of(about.subject),
        unit=guide.unit,
        dues=(Due("答复", guide.answer_by),) if guide.answer_by else (),
        obstacles=obstacles,
        guide=guide,
        listing=listing,
    )
