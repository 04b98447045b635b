"""Filing: what somebody hands in is registered with a number and a secret; who he is, is checked by an officer."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from cryptography.hazmat.primitives import hashes
from django.db import IntegrityError, transaction

from core import deadlines, following, personal, workflow
from core.actors import Actor, acting, settled_day
from core.deadlines import DueDay
from core.fields import new_public_id
from core.identifiers import IdentifierType, normalize
from core.masking import no_personal_numbers
from core.models import Attachment, PersonalIdentifier
from core.permissions import require
from core.problems import NotFound, Refused, Violation, refuse
from objections import checks, permissions, rules
from objections.enums import Answerer, Channel, IdentityResult, PaperKind, Relation
from objections.models import Complaint, Objection, ObjectionEvidence, TargetRoute
from objections.routing import answering_unit, route_on
from objections.services.accepting import accepted_silently, locked, silent_since
from objections.services.common import (
    ACCEPT_RULE,
    ANSWER_RULE,
    FORWARD_RULE,
    PAPERS_RULE,
    visible_objection,
)
from objections.standing import dispute_of
from objections.targets import Target, resolve
from objections.workflow import OBJECTION
from organizations.models import Organization
from sanctions.models import Listing
from sanctions.services.clocks import expect_pause
from subjects.identity import services as login
from subjects.models import Identifier, LoginProof, Subject
from subjects.selectors import canonical, family


@dataclass(frozen=True, slots=True)
class Filer:
    """Who files: name, relation to the subject, and his own number, which is kept encrypted."""

    name: str
    relation: str
    id_type: str = IdentifierType.ID_CARD
    id_number: str = ""
    phone: str = ""
    login: LoginProof | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that comes with a filing."""

    kind: str
    attachment: Attachment
    title: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What is filed: against what, by whom, why, and what for. subject_code: the code that the filer names, if any."""

    target_kind: str
    target_key: str
    filer: Filer
    grounds: str
    claims: str
    papers: Sequence[Paper] = field(default_factory=tuple)
    subject_code: str = ""
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the filer is told once: the number, and the secret by which he follows it. Only its digest is kept."""

    record: Objection | Complaint
    secret: str

    @property
    def number(self) -> str:
        return self.record.public_id


def digest(public_id: str, secret: str) -> str:
    """Return what is kept of a follow-up secret; 80 random bits need no slow hash."""
    hasher = hashes.Hash(hashes.SM3())
    hasher.update(f"{public_id}:{secret.strip().upper()}".encode())
    return hasher.finalize().hex()


def known_by(number: str, secret: str) -> Objection | None:
    """Return the objection of this number where the secret is its own; counts nothing, so only behind `following`."""
    plain = number.strip().upper()
    row = Objection.objects.filter(public_id=plain).first()
    kept = row.secret_digest if row else digest("", "")
    return row if hmac.compare_digest(kept, digest(plain, secret)) else None


def by_secret(number: str, secret: str) -> Objection:
    """Return the objection of this receipt number for who knows its secret; NotFound for everybody else alike.

    Raises Problem FOL-01 after wrong secrets in series.
    """
    return following.opened(number, lambda: known_by(number, secret), what="该编号和查询码对应的异议")


def channel_of(actor: Actor) -> str:
    if actor.kind == "applicant":
        return Channel.PUBLIC
    return Channel.WINDOW if "window" in actor.roles else Channel.UNIT


def _number_matches(subject: Subject, filer: Filer) -> bool | None:
    if filer.login is None and not filer.id_number:
        return None
    found = filer.login.identifier if filer.login else personal.find(filer.id_type, filer.id_number)
    return found is not None and Identifier.objects.filter(subject__in=family(subject), personal=found).exists()


def code_matches(subject: Subject, code: str) -> bool:
    """Tell whether the code the filer names is the subject's; none named is left to the officer's check."""
    plain = normalize(IdentifierType.USCC, code)
    if not plain:
        return True
    keys = family(subject)
    if Subject.objects.filter(pk__in=keys, public_id=plain).exists():
        return True
    return Identifier.objects.filter(subject__in=keys, value=plain).exists()


def filer_violations(subject: Subject, filer: Filer, code: str, papers: Sequence[Paper]) -> list[Violation]:
    """OBJ-40…42 of a filer: he is the subject or speaks for it, and a mandate comes with the paper."""
    found = checks.filer(
        checks.FilerFacts(
            name=filer.name,
            relation=filer.relation,
            subject_name=subject.name,
            subject_is_person=subject.is_person,
            legal_representative=subject.legal_representative,
            code_matches=code_matches(subject, code),
            number_matches=_number_matches(subject, filer),
        )
    )
    kinds = {paper.kind for paper in papers}
    if any(kind not in PaperKind.values for kind in kinds):
        found.append(Violation("OBJ-42", "材料类别不正确", "papers", "选择规定的材料类别"))
    found += login.agrees(filer.login, filer.name, "filer_name") if filer.relation != Relation.SELF else []
    needed = _papers_needed(filer.relation, subject, filer.login)
    # Without a mandate nobody speaks for another; the other papers may follow until the check.
    return found + checks.papers([kind for kind in needed if kind == PaperKind.MANDATE], kinds)


