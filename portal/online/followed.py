"""A filing as its own filer sees it: state, terms, letters, what is asked of him, and what he may do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django.core import signing
from django.db import transaction

from core import clock, following
from core.actors import Actor
from core.attachments import store
from core.deadlines import deadlines_of
from core.models import Deadline
from core.problems import Problem
from objections import selectors as objections
from objections.models import AnsweredObjection, Complaint, Objection
from objections.rules import may_withdraw, may_withdraw_complaint
from objections.services import answering, complaints, filing
from objections.services.filing import Paper
from objections.standing import as_it_stands, dispute_on
from objections.targets import resolve
from portal.online.handing_in import APPLICANT, OBJECTOR
from repair import navigator
from repair import selectors as repairs
from repair.matters import matter_of
from repair.models import Application
from repair.services import filing as applying
from repair.services.filing import Piece
from repair.workflow import APPLICATION
from subjects.delivery import services as delivery
from subjects.delivery.selectors import messages_about
from supervision.asked import Told, asked_about

SALT, OPEN_FOR = "portal.follow", 45 * 60
Record = Objection | Complaint | Application
NOT_OPEN = Problem(
    "FOL-02",
    "查询已经关闭，请重新输入编号和查询码",
    status=403,
    title="请重新查询",
    remedy="为保护你的信息，打开 45 分钟后自动关闭",
)
SUPPLYING = {"received", "accepted", "forwarded", "drafted"}
STUDIED = {"received", "accepted", "convened", "drafted"}  # a complaint to which papers may be added


def opened(number: str, secret: str) -> Record:
    """Return what this number and secret open, of whatever kind; NotFound for all others alike, FOL-01 after guessing."""
    plain, given = number.strip().upper(), secret.strip()

    def find() -> Record | None:
        if (objection := filing.known_by(plain, given)) is not None:
            return objection
        if (complaint := complaints.known_by(plain, given)) is not None:
            return complaint
        return applying.known_by(plain, given)

    return cast("Record", following.opened(plain, find, what="该编号和查询码对应的事项"))


def _digest_of(record: Record) -> str:
    return str(record.secret_digest)[:24]


def pass_of(record: Record) -> str:
    """Return a signed pass for this record: good for a while, void once its secret is renewed."""
    return signing.dumps({"n": record.public_id, "s": _digest_of(record)}, salt=SALT)


def by_pass(number: str, given: str) -> Record:
    """Return the record that the pass opens; Problem FOL-02 where it opens none any more."""
    try:
        told = signing.loads(given, salt=SALT, max_age=OPEN_FOR)
    except signing.BadSignature:
        raise NOT_OPEN from None
    plain = number.strip().upper()
    record: Record | None = (
        Objection.objects.filter(public_id=plain).first()
        or Complaint.objects.filter(public_id=plain).first()
        or Application.objects.filter(public_id=plain).first()
    )
    if record is None or told.get("n") != plain or told.get("s") != _digest_of(record):
        raise NOT_OPEN
    return record


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows. dues: running and met terms, each with why; may: the acts that are possible now."""

    number: str
    heading: str
    about: str
    state: str
    next_step: str
    facts: tuple[tuple[str, Any], ...]
    texts: tuple[tuple[str, str], ...]
    dues: tuple[Deadline, ...]
    asked: tuple[dict[str, Any], ...]
    letters: tuple[Any, ...]
    papers: tuple[tuple[str, str, Any], ...]
    may: frozenset[str]
    listing: Any = None
    others: tuple[tuple[str, str, str], ...] = ()
    settled: bool = field(default=False)


def shown(record: Record) -> Shown:
    """Return everything about the record for its filer; a constant number of queries."""
    if isinstance(record, Application):
        return _application(record)
    return _objection(record) if isinstance(record, Objection) else _complaint(record)


def _dues(*records: Any) -> tuple[Deadline, ...]:
    rows = [row for record in records for row in deadlines_of(record)]
    return tuple(sorted(rows, key=lambda row: (row.closed_on is not None, row.due_on)))


def _papers(rows: Iterable[Any]) -> tuple[tuple[str, str, Any], ...]:
    return tuple((row.get_kind_display(), row.title, row.added_on) for row in rows)


def _objection(row: Objection) -> Shown:
    view, day = objections.public_view(row), clock.today()
    row = as_it_stands(row, day)
    dispute = dispute_on(resolve(row.target_kind, row.target_key), day)
    may = {
        "supply": row.state in SUPPLYING,
        "withdraw": row.state in SUPPLYING and not may_withdraw(dispute, day),
        "complain": not complaints.examine(row, complaints.Appeal("-", "-"), day),
    }
    return Shown(
        number=row.public_id,
        heading="异议",
        about=f"{view['target']}：{row.target_label}",
        state=view["state_label"],
        next_step=view["next_step"],
        facts=(
            ("答复单位", view["answering_unit"]),
            ("收到", row.received_on),
            ("身份核验", view["identity"]),
            ("受理", row.accepted_on),
            ("答复", row.answered_on),
        ),
        texts=_told(
            ("理由", view["reason"]),
            ("答复内容", view["answer"]),
            ("源单位答复", view["source_answer"]),
            ("更正或重新认定", view["correction"]),
        ),
        dues=_dues(row, AnsweredObjection(pk=row.pk)),
        asked=tuple(view["asked"]),
        letters=tuple(messages_about(row)),
        papers=_papers(row.papers.filter(complaint=None)),
        may=frozenset(name for name, possible in may.items() if possible),
        listing=row.listing,
        others=tuple(("投诉", one["number"], one["state_label"]) for one in view["complaints"]),
        settled=row.closed_on is not None,
    )


