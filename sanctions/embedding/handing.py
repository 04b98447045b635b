"""Handing a check over to its page: one sealed question, one address that opens once, one answer for one origin.

The address is 256 random bits, of which only a digest is kept, and says nothing of the subject. What is to be checked
stays here, sealed, until the page is opened, and is emptied then; the check is made when a person sees it (ADR 0033).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from django.core import signing
from django.db.models import Count

from core import clock, sealed_text
from core.actors import Actor, acting
from core.masking import no_personal_numbers
from core.permissions import require
from core.problems import NotFound, Problem, Refused, refuse
from organizations.enums import ClientScope
from organizations.models import ApiClient
from organizations.selectors import actor_for_client
from sanctions.checks import rows
from sanctions.checks.services import ask
from sanctions.embedding import origins, rules
from sanctions.models import Check, CheckPage

GOOD_FOR = timedelta(minutes=5)
FEEDBACK_SECONDS = 30 * 60
SALT = "sanctions.check_page"
CHECKS, FEEDBACK = (f"scope.{scope.value}" for scope in (ClientScope.CHECKS, ClientScope.FEEDBACK))
LONGEST_WAY_BACK = 500


@dataclass(frozen=True, slots=True)
class Question:
    """What the approval system hands over: the matter, the one subject, who decides, and the way back."""

    matter: rows.Matter
    subject: rows.Asked
    operator: str = ""
    return_to: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """A hand-over with the ticket in clear, which nobody can read again."""

    page: CheckPage
    ticket: str


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def hand_over(*, actor: Actor, question: Question, origin: str = "") -> Handed:
    """Keep the question for the page and return its address. Needs the client's scope 嵌入核查.

    What is wrong with matter or subject is said now (CHK-02 …), while the system can mend it; refuses EMB-04, EMB-05.
    """
    require(actor, CHECKS)
    client = ApiClient.objects.get(public_id=actor.key)
    refuse(rows.matter_is_told(question.matter) + no_personal_numbers(question.operator, "operator", "经办人"))
    _judged(question.subject)
    known = origins.registered(client)
    refuse(rules.origin_registered(origin, known))
    row = known[rules.origin_of(origin)] if origin else next(iter(known.values()))
    refuse(rules.way_back(question.return_to, row.origin))
    ticket = secrets.token_urlsafe(32)
    now = clock.now()
    with acting(actor, "sanctions.check_page.hand_over"):
        page = CheckPage(client=client, origin=row, ticket_digest=_digest(ticket), handed_at=now)
        page.expires_at = now + GOOD_FOR
        page.key_id, page.sealed = sealed_text.close(json.dumps(asdict(question), ensure_ascii=False), page.public_id)
        page.save(force_insert=True)
    return Handed(page, ticket)


def _judged(subject: rows.Asked) -> None:
    """Say what is wrong with the one subject, at its place in the call."""
    try:
        rows.judged([subject], clock.today(), most=1)
    except Problem as problem:
        errors = [replace(one, field=(one.field or "").replace("subjects[0]", "subject")) for one in problem.errors]
        raise Refused(errors, status=problem.status) from None


def page_of(ticket: str) -> CheckPage:
    """Return the hand-over behind an address; NotFound where there never was one."""
    found = CheckPage.objects.select_related("client__organization", "origin", "of_check")
    page = found.filter(ticket_digest=_digest(ticket)).first() if len(ticket) <= 64 else None
    if page is None:
        raise NotFound("这个核查地址")
    return page


def require_open(page: CheckPage) -> None:
    """EMB-06: an address opens once, before it expires, and only while its origin and its client are in use."""
    if page.opened_at is not None:
        raise rules.shut("这个核查地址已经打开过")
    if page.expires_at <= clock.now() or not page.key_id:
        raise rules.shut("这个核查地址已经过期")
    if not _in_use(page) or not origins.may_check(page.client):
        raise rules.shut("审批系统的接口客户端或者来源已停用")


def _in_use(page: CheckPage) -> bool:
    return page.origin.closed_on is None and page.client.open_on(clock.today())


def question_of(page: CheckPage) -> Question:
    """Return what was handed over; only of a page that is still open."""
    try:
        told = json.loads(sealed_text.reopen(page.key_id, bytes(page.sealed), page.public_id))
    except sealed_text.Unreadable:
        raise rules.shut("这个核查地址已经失效") from None
    return Question(rows.Matter(**told["matter"]), rows.Asked(**told["subject"]), told["operator"], told["return_to"])


def actor_of(page: CheckPage, operator: str = "") -> Actor:
    """Return the client for which the page acts, with the scopes that it has now, and who sits before it."""
    actor = actor_for_client(page.client)
    return replace(actor, label=f"{actor.label}　经办人 {operator}"[:200]) if operator else actor


def open_page(ticket: str) -> tuple[CheckPage, Question, Check]:
    """Make the check for the person who opened the page; of two who open one address, one gets the answer."""
    page = page_of(ticket)
    require_open(page)
    with acting(actor_of(page), "sanctions.check_page.open"):
        locked = CheckPage.objects.select_for_update().get(pk=page.pk)
        page.opened_at, page.key_id, page.sealed = locked.opened_at, locked.key_id, locked.sealed
        require_open(page)
        question = question_of(page)
        given = ask(actor=actor_of(page, question.operator), matter=question.matter, subjects=[question.subject])
        check = Check.objects.select_related("unit").get(public_id=given.number)
        page.of_check, page.opened_at, page.key_id, page.sealed = check, clock.now(), "", b""
        page.save(update_fields=["of_check", "opened_at", "key_id", "sealed"])
    return page, question, check


def pass_of(page: CheckPage, operator: str, return_to: str) -> str:
    """Return what lets who sees the answer tell what was decided, for half an hour; nothing of the subject is in it."""
    return signing.dumps({"p": page.public_id, "o": operator, "r": return_to}, salt=SALT)


@dataclass(frozen=True, slots=True)
class Seen:
    """An opened page, with what its pass says of who sits before it."""

    page: CheckPage
    check: Check
    operator: str
    return_to: str


def by_pass(given: str) -> Seen:
    """Return the opened page that a pass stands for; Problem EMB-06 for anything else."""
    try:
        told = signing.loads(given, salt=SALT, max_age=FEEDBACK_SECONDS)
    except signing.BadSignature:
        raise _late() from None
    found = CheckPage.objects.select_related("client__organization", "origin", "of_check")
    page = found.filter(public_id=told["p"], opened_at__isnull=False).first()
    if page is None or page.of_check is None or not _in_use(page):
        raise _late()
    return Seen(page, page.of_check, told["o"], told["r"])


def _late() -> Problem:
    return Problem(
        "EMB-06",
        "本页打开已超过半小时，不能再从这里反馈",
        status=410,
        title="本页已经失效",
        remedy="在信用广元工作台“核查”中按编号反馈",
    )


def forget_unopened() -> int:
    """Empty what was handed over and never opened in time; returns how many."""
    late = CheckPage.objects.filter(expires_at__lte=clock.now()).exclude(key_id="")
    return late.update(key_id="", sealed=b"")


def texts_by_key() -> Counter[str]:
    """Return how many unopened questions each key still seals."""
    rows_ = CheckPage.objects.exclude(key_id="").values_list("key_id").annotate(rows=Count("pk"))
    return Counter(dict(rows_))
