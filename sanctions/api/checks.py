"""`/api/v1/checks…`: ask, read the receipt again, what has changed since, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from core import clock
from core.actors import Actor
from core.api.actors import PUBLIC, actor_of, check_csrf, not_authenticated
from core.api.lean import SAFE, LeanView
from core.api.responses import JSON_TYPE, json_response
from core.digests import canonical
from core.idempotency import KEY_HEADER, key_of
from core.problems import Problem
from sanctions.api.shapes import ASK_BODY, CHANGES, CHECK, FEEDBACK, FEEDBACK_BODY
from sanctions.checks import receipts
from sanctions.checks.feedback import Report, give_feedback
from sanctions.checks.jobs import ATTEMPTS
from sanctions.checks.rights import asking_unit, require_feedback, require_reading
from sanctions.checks.rows import Asked, Matter
from sanctions.checks.selectors import change_shown, changes_since, check_of, feedback_of, feedback_shown
from sanctions.checks.services import Given, ask, ask_later, given, hand_over
from sanctions.models import Check
from sanctions.permissions import CHECK_ASK

TAGS = ("嵌入核查",)


class CheckDoor(LeanView):
    """Systems come with a scope, officers with a permission: the services of checks say which, and refuse."""

    tags = TAGS
    required_permission = CHECK_ASK
    rate = "systems"
    right: ClassVar[Callable[[Actor], object]] = require_reading

    def _admit(self, request: HttpRequest) -> None:
        """Let in who has the right that this door is about, before anything of the call is read."""
        self.actor = actor_of(request)
        if self.actor is PUBLIC:
            raise not_authenticated()
        type(self).right(self.actor)
        if request.method not in SAFE:
            check_csrf(request)


class ChecksView(CheckDoor):
    summary = "核查主体：本单位对该事项应当实施的措施"
    description = (
        "一次 1 至 1000 个主体立即答复；job=true 时至 10000 个，返回 202 和编号，在 GET /checks/{编号} 取结果。"
        "自然人须号码和姓名都相符，否则答复 not_found。有误的行单独答复 rejected，其余照常。每次核查都有带签名的回执，"
        "没有措施也只表示所列来源中没有。需要接口范围 checks。"
    )
    operation = "ask_check"
    right = asking_unit
    headers = (KEY_HEADER,)
    body = ASK_BODY
    response = CHECK
    statuses: ClassVar[Mapping[str, str]] = {"202": "批量核查已登记，按编号取结果", "413": "正文过大"}

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any]) -> HttpResponse:
        told = body["matter"]
        matter = Matter(told["kind"], told["name"], told["number"] or "")
        subjects = [Asked(**{name: value or "" for name, value in row.items()}) for row in body["subjects"]]
        self.rows = len(subjects)
        call: dict[str, Any] = {"actor": self.actor, "matter": matter, "subjects": subjects}
        call |= {"key": key_of(request), "body": request.body}
        if body["job"]:
            check = ask_later(**call)
            hand_over(check)
            return _found(check)
        return _given(ask(**call))


class CheckView(CheckDoor):
    summary = "核查回执"
    description = "本单位的核查，按当时的答复给出，连同签名和已有的反馈；批量核查没有答完时返回 202 和进度。"
    operation = "get_check"
    response = CHECK
    statuses: ClassVar[Mapping[str, str]] = {"202": "批量核查没有答完"}

    def get(self, request: HttpRequest, query: dict[str, Any], number: str) -> HttpResponse:
        return _found(check_of(self.actor, number))


class ChangesView(CheckDoor):
    summary = "核查以来的变化"
    description = "对同一核查的各主体按现在的情况重新比较：哪些措施新增、解除、暂停或恢复，自何日起。不产生新的回执。"
    operation = "check_changes"
    response = CHANGES

    def get(self, request: HttpRequest, query: dict[str, Any], number: str) -> dict[str, Any]:
        check = check_of(self.actor, number)
        if check.answered_at is None:
            raise Problem("CHK-11", "该批量核查还没有答完", status=409, remedy="答完后再查询变化")
        changes = [change_shown(change) for change in changes_since(self.actor, check)]
        return {
            "number": number,
            "asked_at": check.asked_at.astimezone(clock.SHANGHAI),
            "compared_at": clock.now(),
            "same": not changes,
            "changes": changes,
        }


class FeedbackView(CheckDoor):
    summary = "反馈核查之后的办理结果"
    description = (
        "引用核查的行号和其中一项措施：不予办理、限制办理、落实激励的计入实施任务的执行反馈；仍予办理的须写明理由。"
        "反馈时该措施已经暂停的，不能作为依据（SAN-43）。需要接口范围 feedback。"
    )
    operation = "check_feedback"
    right = require_feedback
    headers = (KEY_HEADER,)
    body = FEEDBACK_BODY
    response = FEEDBACK
    success_status = 201

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any], number: str) -> dict[str, Any]:
        report = Report(
            decision=body["decision"],
            decided_on=body["decided_on"],
            reason=body["reason"] or "",
            amount=_amount(body["amount"]),
            effect=body["effect"] or "",
        )
        row = give_feedback(
            actor=self.actor,
            number=number,
            line=body["line"],
            task=body["task"] or "",
            report=report,
            key=key_of(request),
            body=request.body,
        )
        return feedback_shown(row)


def _amount(text: str | None) -> Decimal | None:
    try:
        found = Decimal(text) if text else None
    except InvalidOperation:
        found = Decimal("NaN")
    if found is None or (found.is_finite() and 0 <= found < 10**12 and -int(found.as_tuple().exponent) <= 6):
        return found
    raise Problem("bad_parameter", "amount 应为不超过六位小数的非负数", field="amount", remedy="以万元填写")


def _given(answer: Given) -> HttpResponse:
    """Return the very bytes that were signed, with their proof."""
    response = HttpResponse(receipts.with_proof(answer.content, answer.seal), content_type=JSON_TYPE)
    response["Location"] = f"/api/v1/checks/{answer.number}"
    response["Cache-Control"] = "private, no-store"
    if answer.replayed:
        response["Idempotency-Replayed"] = "true"
    return response


def _found(check: Check) -> HttpResponse:
    if check.answered_at is not None:
        response = _given(given(check))
        response.content = response.content[:-1] + b',"feedback":' + canonical(feedback_of(check)) + b"}"
        return response
    job = getattr(check, "job", None)
    shown = {
        "number": check.public_id,
        "state": "stuck" if job is not None and job.attempts >= ATTEMPTS else "running",
        "answered": job.answered if job is not None else check.count,
        "count": check.count,
    }
    response = json_response(shown, status=202)
    response["Location"] = f"/api/v1/checks/{check.public_id}"
    response["Cache-Control"] = "private, no-store"
    return response