def _papers_needed(relation: str, subject: Subject, proof: LoginProof | None) -> tuple[str, ...]:
    return checks.papers_needed(
        relation,
        subject_is_person=subject.is_person,
        logged_in=proof is not None,
        bound=login.speaks_for(proof, subject),
    )


def protected(filer: Filer) -> dict[str, PersonalIdentifier]:
    """Return the columns that hold the filer's own numbers, encrypted in core."""
    found = {}
    if filer.login is not None:
        found["filer_identifier"] = filer.login.identifier
    elif filer.id_number:
        found["filer_identifier"] = personal.protect(filer.id_type, filer.id_number, field="id_number")
    if filer.phone:
        found["filer_phone"] = personal.protect_phone(filer.phone, field="phone")
    return found


def file_objection(*, actor: Actor, request: Request, on: date | None = None, reason: str = "") -> Receipt:
    """Register an objection, once per target while one is open; the terms run from the day of receipt.

    By the officer at the window, a unit's officer, or the applicant himself. Raises Refused OBJ-01…07 where nothing
    can be objected to now, OBJ-40 for a stranger, OBJ-41 without a mandate, OBJ-42 for an incomplete paper.
    Legal source: 实施方案 二（三）2.
    """
    require(actor, permissions.FILE)
    day = settled_day(actor, on, reason)
    target = resolve(request.target_kind, request.target_key)
    received_on = request.received_on or day
    route = route_on(target.kind, target.subject.kind, received_on)
    refuse(_incomplete(target, request, received_on, day))
    with acting(actor, "objection.file", reason=reason, on=day):
        if target.listing is not None:
            Listing.objects.select_for_update(of=("self",)).get(pk=target.listing.pk)
            target = resolve(request.target_kind, request.target_key)
        refuse(_may_file(target, received_on))
        objection, secret = _create(actor, request, target, route, day)
        keep_papers(objection, request.papers, day)
        workflow.begin(objection, OBJECTION, "file", actor=actor, on=day)
        rule = FORWARD_RULE if route.answerer == Answerer.FORWARDED else ACCEPT_RULE
        due = deadlines.open_deadline(objection, rule, event="收到异议", counts_from=received_on).due_on
        if rule == ACCEPT_RULE and target.listing is not None:
            expect_pause({target.listing.pk: due})
            target.listing.tacit_from = due
        if silent_since(objection, target, day):  # registered too late: it lay until silence had accepted it
            accepted_silently(objection, target, due)
    return Receipt(objection, secret)


def _incomplete(target: Target, request: Request, received_on: date, day: date) -> list[Violation]:
    found = filer_violations(canonical(target.subject), request.filer, request.subject_code, request.papers)
    return found + checks.content(request.grounds, request.claims) + checks.received(received_on, day)


def examine(request: Request, day: date) -> list[Violation]:
    """Return all that would be refused if this were filed on `day`, without keeping or locking anything.

    The papers need only their kinds. Raises Refused OBJ-43 where there is nothing of that key, Problem OBJ-56 where
    nobody answers for it.
    """
    target = resolve(request.target_kind, request.target_key)
    answering_unit(route_on(target.kind, target.subject.kind, day), target, day)
    return _may_file(target, day) + _incomplete(target, request, request.received_on or day, day)


def prospect(target: Target, day: date) -> tuple[Organization, list[Violation], dict[str, DueDay]]:
    """Return who would answer an objection filed on `day`, why it could not be filed, and what would be due when."""
    route = route_on(target.kind, target.subject.kind, day)
    codes = (FORWARD_RULE,) if route.answerer == Answerer.FORWARDED else (ACCEPT_RULE, ANSWER_RULE)
    due = {}
    for code in codes:
        rule = deadlines.rule_on(code, day)
        due[rule.name] = deadlines.compute(rule.unit, rule.count, day)
    return answering_unit(route, target, day), _may_file(target, day), due


def _may_file(target: Target, received_on: date) -> list[Violation]:
    found = rules.may_object(dispute_of(target), received_on)
    waiting = Objection.objects.filter(target_kind=target.kind, target_key=target.key, state="partly_upheld")
    if not found and waiting.exists():
        remedy = "对新的认定不服的，待其作出后提出；对答复不服的可投诉"
        found.append(Violation("OBJ-51", "异议部分成立，新的认定尚未作出", remedy=remedy, basis=rules.SEED))
    return found


def _create(actor: Actor, request: Request, target: Target, route: TargetRoute, day: date) -> tuple[Objection, str]:
    number, secret = new_public_id(), new_public_id()
    try:
        with transaction.atomic():
            row = Objection.objects.create(
                public_id=number,
                secret_digest=digest(number, secret),
                filer_name=request.filer.name.strip(),
                relation=request.filer.relation,
                **protected(request.filer),
                login=request.filer.login,
                channel=channel_of(actor),
                filed_by_key=actor.key,
                filed_unit_id=actor.unit_id,
                grounds=request.grounds.strip(),
                claims=request.claims.strip(),
                received_on=request.received_on or day,
                target_kind=target.kind,
                target_key=target.key,
                target_label=target.label[:300],
                subject=target.subject,
                listing=target.listing,
                answering_unit=answering_unit(route, target, day),
                initiating_unit=target.units.get(Answerer.INITIATING_UNIT),
                group=target.group,
                route=route,
                forwarded_to=target.forward_to,
            )
    except IntegrityError as error:  # two at once: the database lets one through
        if "objections_one_open" not in str(error):
            raise
        wrong = "同一事项刚刚收到另一件异议，不能重复提出"
        raise Refused([Violation("OBJ-02", wrong, remedy="补充的理由和证据可并入在办异议")]) from None
    return row, secret


