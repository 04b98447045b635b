"""Commands on tips and comments: hand in, pass on, answer, decline; show, refuse, hide."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError
from django.utils.crypto import salted_hmac

from core import clock, following, personal, workflow
from core.actors import Actor, acting
from core.fields import new_public_id
from core.masking import mask_text, no_personal_numbers
from core.models import Attachment
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from objections.services.filing import digest
from organizations.models import Organization
from organizations.selectors import in_force
from portal.editorial.enums import Kind
from portal.editorial.models import Article
from portal.permissions import MODERATE, TIP_ANSWER, TIP_CONTACT, TIP_FILE, TIP_FORWARD, TIP_RENEW
from portal.tips import rules
from portal.tips.models import CaseComment, Tip, TipFile
from portal.tips.rules import TipText
from portal.tips.workflow import COMMENT, TIP
from sanctions.models import Case

PUBLIC = replace(Actor.applicant("portal.tips", "网上提交人"), permissions=frozenset({TIP_FILE}))
SECRET_LENGTH = 20
LONGEST_ANSWER = 3_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the filer is told: the number, and the secret that opens it."""

    record: Any
    secret: str


def _secret_of(form: str) -> str:
    """Return the secret of a form: the same each time the same form is sent, so that a lost answer can be had again."""
    return salted_hmac("portal.tips.secret", form, algorithm="sha256").hexdigest()[:SECRET_LENGTH].upper()


def _form_digest(form: str) -> str:
    return salted_hmac("portal.tips.form", form, algorithm="sha256").hexdigest()


def file_tip(*, actor: Actor, tip: TipText, form: str, files: Sequence[Attachment] = ()) -> Receipt:
    """Take in a tip; the same form sent again gives the same receipt and nothing new.

    form: the random word of the page that is sent. Raises Refused TIP-01…TIP-05, CORE-11, ID-09 for the phone.
    """
    require(actor, TIP_FILE)
    held = Tip.objects.filter(form_digest=_form_digest(form)).first()
    if held is not None:
        return Receipt(held, _secret_of(form))
    clean = tip.stripped()
    refuse(rules.check_tip(clean, len(files)))
    number, secret = new_public_id(), _secret_of(form)
    try:
        with acting(actor, "tip.file") as act:
            record = Tip.objects.create(
                public_id=number,
                secret_digest=digest(number, secret),
                form_digest=_form_digest(form),
                about_name=clean.about_name,
                about_code=clean.about_code,
                text=clean.text,
                contact_name=clean.contact_name,
                phone=personal.protect_phone(clean.phone) if clean.phone else None,
                received_on=act.on,
            )
            TipFile.objects.bulk_create(TipFile(tip=record, attachment=file) for file in files)
            workflow.begin(record, TIP, "file", actor=actor)
    except IntegrityError:  # the same form came twice at once
        return Receipt(Tip.objects.get(form_digest=_form_digest(form)), secret)
    return Receipt(record, secret)


def tip_by_secret(number: str, secret: str) -> Tip:
    """Return the tip of this receipt number for who knows its secret; NotFound for everybody else alike.

    Raises Problem FOL-01 after wrong secrets in series.
    """
    plain = number.strip().upper()

    def known() -> Tip | None:
        row = Tip.objects.select_related("unit").filter(public_id=plain).first()
        kept = row.secret_digest if row else digest("", "")
        return row if hmac.compare_digest(kept, digest(plain, secret)) else None

    return following.opened(plain, known, what="该回执编号和查询码对应的线索")


def forward(*, actor: Actor, tip: Tip, unit: Organization, reason: str = "") -> Tip:
    """Pass a tip on to the unit that it concerns. Raises Refused TIP-21 for a unit that does not exist today."""
    own = _tip(actor, tip, TIP_FORWARD)
    if not in_force(unit, clock.today()):
        refuse([Violation("TIP-21", f"{unit.name}今天不存续", "unit", "选择承接其职责的单位")])
    with acting(actor, "tip.forward", reason=reason) as act:
        changes = {"unit": unit, "forwarded_on": act.on}
        return workflow.apply(own, TIP, "forward", actor=actor, reason=reason, changes=changes)


def send_back(*, actor: Actor, tip: Tip, reason: str) -> Tip:
    """Give a tip back that belongs to another unit."""
    own = _tip(actor, tip, TIP_ANSWER)
    with acting(actor, "tip.send_back", reason=reason):
        changes = {"unit": None, "forwarded_on": None}
        return workflow.apply(own, TIP, "send_back", actor=actor, reason=reason, changes=changes)


def decline(*, actor: Actor, tip: Tip, reason: str) -> Tip:
    """Decline a tip; the reason is what the filer reads. Raises Refused CORE-07 without one."""
    own = _tip(actor, tip, TIP_FORWARD)
    with acting(actor, "tip.decline", reason=reason) as act:
        changes = {"answer": reason.strip(), "answered_on": act.on}
        return workflow.apply(own, TIP, "decline", actor=actor, reason=reason, changes=changes)


def nominate(*, actor: Actor, tip: Tip, case: Case) -> Tip:
    """Note that the unit took the matter up in a case of its own; the tip itself lists nobody. Refused TIP-22."""
    own = _tip(actor, tip, TIP_ANSWER)
    if not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
        raise NotFound("该事项")
    if case.unit_id not in actor.unit_ids:
        refuse([Violation("TIP-22", "只能关联本单位发起的事项", "case", "由本单位依法立案后关联")])
    with acting(actor, "tip.nominate"):
        return workflow.apply(own, TIP, "nominate", actor=actor, changes={"case": case})