def _told(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((label, text) for label, text in pairs if text)


def _complaint(row: Complaint) -> Shown:
    view = objections.public_complaint(row)
    dispute = dispute_on(resolve(row.objection.target_kind, row.objection.target_key), clock.today())
    may = {
        "supply": row.state in STUDIED,
        "withdraw": row.closed_on is None and not may_withdraw_complaint(dispute, clock.today()),
    }
    return Shown(
        number=row.public_id,
        heading="投诉",
        about=f"对异议 {row.objection.public_id} 的答复",
        state=view["state_label"],
        next_step=view["next_step"],
        facts=(
            ("办理单位", f"联席会议办公室（{row.unit.name}）"),
            ("收到", row.received_on),
            ("身份核验", view["identity"]),
            ("受理", row.accepted_on),
            ("处理", row.answered_on),
        ),
        texts=_told(
            ("处理决定", view["answer"]), ("进一步救济途径", view["remedies"]), ("更正或重新认定", view["correction"])
        ),
        dues=_dues(row),
        asked=tuple(view["asked"]),
        letters=tuple(messages_about(row)),
        papers=_papers(row.papers.all()),
        may=frozenset(name for name, possible in may.items() if possible),
        listing=row.objection.listing,
        settled=row.closed_on is not None,
    )


def _application(row: Application) -> Shown:
    view = repairs.followed_state(row)
    guide = navigator.guide_of(matter_of(row), clock.today())
    table = {name.name: name.sources for name in APPLICATION.transitions}
    may = {
        "supply": row.state in {"received", "accepted", "forwarded"},
        "withdraw": row.state in table["withdraw"],
        "object": row.state in {"rejected", "declined"},
    }
    return Shown(
        number=row.public_id,
        heading="信用修复申请",
        about=f"{view['kind_label']}：{row.heading}",
        state=view["state_label"],
        next_step=guide.next_step,
        facts=(
            ("办理单位", view["unit"]),
            ("办理渠道", view["channel_label"]),
            ("收到", row.received_on),
            ("身份核验", "已核验" if row.identity_checked_on else "尚未核验"),
            ("受理", row.accepted_on),
            ("答复", row.answered_on),
            ("公布", row.published_on),
        ),
        texts=_told(
            ("答复理由", view["answer"]),
            ("来源渠道的结果", view["source_result"] or ""),
            ("不服的救济途径", view["remedies"] or ""),
        ),
        dues=_dues(row),
        asked=tuple(view["asked"]),
        letters=tuple(messages_about(row)),
        papers=_papers(row.materials.all()),
        may=frozenset(name for name, possible in may.items() if possible),
        listing=row.listing,
        settled=row.state in {"published", "rejected", "declined", "withdrawn", "moot", "revoked"},
    )


def readers(record: Record) -> Told | None:
    """Return which units asked about the filer's own body, once the unit has checked who he is; None for anybody else.

    A person asks at the window only, where papers and person are seen together (ADR 0033).
    """
    subject = record.objection.subject if isinstance(record, Complaint) else record.subject
    if isinstance(record, Application):
        proved = record.identity_checked_on is not None
    else:
        proved = record.identity_result == "passed"
    if not proved or subject is None or subject.is_person:
        return None
    return asked_about(subject, clock.today())


def actor_for(record: Record) -> Actor:
    return APPLICANT if isinstance(record, Application) else OBJECTOR


def withdraw(record: Record, reason: str) -> None:
    """Withdraw at the filer's own wish, by the service of its kind."""
    if isinstance(record, Application):
        applying.withdraw(actor=APPLICANT, application=record, reason=reason)
    elif isinstance(record, Objection):
        answering.withdraw_objection(actor=OBJECTOR, objection=record, reason=reason)
    else:
        complaints.withdraw_complaint(actor=OBJECTOR, complaint=record, reason=reason)


def supply(record: Record, uploads: Iterable[Any], kind: str) -> int:
    """Add files to what was filed, by the service of its kind; returns how many. All of them or none."""
    actor = actor_for(record)
    with transaction.atomic():
        kept = [store(upload, actor=actor) for upload in uploads]
        if isinstance(record, Application):
            pieces = [Piece(kind, row.name, row) for row in kept]
            applying.add_materials(actor=actor, application=record, pieces=pieces)
            return len(kept)
        papers = [Paper(kind, row, row.name) for row in kept]
        if isinstance(record, Complaint):
            complaints.add_papers(actor=actor, complaint=record, papers=papers)
        else:
            filing.add_papers(actor=actor, objection=record, papers=papers)
    return len(kept)


def confirm_letter(record: Record, number: str) -> None:
    """Record that the filer has opened a letter, which proves its service; only where his identity was checked."""
    known = record.identity_checked_on if isinstance(record, Application) else record.identity_result == "passed"
    message = messages_about(record).filter(public_id=number).first()
    if message is not None and known:
        delivery.mark_opened(actor=actor_for(record), message=message)
