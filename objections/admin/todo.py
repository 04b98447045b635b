"""What waits for whom among objections and complaints; the landing page counts it, the lists filter by it."""

from __future__ import annotations

from django.db.models import Q

from core import clock
from core.actors import Actor
from objections import permissions as p
from objections.models import Complaint, Objection
from objections.standing import silent_before
from sanctions.admin.todo import SCOPES, TODOS, Todo, overdue


def _mine(actor: Actor) -> Q:
    return Q(answering_unit_id__in=actor.unit_ids)


def _registered(actor: Actor) -> Q:
    return _mine(actor) | Q(filed_unit_id__in=actor.unit_ids)


OBJECTION_TODOS = (
    Todo(
        "check",
        "异议待核验身份",
        p.CHECK,
        lambda a: _registered(a) & Q(state__in=["received", "accepted"]) & ~Q(identity_result="passed"),
        "登记的异议都已核验",
        True,
    ),
    Todo(
        "accept",
        "异议待受理",
        p.ACCEPT,
        lambda a: _mine(a) & Q(state="received") & ~silent_before(clock.today()),
        "没有待受理的异议",
        True,
    ),
    Todo(
        "draft",
        "异议待答复",
        p.DRAFT,
        lambda a: _mine(a) & (Q(state="accepted") | silent_before(clock.today())),
        "受理的异议都已拟写答复",
        True,
    ),
    Todo(
        "sign",
        "异议答复待签发",
        p.SIGN,
        lambda a: _mine(a) & Q(state="drafted") & ~Q(drafted_by_key=a.key),
        "由拟稿人之外的人员签发",
        True,
    ),
    Todo(
        "redetermine",
        "异议待重新认定",
        p.REDETERMINE,
        lambda a: _mine(a) & Q(state="partly_upheld", listing__isnull=False),
        "没有部分成立的异议",
        True,
    ),
    Todo(
        "correct",
        "异议成立待更正",
        p.CORRECT,
        lambda a: _mine(a) & Q(state__in=["upheld", "partly_upheld"], listing__isnull=True),
        "成立的异议都已更正",
    ),
    Todo("source", "待登记源单位答复", p.FORWARD, lambda a: _mine(a) & Q(state="forwarded"), "没有转送中的异议"),
    Todo("objection-overdue", "逾期异议", p.SEE_ALL, lambda a: overdue(Objection, a), "各单位均按期答复"),
)
COMPLAINT_TODOS = (
    Todo("complaint-accept", "投诉待受理", p.COMPLAINT_ACCEPT, lambda _: Q(state="received"), "没有新的投诉", True),
    Todo(
        "complaint-study",
        "投诉待处理",
        p.COMPLAINT_STUDY,
        lambda _: Q(state__in=["accepted", "convened"]),
        "受理的投诉都已拟写处理决定",
        True,
    ),
    Todo(
        "complaint-sign",
        "投诉处理待签发",
        p.COMPLAINT_RULE,
        lambda a: Q(state="drafted") & ~Q(drafted_by_key=a.key),
        "由拟稿人之外的人员签发",
        True,
    ),
)
SCOPES[Objection] = Objection.objects.visible_to
SCOPES[Complaint] = Complaint.objects.visible_to
TODOS[Objection] = OBJECTION_TODOS
TODOS[Complaint] = COMPLAINT_TODOS
