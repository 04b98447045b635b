"""Filing: who may apply, with what, through which channel; identity; withdrawal."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core import deadlines, following, personal, workflow
from core.actors import Actor, acting, settled_day
from core.masking import no_personal_numbers
from core.models import Attachment, PersonalIdentifier
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from organizations.models import Organization
from publicity.models import Penalty
from repair import checks, rules
from repair.enums import CountsFrom, Kind, MaterialKind, State, Via
from repair.matters import Matter, matter_about
from repair.models import Application, Material
from repair.terms import Terms, with_city_channel
from repair.workflow import APPLICATION
from sanctions.models import Listing
from subjects.identity import services as login
from subjects.models import Identifier, LoginProof, Subject
from subjects.selectors import canonical, family

ACCEPT_RULE, VERIFY_RULE, ANSWER_RULE, EXTENSION_RULE = "REP-T01", "REP-T02", "REP-T03", "REP-T04"
MATERIAL_RULE = "REP-T07"
RUNNING = (ACCEPT_RULE, VERIFY_RULE, ANSWER_RULE, EXTENSION_RULE, MATERIAL_RULE)
MOST_MATERIALS = 20
COMMITMENT = (
    "本申请人承诺：所提交的材料真实、合法、有效；失信行为已经纠正，行政处罚或者其他法律文书确定的义务已经履行完毕；"
    "今后依法诚信经营、守法履约。如承诺不实或者故意不履行承诺，愿意承担相应责任，接受撤销修复、恢复公示和限制再次申请。"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of an application: of which kind, its title, and the attachment that was stored."""

    kind: str
    title: str
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class Submission:
    """What an applicant hands in. `commitment` is the text signed; a commitment file stands for it as well."""

    applicant_name: str
    applicant_role: str
    statement: str
    commitment: str = ""
    id_type: str = ""
    id_number: str = ""
    login: LoginProof | None = None
    corrected_on: date | None = None
    materials: Sequence[Piece] = ()
    channel: str = ""
    kind: str = Kind.LEAVE_LIST


@dataclass(frozen=True, slots=True)
class Filed:
    """The application, and the secret that follows it; the secret is told once and kept by nobody here."""

    application: Application
    secret: str


def digest_of(secret: str) -> str:
    return hashlib.sha256(b"repair follow-up\x00" + secret.encode()).hexdigest()


def known_by(receipt: str, secret: str) -> Application | None:
    """Return the application of this receipt where the secret is its own; counts nothing: only behind `following`."""
    found = Application.objects.filter(public_id=receipt).first()
    kept = found.secret_digest if found is not None else digest_of("")
    return found if hmac.compare_digest(kept, digest_of(secret)) and secret else None


def followed(receipt: str, secret: str) -> Application:
    """Return the application of a receipt and its secret; NotFound alike for a false number and a false secret.

    Raises Problem FOL-01 after wrong secrets in series.
    """
    return following.opened(receipt, lambda: known_by(receipt, secret), what="该回执编号和查询码对应的修复申请")


def apply(
    *,
    actor: Actor,
    submission: Submission,
    listing: Listing | None = None,
    penalty: Penalty | None = None,
    on: date | None = None,
    reason: str = "",
) -> Filed:
    """Receive an application for one listing, or for one published penalty; returns it with the secret that follows
    it, told only now.

    By a window, by the handling unit, or by the applicant himself. All that is missing or forbidden is named at once:
    REP-01…REP-10 for the record, its term, a bar or an open application, REP-05 for the channel, REP-40…REP-43 for
    kind, correction and applicant. Legal source: 实施方案 二（三）1; 国办发〔2025〕22号.
    """
    require(actor, "repair.application.file")
    day = settled_day(actor, on, reason)
    with acting(actor, "repair.file", reason=reason, on=day):
        matter = named(listing, penalty).locked()
        number = _known_number(submission)
        refuse(_violations(matter, submission, number, day))
        secret = secrets.token_urlsafe(15)
        unit = matter.unit(day)
        application = Application.objects.create(
            kind=matter.kind,
            **matter.columns,
            subject=matter.subject,
            channel=matter.terms().channel,
            unit=unit,
            received_by_unit_id=actor.unit_id,
            via=_via(actor, matter.decider()),
            applicant_name=submission.applicant_name.strip(),
            applicant_role=submission.applicant_role,
            applicant_number=number or _new_number(submission),
            login=submission.login,
            statement=submission.statement.strip(),
            commitment=submission.commitment.strip(),
            corrected_on=submission.corrected_on,
            received_on=day,
            secret_digest=digest_of(secret),
            state=State.RECEIVED,
        )
        _attach(application, submission.materials, day)
        workflow.begin(application, APPLICATION, "file", actor=actor, on=day)
        deadlines.open_deadline(application, ACCEPT_RULE, event="收到申请", counts_from=day)
        deadlines.open_deadline(application, ANSWER_RULE, event="收到申请", counts_from=day)
    return Filed(application, secret)


