"""Who may hand in, take back and decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings

from core.actors import Actor
from core.models.intake import SEE_ALL, SUBMIT_SCOPE, IntakeBatch
from core.permissions import require
from core.problems import NotPermitted, Problem

SUBMIT = "core.intake.submit"
WITHDRAW = "core.intake.withdraw"
DECIDE = "core.intake.decide"
RUN = "core.intake.run"
SETTINGS = "core.intake.settings"

PERMISSIONS = {
    SUBMIT: "报送数据文件",
    WITHDRAW: "撤回报送批次",
    DECIDE: "认定疑问数据",
    SEE_ALL: "查看全市报送批次",
    SETTINGS: "维护导入模板设置",
    RUN: "处理报送批次（系统任务）",
}
_ALL = [SUBMIT, WITHDRAW, DECIDE]
GRANTS = {
    "handler": [SUBMIT],
    "window": [SUBMIT],
    "reviewer": _ALL,
    "district_credit": _ALL,
    "group_lead": [SUBMIT],
    "office": [*_ALL, SEE_ALL, SETTINGS],
}
JOB = frozenset({RUN})


def scope_of(profile: str) -> str:
    """Return the permission that a client's token needs to hand in this profile."""
    return f"{SUBMIT_SCOPE}:{profile}"


def require_submit(actor: Actor, profile: str) -> Actor:
    """Return the actor as one who may hand in this profile; NotPermitted names the role's or the client's right.

    A client needs the scope of the profile, or the scope of all of them. A sandbox hands in nowhere but in a demo
    city: what is handed in here is published (ADR 0028).
    """
    if actor.sandbox and not settings.DEMO:
        raise Problem(
            "AUTH-09",
            "沙箱客户端不能向正式平台报送数据",
            status=403,
            remedy="到演示城市联调报送，或登记正式的接口客户端",
        )
    if actor.kind != "client":
        require(actor, SUBMIT)
        return actor
    if not (actor.may(SUBMIT_SCOPE) or actor.may(scope_of(profile))):
        raise NotPermitted(scope_of(profile), f"报送“{profile}”的接口范围", who=actor.label)
    return replace(actor, permissions=actor.permissions | {SUBMIT})


def submitter(batch: IntakeBatch, more: Iterable[str] = ()) -> Actor:
    """Return the one who handed the batch in, as the actor of what is merged from it; his rights are not revived."""
    return Actor(
        kind=batch.actor_kind,
        key=batch.actor_key,
        label=batch.actor_label,
        unit_id=batch.unit_id,
        permissions=frozenset({RUN, *more}),
    )
