"""What of repair waits for whom: the cards of the landing page and the lists behind them."""

from __future__ import annotations

from django.db.models import Q

from core.actors import Actor
from repair.models import Application, Shield
from repair.workflow import HANDLE, SIGN
from sanctions.admin.todo import SCOPES, TODOS, Todo, overdue

CHECK, PUBLISH = "repair.application.check", "repair.application.publish"


def _mine(actor: Actor) -> Q:
    return Q(unit_id__in=actor.unit_ids)


def _taken_in(actor: Actor) -> Q:
    return _mine(actor) | Q(received_by_unit_id__in=actor.unit_ids)


APPLICATION_TODOS = (
    Todo(
        "check",
        "修复申请待核验身份",
        CHECK,
        lambda a: _taken_in(a) & Q(state="received", identity_checked_on__isnull=True),
        "收到的申请都已核验",
        True,
    ),
    Todo(
        "accept",
        "修复申请待受理",
        HANDLE,
        lambda a: _mine(a) & Q(state="received", channel="city", identity_checked_on__isnull=False),
        "没有待受理的修复申请",
        True,
    ),
    Todo(
        "forward",
        "修复申请待转交",
        HANDLE,
        lambda a: _mine(a) & Q(state="received", identity_checked_on__isnull=False) & ~Q(channel="city"),
        "没有待转交的修复申请",
        True,
    ),
    Todo("verify", "修复申请待核实", HANDLE, lambda a: _mine(a) & Q(state="accepted"), "受理的申请都已核实"),
    Todo("opine", "修复待拟意见", HANDLE, lambda a: _mine(a) & Q(state="verified"), "核实的申请都已拟意见"),
    Todo(
        "sign",
        "修复决定待签发",
        SIGN,
        lambda a: _mine(a) & Q(state="opined") & ~Q(opined_by_key=a.key),
        "没有待签发的修复决定",
        True,
    ),
    Todo("publish", "修复结果待公布", PUBLISH, lambda a: _mine(a) & Q(state="approved"), "同意的修复都已公布", True),
    Todo("mirror", "修复待登记来源结果", HANDLE, lambda a: _mine(a) & Q(state="forwarded"), "没有等待来源结果的申请"),
    Todo(
        "revoke",
        "撤销修复待签发",
        "repair.revocation.sign",
        lambda a: (
            _mine(a)
            & Q(revocation__isnull=False, revocation__revoked_on__isnull=True)
            & ~Q(revocation__proposed_by_key=a.key)
        ),
        "没有待签发的撤销",
        True,
    ),
    Todo(
        "late",
        "修复申请逾期",
        HANDLE,
        lambda a: _mine(a) & overdue(Application, a),
        "没有逾期，按期办理",
        True,
    ),
)
SHIELD_TODOS = (
    Todo(
        "confirm",
        "临时屏蔽待复核",
        "repair.shield.confirm",
        lambda a: _mine(a) & Q(state="drafted") & ~Q(recorded_by_key=a.key),
        "没有待复核的裁定",
        True,
    ),
)
TODOS[Application] = APPLICATION_TODOS
TODOS[Shield] = SHIELD_TODOS
SCOPES[Application] = Application.objects.visible_to
SCOPES[Shield] = Shield.objects.visible_to