def named(listing: Listing | None, penalty: Penalty | None) -> Matter:
    """Return the one matter that is named; a service call names exactly one."""
    record = listing or penalty
    if record is None or (listing is not None and penalty is not None):
        raise ValueError("an application is about one listing or one penalty")
    return matter_about(record)


def examine(record: Listing | Penalty, submission: Submission, day: date) -> list[Violation]:
    """Return all that would be refused if this were filed on `day`, without keeping or locking anything."""
    return _violations(matter_about(record), submission, _known_number(submission), day)


def obstacles(matter: Matter, day: date) -> list[Violation]:
    """Return what stands in the way of any application about it on `day`, whoever applies and with what."""
    return rules.may_apply(matter.facts(day), _law(matter.terms()), day, rules.Filing(evidence=True, commitment=True))


def _law(terms: Terms) -> rules.RepairTerms:
    """Return what the rules compare; where the term counts from the correction, that is judged apart."""
    law = with_city_channel(terms.law)
    if terms.counts_from != CountsFrom.CORRECTION:
        return law
    return rules.RepairTerms(law.repairable, 0, law.channel, law.text, law.basis)


def _via(actor: Actor, decider: Organization) -> str:
    if actor.kind != "officer":
        return Via.ONLINE
    return Via.UNIT if decider.pk in actor.unit_ids else Via.WINDOW


def _known_number(submission: Submission) -> PersonalIdentifier | None:
    if submission.login is not None:
        return submission.login.identifier
    if not submission.id_number.strip() or not submission.id_type:
        return None
    return personal.find(submission.id_type, submission.id_number)


def _new_number(submission: Submission) -> PersonalIdentifier | None:
    """Keep the number of an applicant who was not known yet: encrypted, apart from the application."""
    if not submission.id_number.strip() or not submission.id_type:
        return None
    return personal.protect(submission.id_type, submission.id_number, field="applicant_number")


def _number_matches(subject: Subject, submission: Submission, number: PersonalIdentifier | None) -> bool | None:
    if submission.login is None and not submission.id_number.strip():
        return None
    return number is not None and Identifier.objects.filter(subject__in=family(subject), personal=number).exists()


def _violations(
    matter: Matter, submission: Submission, number: PersonalIdentifier | None, day: date
) -> list[Violation]:
    kinds = {piece.kind for piece in submission.materials}
    facts, terms = matter.facts(day), matter.terms()
    corrected = terms.counts_from == CountsFrom.CORRECTION
    filing = rules.Filing(
        evidence=MaterialKind.PERFORMANCE in kinds,
        commitment=bool(submission.commitment.strip()) or MaterialKind.COMMITMENT in kinds,
    )
    found = checks.kind_fits(submission.kind, matter.kind)
    found += rules.may_apply(facts, _law(terms), day, filing)
    found += checks.channel(submission.channel, terms.channel)
    first = terms.first_day(matter.starts_on, submission.corrected_on)
    found += checks.correction(corrected, submission.corrected_on, first, terms.law.minimum_months, day)
    subject = canonical(matter.subject)
    found += checks.applicant(
        checks.ApplicantFacts(
            name=submission.applicant_name,
            role=submission.applicant_role,
            subject_name=subject.name,
            subject_is_person=subject.is_person,
            representative=subject.legal_representative,
            number_matches=_number_matches(subject, submission, number),
            materials=kinds,
            bound=login.speaks_for(submission.login, subject),
        )
    )
    found += login.agrees(submission.login, submission.applicant_name, "applicant_name")
    found += checks.statement(submission.statement)
    found += no_personal_numbers(submission.statement, "statement", "申请理由")
    found += no_personal_numbers(submission.commitment, "commitment", "信用承诺")
    found += no_personal_numbers(submission.applicant_name, "applicant_name", "申请人姓名")
    return found + _piece_violations(submission.materials)


def _piece_violations(pieces: Sequence[Piece]) -> list[Violation]:
    found = []
    if len(pieces) > MOST_MATERIALS:
        found.append(Violation("REP-43", f"材料超过 {MOST_MATERIALS} 份", "materials", "合并后提交"))
    if any(piece.kind not in MaterialKind.values or not piece.title.strip() for piece in pieces):
        found.append(Violation("REP-43", "材料没有名称或者种类", "materials", "逐份填写名称、选择种类"))
    return found + no_personal_numbers("\n".join(piece.title for piece in pieces), "materials", "材料名称")


def _attach(application: Application, pieces: Sequence[Piece], day: date) -> None:
    Material.objects.bulk_create(
        Material(
            application=application,
            kind=piece.kind,
            title=piece.title.strip()[:200],
            attachment=piece.attachment,
            added_on=day,
        )
        for piece in pieces
    )


def visible_application(actor: Actor, application: Application) -> Application:
    """Return the application when the actor may know of it, else NotFound: existence is not told to strangers."""
    found = (
        Application.objects.visible_to(actor)
        .filter(pk=application.pk)
        .select_related(
            "unit",
            "subject__canonical",
            "listing__determination",
            "penalty__authority",
            "penalty__unit",
            "received_by_unit",
        )
        .first()
    )
    if found is None:
        raise NotFound("该修复申请")
    return found