def answer(*, actor: Actor, tip: Tip, text: str) -> Tip:
    """Answer a tip; the filer reads the words as they stand. Raises Refused TIP-23, CORE-11."""
    own = _tip(actor, tip, TIP_ANSWER)
    words = text.strip()
    if not words or len(words) > LONGEST_ANSWER:
        refuse([Violation("TIP-23", f"答复应为 1 至 {LONGEST_ANSWER} 字", "text", "写明核查情况和处理结果")])
    refuse(no_personal_numbers(words, "text", "答复"))
    with acting(actor, "tip.answer") as act:
        changes = {"answer": mask_text(words), "answered_on": act.on}
        return workflow.apply(own, TIP, "answer", actor=actor, changes=changes)


def phone_of(*, actor: Actor, tip: Tip, reason: str) -> str:
    """Return the number that the filer left to be called at; who looked, when and why is recorded before it is shown."""
    own = _tip(actor, tip, TIP_CONTACT)
    if own.phone is None:
        raise NotFound("联系电话")
    looking = replace(actor, permissions=actor.permissions | {personal.REVEAL})
    with acting(actor, "tip.contact", reason=reason):
        return personal.reveal(own.phone, actor=looking, reason=reason)


def renew_secret(*, actor: Actor, tip: Tip, reason: str) -> Receipt:
    """Give the filer a new secret after he was recognised by what he left with the tip; the old one is void.

    Raises Refused TIP-24 where he left nothing, CORE-07 without saying how he was recognised.
    """
    own = _tip(actor, tip, TIP_RENEW)
    refuse(rules.renewal(reachable=bool(own.contact_name or own.phone_id), reason=reason))
    with acting(actor, "tip.renew_secret", reason=reason):
        row = Tip.objects.select_for_update().get(pk=own.pk)
        secret = new_public_id()
        row.secret_digest = digest(row.public_id, secret)
        row.save(update_fields=["secret_digest"])
    return Receipt(row, secret)


def _tip(actor: Actor, tip: Tip, permission: str) -> Tip:
    require(actor, permission)
    found = Tip.objects.visible_to(actor).filter(pk=tip.pk).first()
    if found is None:
        raise NotFound("该线索")
    return found


# --- comments --------------------------------------------------------------------------------------------------------


def file_comment(*, actor: Actor, article: Article, text: str, nickname: str = "", form: str) -> Receipt:
    """Take in a comment on a case that is public today; nobody sees it before an officer has passed it.

    Raises Refused TIP-01, TIP-11, TIP-12, CORE-11.
    """
    require(actor, TIP_FILE)
    held = CaseComment.objects.filter(form_digest=_form_digest(form)).first()
    if held is not None:
        return Receipt(held, _secret_of(form))
    words, signed = text.strip(), " ".join(nickname.split())
    found = rules.check_comment(words, signed)
    if not Article.objects.public_on(clock.today()).filter(pk=article.pk, kind=Kind.CASE).exists():
        found.append(Violation("TIP-11", "只能评论正在公开的典型案例", remedy="回到案例页面"))
    refuse(found)
    number, secret = new_public_id(), _secret_of(form)
    try:
        with acting(actor, "comment.file") as act:
            record = CaseComment.objects.create(
                public_id=number,
                secret_digest=digest(number, secret),
                form_digest=_form_digest(form),
                article=article,
                text=words,
                nickname=signed,
                received_on=act.on,
            )
            workflow.begin(record, COMMENT, "file", actor=actor)
    except IntegrityError:
        return Receipt(CaseComment.objects.get(form_digest=_form_digest(form)), secret)
    return Receipt(record, secret)


def show(*, actor: Actor, comment: CaseComment, reply: str = "") -> CaseComment:
    """Let the public read a comment, every personal number in it masked; a reply may stand below it."""
    own = _comment(actor, comment)
    words = reply.strip()
    with acting(actor, "comment.show") as act:
        changes = {"shown": mask_text(own.text), "reply": mask_text(words), "decided_on": act.on}
        return workflow.apply(own, COMMENT, "show", actor=actor, changes=changes)


def refuse_comment(*, actor: Actor, comment: CaseComment, reason: str) -> CaseComment:
    """Keep a comment from the public, with a reason."""
    own = _comment(actor, comment)
    with acting(actor, "comment.refuse", reason=reason) as act:
        changes = {"decided_on": act.on}
        return workflow.apply(own, COMMENT, "refuse", actor=actor, reason=reason, changes=changes)


def hide(*, actor: Actor, comment: CaseComment, reason: str) -> CaseComment:
    """Take a comment off the page again, with a reason."""
    own = _comment(actor, comment)
    with acting(actor, "comment.hide", reason=reason):
        return workflow.apply(own, COMMENT, "hide", actor=actor, reason=reason)


def _comment(actor: Actor, comment: CaseComment) -> CaseComment:
    require(actor, MODERATE)
    found = CaseComment.objects.visible_to(actor).filter(pk=comment.pk).first()
    if found is None:
        raise NotFound("该评论")
    return found
