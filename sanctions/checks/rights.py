"""Who may ask, and who may say what became of it: an officer by permission, a system by scope, both for their own unit."""

from __future__ import annotations

from core.actors import Actor
from core.permissions import require
from core.problems import Problem
from sanctions.permissions import CHECK_ASK

ASK_SCOPE, FEEDBACK_SCOPE = "scope.checks", "scope.feedback"
FEEDBACK = "sanctions.task.handle"


def asking_unit(actor: Actor) -> int:
    """Return the unit that asks; NotPermitted without permission or scope, Problem 403 CHK-05 without a unit."""
    if not actor.may(CHECK_ASK):
        require(actor, ASK_SCOPE if actor.kind == "client" else CHECK_ASK)
    if actor.unit_id is None:
        raise Problem(
            "CHK-05", "没有代表任何单位，不能核查", status=403, remedy="以本单位岗位登录，或者使用本单位的应用凭证"
        )
    return actor.unit_id


def require_feedback(actor: Actor) -> None:
    """Return where the actor may feed back what was decided; NotPermitted otherwise."""
    if not actor.may(FEEDBACK):
        require(actor, FEEDBACK_SCOPE if actor.kind == "client" else FEEDBACK)


def require_reading(actor: Actor) -> None:
    """Return where the actor may read checks at all; which ones, the queryset decides."""
    if actor.kind == "client":
        if not (actor.may(ASK_SCOPE) or actor.may(FEEDBACK_SCOPE)):
            require(actor, ASK_SCOPE)
    elif not actor.may("sanctions.check.see"):
        require(actor, "sanctions.check.see")
