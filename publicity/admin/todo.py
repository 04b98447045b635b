"""What of double publicity waits for whom: the cards of the landing page and the lists behind them."""

from __future__ import annotations

from django.db.models import Q

from core import clock
from core.actors import Actor
from publicity.enums import PENDING
from publicity.models import RETURNED, Candidate, Licence, Penalty, Push
from sanctions.admin.todo import SCOPES, TODOS, Todo


def _mine(actor: Actor) -> Q:
    return Q(unit_id__in=actor.unit_ids)


def _todos(label: str) -> tuple[Todo, ...]:
    return (
        Todo(
            "check",
            f"{label}待办理",
            "publicity.record.check",
            lambda a: _mine(a) & Q(state="reported"),
            f"报送的{label}都已办理",
        ),
        Todo(
            "pass",
            f"{label}待审核公示",
            "publicity.record.pass",
            lambda a: _mine(a) & Q(state="checked") & ~Q(checked_by_key=a.key),
            f"没有待审核的{label}",
            True,
        ),
        Todo(
            "late",
            f"{label}逾期未公示",
            "publicity.record.check",
            lambda a: _mine(a) & Q(state__in=PENDING, version=1, due_on__lt=clock.today()),
            f"{label}没有逾期",
            True,
        ),
        Todo(
            "withdraw",
            f"{label}待撤下",
            "publicity.record.withdraw",
            lambda a: _mine(a) & Q(state="passed") & ~Q(change_ground="") & ~Q(noted_by_key=a.key),
            f"没有待撤下的{label}",
            True,
        ),
    )


TODOS[Licence] = _todos("许可")
TODOS[Penalty] = _todos("处罚")
TODOS[Candidate] = (
    Todo(
        "settle",
        "案件线索待研判",
        "publicity.candidate.settle",
        lambda a: _mine(a) & Q(state="open"),
        "没有待研判的线索",
    ),
)
TODOS[Push] = (
    Todo(
        "returned",
        "被退回待更正的信息",
        "publicity.record.check",
        lambda a: _mine(a) & RETURNED,
        "没有被对方退回的信息",
        True,
    ),
)
SCOPES[Licence] = Licence.objects.visible_to
SCOPES[Penalty] = Penalty.objects.visible_to
SCOPES[Candidate] = Candidate.objects.visible_to
SCOPES[Push] = Push.objects.visible_to