def keep_papers(
    objection: Objection, papers: Sequence[Paper], day: date, complaint: Complaint | None = None
) -> list[ObjectionEvidence]:
    return ObjectionEvidence.objects.bulk_create(
        ObjectionEvidence(
            objection=objection,
            complaint=complaint,
            kind=paper.kind,
            title=(paper.title.strip() or paper.attachment.name)[:200],
            attachment=paper.attachment,
            added_on=day,
        )
        for paper in papers
    )


def add_papers(
    *, actor: Actor, objection: Objection, papers: Sequence[Paper], on: date | None = None, reason: str = ""
) -> list[ObjectionEvidence]:
    """Add papers to an objection that is still being dealt with; those handed in before stay as they are."""
    require(actor, permissions.FILE)
    if actor.kind != "applicant":
        objection = visible_objection(actor, objection)
    day = settled_day(actor, on, reason)
    refuse(checks.more_papers([paper.kind for paper in papers]))
    with acting(actor, "objection.papers", reason=reason, on=day):
        row, _ = locked(objection)
        open_to = ("received", "accepted", "drafted", "forwarded")
        refuse(checks.still_open(row.state in open_to, "异议", row.get_state_display(), "已答复的，可随投诉提交"))
        kept = keep_papers(row, papers, day)
        workflow.apply(row, OBJECTION, f"supply_{row.state}", actor=actor, reason=reason, on=day)
        deadlines.close_deadline(row, PAPERS_RULE, on=day, by="已补交")
        return kept


def check_identity(
    *, actor: Actor, objection: Objection, passed: bool, note: str, on: date | None = None, reason: str = ""
) -> Objection:
    """Record that an officer compared the filer with licence, identity card and mandate: before acceptance, or after
    silence has accepted.

    Raises Refused OBJ-41 where a paper that is needed for a pass is missing.
    """
    objection = visible_objection(actor, objection)
    day = settled_day(actor, on, reason)
    with acting(actor, "objection.check", reason=reason, on=day):
        row, target = locked(objection)
        refuse(identity_violations(row, target.subject, passed=passed, note=note, papers=row.papers.all(), day=day))
        name = "check_accepted" if row.state == "accepted" else "check_received"
        changes = identity_columns(actor, passed=passed, note=note, day=day)
        workflow.apply(row, OBJECTION, name, actor=actor, reason=note, on=day, changes=changes)
    return row


def renew_secret(*, actor: Actor, record: Objection | Complaint, reason: str) -> Receipt:
    """Give the filer a new follow-up secret at the counter, after his identity was checked; the old one is void.

    Raises Refused OBJ-45 before the identity check, CORE-07 without saying how he was recognised.
    """
    require(actor, permissions.CHECK)
    found: Objection | Complaint | None = type(record).objects.visible_to(actor).filter(pk=record.pk).first()
    if found is None:
        raise NotFound("该异议或投诉")
    missing = [Violation("CORE-07", "补发查询码必须写明如何核对身份", "reason", "填写核对的证件")]
    refuse(checks.identity(found.identity_result) + ([] if reason.strip() else missing))
    with acting(actor, "filing.renew_secret", reason=reason):
        row = type(record).objects.select_for_update(of=("self",)).get(pk=found.pk)
        secret = new_public_id()
        row.secret_digest = digest(row.public_id, secret)
        row.save(update_fields=["secret_digest"])
    return Receipt(row, secret)


def identity_violations(
    row: Objection | Complaint,
    subject: Subject,
    *,
    passed: bool,
    note: str,
    papers: Iterable[ObjectionEvidence],
    day: date,
) -> list[Violation]:
    found = no_personal_numbers(note, "note", "核验说明")
    if day < row.received_on:
        found.append(Violation("OBJ-44", f"核验日 {day} 早于收到日 {row.received_on}", "on", "按实际核验日期填写"))
    if not note.strip():
        found.append(Violation("OBJ-42", "未填写核验说明", "note", "写明核对了哪些证照、与何处登记一致"))
    if passed:
        needed = _papers_needed(row.relation, subject, row.login)
        found += checks.papers(needed, {paper.kind for paper in papers})
    return found


def identity_columns(actor: Actor, *, passed: bool, note: str, day: date) -> dict[str, object]:
    return {
        "identity_result": IdentityResult.PASSED if passed else IdentityResult.FAILED,
        "identity_checked_on": day,
        "identity_checked_by_key": actor.key,
        "identity_note": note.strip()[:300],
    }
