"""谁查过我: which units asked about a subject, when and for what matter, told to that subject alone, and later (SUP-T03).

ASK-01 the officer has seen papers and person. ASK-02 number and name belong to one subject on file. ASK-03 whoever asks
for another shows a mandate. ASK-04 a person asks at the window for himself, a representative for his own body.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core import clock
from core.actors import Actor, acting
from core.models import Attachment
from core.permissions import label_of, require
from core.problems import NotPermitted, Refused, Violation, refuse
from core.rulebook import RuleBook
from core.text import normalize_name
from sanctions.models import CheckedSubject
from subjects.models import Subject
from subjects.selectors import family, find_by_identifier, lookup
from supervision.checking.decisions import TOLD
from supervision.models import AskedStatement
from supervision.models.asked import Presented
from supervision.permissions import ASKED

MOST = 500
BASIS = "个人信息保护法第四十四条、第四十五条"
MANDATE = "民法典第一百六十五条"
FURTHEST = 3660


@dataclass(frozen=True, slots=True)
class Asking:
    """One check about the subject, as it learns of it."""

    on: date
    unit: str
    matter: str
    number: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a subject learns today: the checks up to a day, and why not those after it."""

    until: date
    days: int
    basis: str
    sure: bool
    rows: list[Asking]
    more: int


def told_until(today: date) -> tuple[date, int, str, bool]:
    """Return the last day whose checks are told of today, with the days of the rule, its basis and whether it is sure."""
    book = RuleBook.load()
    for step in range(FURTHEST):
        day = today - timedelta(days=step)
        due = book.find(TOLD, day)
        if due is not None and due.due_on <= today:
            return day, due.rule.count, due.rule.basis, not due.rule.needs_check
    return today - timedelta(days=FURTHEST), FURTHEST, BASIS, False  # no rule: nothing is told, rather than too early


def asked_about(subject: Subject, today: date, *, until: date | None = None) -> Told:
    """Return who asked about the subject until the day that the rule allows, newest first; a fixed number of queries."""
    last, days, basis, sure = told_until(today)
    last = min(last, until) if until else last
    rows = CheckedSubject.objects.filter(
        subject__in=family(subject), of_check__asked_on__lte=last, of_check__sandbox=False
    )
    found = rows.select_related("of_check__unit").order_by("-of_check__asked_on", "-pk")[:MOST]
    shown = [
        Asking(row.of_check.asked_on, row.of_check.unit.name, row.of_check.matter_name, row.of_check.public_id)
        for row in found
    ]
    more = rows.count() - len(shown) if len(shown) == MOST else 0
    return Told(last, days, basis, sure, shown, more)


@dataclass(frozen=True, slots=True)
class Request:
    """Who stands at the window with what papers, and whom the question is about."""

    presented: str
    presenter: str
    checked: bool
    code: str = ""
    person_name: str = ""
    id_type: str = ""
    id_number: str = ""
    mandate: Attachment | None = None


def issue(*, actor: Actor, request: Request) -> AskedStatement:
    """Record that the subject is told who asked about it, and return what its paper is printed from.

    Needs 为主体出具核查情况查询单; Refused ASK-01 to ASK-04.
    """
    require(actor, ASKED)
    if actor.unit_id is None:  # a window is of a unit
        raise NotPermitted(ASKED, label_of(ASKED), who=actor.label)
    refuse(_papers(request))
    subject = _subject(request)
    today = clock.today()
    with acting(actor, "supervision.asked.issue"):
        told = asked_about(subject, today)
        return AskedStatement.objects.create(
            subject=subject,
            presented=request.presented,
            presenter=request.presenter.strip(),
            mandate=request.mandate if request.presented == Presented.AGENT else None,
            unit_id=actor.unit_id,
            issued_by_label=actor.label,
            issued_on=today,
            until=told.until,
            lines=len(told.rows) + told.more,
        )


def _papers(request: Request) -> list[Violation]:
    """ASK-01, ASK-03, ASK-04."""
    found = []
    if not request.checked:
        remedy = "当面核对证件原件、代表或者受托关系后勾选"
        found.append(Violation("ASK-01", "尚未当面核对证件", "checked", remedy, BASIS))
    if request.presented == Presented.AGENT and request.mandate is None:
        remedy = "上传载明查询事项和期限的授权委托书"
        found.append(Violation("ASK-03", "缺少授权委托书", "mandate", remedy, MANDATE))
    by_number = bool(request.id_number.strip())
    if bool(request.code.strip()) == by_number:
        remedy = "查询法人、非法人组织填写代码；查询自然人填写姓名和证件号码"
        found.append(Violation("ASK-04", "代码和证件号码应当填写其中一项", "code", remedy))
    elif request.presented == Presented.SELF and not by_number:
        found.append(Violation("ASK-04", "本人只能查询自己", "presented", "代表单位查询的，选择“法定代表人、负责人”"))
    elif request.presented == Presented.REPRESENTATIVE and by_number:
        found.append(Violation("ASK-04", "法定代表人、负责人只能代表本单位查询", "presented", "查询自己的，选择“本人”"))
    return found


def _subject(request: Request) -> Subject:
    """ASK-02: return whom the papers belong to."""
    if request.code.strip():
        found = lookup(request.code.strip())
        if found is None or found.subject.is_person:
            remedy = "核对登记证照上的代码"
            raise Refused([Violation("ASK-02", "没有这个代码的法人或者非法人组织", "code", remedy)])
        return found.subject
    subject = find_by_identifier(request.id_type, request.id_number)
    if subject is None:
        remedy = "核对证件号码；没有档案的人，也就没有可以告知的核查"
        raise Refused([Violation("ASK-02", "没有这个证件号码的档案", "id_number", remedy)])
    if normalize_name(subject.name) != normalize_name(request.person_name):
        remedy = "按证件重新填写；确已更名的，先办理更名登记"
        raise Refused([Violation("ASK-02", "姓名与该证件号码登记的姓名不一致", "person_name", remedy)])
    return subject