def concerned_application(actor: Actor, application: Application) -> Application:
    """Return the application for who received or handles it; who only sees it does not act on it (REP-52)."""
    found = visible_application(actor, application)
    if actor.unit_ids.isdisjoint({found.unit_id, found.received_by_unit_id}):
        wrong = f"该申请由收件窗口和{found.unit.name}办理"
        refuse([Violation("REP-52", wrong, remedy=f"由收件窗口或者{found.unit.name}的人员办理")], status=403)
    return found


def add_material(
    *, actor: Actor, application: Application, piece: Piece, on: date | None = None, reason: str = ""
) -> Material:
    """Add a file to an application that is not answered yet: as `add_materials`, for one."""
    return add_materials(actor=actor, application=application, pieces=[piece], on=on, reason=reason)[0]


def add_materials(
    *, actor: Actor, application: Application, pieces: Sequence[Piece], on: date | None = None, reason: str = ""
) -> list[Material]:
    """Add files to an application that is not answered yet, by the applicant himself, the window or the handling unit.

    What the unit had asked for counts as supplied. Raises Refused REP-43 without a file, or once it is verified.
    """
    require(actor, "repair.application.file")
    if actor.kind != "applicant":  # who holds receipt and secret has shown that it is his
        application = concerned_application(actor, application)
    day = settled_day(actor, on, reason)
    with acting(actor, "repair.add_material", reason=reason, on=day):
        locked = Application.objects.select_for_update().get(pk=application.pk)
        problems = _piece_violations(pieces)
        if not pieces:
            problems.append(Violation("REP-43", "没有选择文件", "materials", "选择要补充的材料"))
        if locked.state not in {State.RECEIVED, State.ACCEPTED, State.FORWARDED}:
            problems.append(
                Violation("REP-43", f"申请“{locked.get_state_display()}”，不再收取材料", remedy="另行申请时提交")
            )
        refuse(problems)
        _attach(locked, pieces, day)
        workflow.apply(locked, APPLICATION, f"supply_{locked.state}", actor=actor, reason=reason, on=day)
        deadlines.close_deadline(locked, MATERIAL_RULE, on=day, by="已补充")
        return list(locked.materials.order_by("pk"))[-len(pieces) :]


def check_identity(
    *, actor: Actor, application: Application, note: str, on: date | None = None, reason: str = ""
) -> Application:
    """Record that an officer checked the applicant's identity and mandate against the originals or the register."""
    require(actor, "repair.application.check")
    found = concerned_application(actor, application)
    day = settled_day(actor, on, reason)
    problems = checks.not_before(day, found.received_on, "REP-49", "核验", "收到申请")
    if not note.strip():
        problems.append(Violation("REP-44", "未填写核验情况", "note", "写明核对了哪些证照、授权文书"))
    if found.identity_checked_on is not None:
        problems.append(Violation("REP-44", "身份已经核验", remedy="无需重复核验"))
    refuse(problems + no_personal_numbers(note, "note", "核验情况"))
    with acting(actor, "repair.check_identity", reason=reason, on=day):
        changes = {"identity_checked_on": day, "identity_note": note.strip()}
        workflow.apply(found, APPLICATION, "check_identity", actor=actor, reason=reason, on=day, changes=changes)
    return found


def renew_secret(*, actor: Actor, application: Application, on: date | None = None, reason: str = "") -> Filed:
    """Give an applicant who lost the secret a new one, after his identity was checked; the old one opens nothing.

    Raises Refused REP-44 before the identity check, CORE-07 without saying to whom it was given.
    """
    require(actor, "repair.application.check")
    found = concerned_application(actor, application)
    day = settled_day(actor, on, reason)
    problems = checks.identity_checked(found.identity_checked_on)
    if not reason.strip():
        problems.append(Violation("CORE-07", "补发查询码必须写明交给何人、怎样核对", "reason", "填写后重新提交"))
    refuse(problems)
    secret = secrets.token_urlsafe(15)
    with acting(actor, "repair.renew_secret", reason=reason, on=day):
        locked = Application.objects.select_for_update().get(pk=found.pk)
        locked.secret_digest = digest_of(secret)
        locked.save(update_fields=["secret_digest"])
    return Filed(locked, secret)


def withdraw(*, actor: Actor, application: Application, on: date | None = None, reason: str = "") -> Application:
    """Withdraw an application before it is signed: the applicant himself, or an officer at his written request."""
    if actor.kind != "applicant":  # who holds receipt and secret has shown that it is his
        application = concerned_application(actor, application)
    day = settled_day(actor, on, reason)
    with acting(actor, "repair.withdraw", reason=reason, on=day):
        workflow.apply(application, APPLICATION, "withdraw", actor=actor, reason=reason, on=day)
        deadlines.close_deadlines(Application, [application.pk], *RUNNING, on=day, by="申请撤回")
    return application
