"""Handing a draft in: looked over first by the rules that will judge it, then filed through the house's services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from core import clock, personal
from core.actors import Actor
from core.attachments import store
from core.attachments.holding import open_held
from core.models import Attachment
from core.problems import Problem, Refused, Violation
from objections import permissions as objecting
from objections.enums import TargetKind
from objections.models import Objection
from objections.services import complaints, filing
from objections.services.filing import Filer, Paper, Request
from portal.online import drafts
from portal.online.drafts import Content, Filed
from portal.online.matters import public_penalty
from portal.online.models import Draft, Service
from publicity.models import Penalty
from repair.enums import Kind
from repair.permissions import PUBLIC
from repair.services import filing as applying
from repair.services.filing import COMMITMENT, Piece, Submission
from sanctions.models import Listing
from subjects.identity import services as login
from subjects.models import LoginProof

OBJECTOR = objecting.applicant("public", "申请人（网上提交）")
APPLICANT = Actor("applicant", "repair.public", "当事人（网上申请）", permissions=PUBLIC)


@dataclass(frozen=True, slots=True)
class Handed:
    """One file of a draft: its kind, name, and the attachment, empty while it is only looked over."""

    kind: str
    name: str
    attachment: Attachment


class _LookedOver(Exception):
    """Takes back what looking over has written."""


def looked_over(draft: Draft, content: Content) -> list[Violation]:
    """Return everything for which this draft would be refused today; keeps nothing, and uses no login up."""
    files = [Handed(row.kind, row.name, Attachment()) for row in draft.files.all()]
    found: list[Violation] = []
    try:
        with transaction.atomic():  # the login's proof and the numbers are tried out and taken back
            found = _examined(draft, content, files, clock.today())
            raise _LookedOver
    except _LookedOver:
        return found
    except Refused as refusal:
        return list(refusal.errors)
    except Problem as problem:
        return [Violation(problem.code, problem.detail, problem.field, problem.remedy)]


def _examined(draft: Draft, content: Content, files: Sequence[Handed], day: date) -> list[Violation]:
    proof = login.prove(content["login"]) if content.get("login") else None
    if draft.service == Service.COMPLAINT:
        return complaints.examine(_objection(draft), _appeal(content, files), day)
    wrong = _numbers(content)
    if draft.service == Service.REPAIR:
        return wrong + applying.examine(_record(draft, content, day), _submission(draft, content, files, proof), day)
    return wrong + filing.examine(_request(draft, content, files, proof), day)


def _numbers(content: Content) -> list[Violation]:
    """Return what is wrong with the numbers themselves; they are written only to be taken back."""
    tried: list[Callable[[], Any]] = []
    if content.get("id_number"):
        tried.append(lambda: personal.protect(content.get("id_type", ""), content["id_number"], field="id_number"))
    if content.get("phone"):
        tried.append(lambda: personal.protect_phone(content["phone"], field="phone"))
    found: list[Violation] = []
    for attempt in tried:
        try:
            attempt()
        except Refused as refusal:
            found += refusal.errors
    return found


def hand_in(draft: Draft) -> Draft:
    """File the draft once and return it with its number; a second call returns the same filing.

    Raises what the services refuse; the draft and its files then stay as they are.
    """
    return drafts.file_once(draft, _filed)


def _filed(draft: Draft, content: Content) -> Filed:
    actor = APPLICANT if draft.service == Service.REPAIR else OBJECTOR
    files = [Handed(row.kind, row.name, _attached(row, actor)) for row in draft.files.all()]
    proof = login.prove(content["login"]) if content.get("login") else None
    if draft.service == Service.COMPLAINT:
        receipt = complaints.file_complaint(actor=actor, objection=_objection(draft), appeal=_appeal(content, files))
        return Filed(receipt.number, receipt.secret)
    if draft.service == Service.REPAIR:
        record = _record(draft, content, clock.today())
        listing, penalty = (record, None) if isinstance(record, Listing) else (None, record)
        submission = _submission(draft, content, files, proof)
        applied = applying.apply(actor=actor, listing=listing, penalty=penalty, submission=submission)
        return Filed(applied.application.receipt, applied.secret)
    receipt = filing.file_objection(actor=actor, request=_request(draft, content, files, proof))
    return Filed(receipt.number, receipt.secret)


def _attached(row: Any, actor: Actor) -> Attachment:
    try:
        with open_held(row.path) as held:
            return store(held, actor=actor, name=row.name)
    except FileNotFoundError:
        wrong = f"文件“{row.name}”已经不在"
        raise Problem("ATT-06", wrong, status=409, field="files", remedy="移除后重新上传这份文件") from None


def _objection(draft: Draft) -> Objection:
    return Objection.objects.get(public_id=draft.about_key)


def _record(draft: Draft, content: Content, day: date) -> Listing | Penalty:
    """Return the listing or the public penalty; who names another subject's code is told that it is not this record's."""
    row: Listing | Penalty | None
    if draft.about_kind == TargetKind.DISCLOSURE:
        row = public_penalty(draft.about_key, day)
    else:
        row = Listing.objects.select_related("subject").filter(public_id=draft.about_key).first()
    if row is None or not filing.code_matches(row.subject, content.get("subject_code", "")):
        wrong = Violation("REP-42", "所填代码不是该记录主体的代码", "subject_code", "核对决定书上的主体代码和记录编号")
        raise Refused([wrong])
    return row


def _appeal(content: Content, files: Sequence[Handed]) -> complaints.Appeal:
    return complaints.Appeal(content.get("grounds", ""), content.get("claims", ""), papers=_papers(files))


def _papers(files: Sequence[Handed]) -> tuple[Paper, ...]:
    return tuple(Paper(row.kind, row.attachment, row.name) for row in files)


def _request(draft: Draft, content: Content, files: Sequence[Handed], proof: LoginProof | None) -> Request:
    return Request(
        target_kind=draft.about_kind,
        target_key=draft.about_key,
        filer=Filer(
            content.get("filer_name", ""),
            content.get("relation", ""),
            content.get("id_type", ""),
            content.get("id_number", ""),
            content.get("phone", ""),
            proof,
        ),
        grounds=content.get("grounds", ""),
        claims=content.get("claims", ""),
        papers=_papers(files),
        subject_code=content.get("subject_code", ""),
    )


def _submission(draft: Draft, content: Content, files: Sequence[Handed], proof: LoginProof | None) -> Submission:
    given = content.get("corrected_on", "")
    return Submission(
        applicant_name=content.get("applicant_name", ""),
        applicant_role=content.get("applicant_role", ""),
        id_type=content.get("id_type", ""),
        id_number=content.get("id_number", ""),
        login=proof,
        statement=content.get("statement", ""),
        commitment=COMMITMENT if content.get("commitment") else "",
        corrected_on=_day(given),
        materials=[Piece(row.kind, row.name, row.attachment) for row in files],
        kind=Kind.END_DISCLOSURE if draft.about_kind == TargetKind.DISCLOSURE else Kind.LEAVE_LIST,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        wrong = Violation("REP-41", f"“{text[:20]}”不是日期", "corrected_on", "日期应形如 2026-03-02")
        raise Refused([wrong]) from None
