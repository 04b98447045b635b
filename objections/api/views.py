"""File, follow, add, complain and withdraw: what the portal's pages call on behalf of a member of the public."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from core.api.lean import LeanView
from core.api.params import Param
from core.api.responses import json_response
from core.problems import Problem
from objections import permissions, selectors
from objections.api.files import papers_of
from objections.api.shapes import (
    CLAIMS,
    COMPLAINT,
    FILES,
    FILING,
    GROUNDS,
    OBJECTION,
    RECEIPT,
    SECRET,
    WHY,
)
from objections.services import answering, complaints, filing
from objections.services.filing import Filer, Receipt, Request
from subjects.identity import services as login

FOLLOW_SECRET = Param("X-Follow-Secret", label="查询码，登记时只告知一次", required=True, limit=64)
HEADER = FOLLOW_SECRET.name
TAGS = ("异议投诉",)


def applicant() -> Any:
    return permissions.applicant("public", "申请人（网上提交）")


def _told(receipt: Receipt) -> dict[str, Any]:
    due = [
        {"name": row["name"], "due_on": row["due_on"], "provisional": row["provisional"], "why": row["explanation"]}
        for row in selectors.due_days(receipt.record)
        if row["closed_on"] is None
    ]
    return {
        "number": receipt.number,
        "secret": receipt.secret,
        "received_on": receipt.record.received_on,
        "due": due,
    }


def _private(document: dict[str, Any]) -> HttpResponse:
    """Return an answer that nobody may keep: it belongs to who holds the secret."""
    response = json_response(document)
    response["Cache-Control"] = "private, no-store"
    return response


def _secret(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "").strip()
    if not given:
        raise Problem("required", f"缺少请求头 {HEADER}", field=HEADER, remedy="填写回执所载的查询码，不要放在网址里")
    return given


class ObjectionsView(LeanView):
    """File an objection."""

    summary = "提出异议"
    description = "由当事人、法定代表人或持授权委托书的代理人提出。回执编号和查询码只在本次返回。"
    tags = TAGS
    operation = "public_objection_file"
    public = True
    rate = "filing"
    body = FILING
    response = RECEIPT
    success_status = 201

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        actor = applicant()
        with transaction.atomic():  # a filing that is refused leaves no file row behind
            receipt = filing.file_objection(
                actor=actor,
                request=Request(
                    target_kind=body["target_kind"],
                    target_key=body["target_key"].strip().upper(),
                    filer=Filer(
                        body["filer_name"],
                        body["relation"],
                        body["id_type"],
                        body["id_number"] or "",
                        body["phone"] or "",
                        login.prove(body["login"]) if body["login"] else None,
                    ),
                    grounds=body["grounds"],
                    claims=body["claims"],
                    papers=papers_of(body["files"], actor),
                    subject_code=body["subject_code"],
                ),
            )
        return _told(receipt)


class ObjectionFollowView(LeanView):
    """Follow one objection."""

    summary = "查询异议办理情况"
    description = f"查询码放在请求头 {HEADER}，不放在网址里。返回状态、期限和下一步，不含个人信息。"
    tags = TAGS
    operation = "public_objection_follow"
    headers = (FOLLOW_SECRET,)
    public = True
    response = OBJECTION

    def get(self, request: HttpRequest, query: dict[str, Any], number: str) -> HttpResponse:
        return _private(selectors.public_view(filing.by_secret(number, _secret(request))))


class ObjectionPapersView(LeanView):
    """Add papers to an objection."""

    summary = "补交异议材料"
    tags = TAGS
    operation = "public_objection_papers"
    public = True
    rate = "filing"
    body = (SECRET, FILES)
    response = OBJECTION

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any], number: str) -> dict[str, Any]:
        objection, actor = filing.by_secret(number, body["secret"]), applicant()
        with transaction.atomic():
            filing.add_papers(actor=actor, objection=objection, papers=papers_of(body["files"], actor))
        objection.refresh_from_db()
        return selectors.public_view(objection)


class ObjectionWithdrawalView(LeanView):
    """Withdraw an objection."""

    summary = "撤回异议"
    tags = TAGS
    operation = "public_objection_withdraw"
    public = True
    rate = "filing"
    body = (SECRET, WHY)
    response = OBJECTION

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any], number: str) -> dict[str, Any]:
        objection = filing.by_secret(number, body["secret"])
        found = answering.withdraw_objection(actor=applicant(), objection=objection, reason=body["reason"])
        return selectors.public_view(found)


class ObjectionComplaintsView(LeanView):
    """Complain about an answer, or about one that is overdue."""

    summary = "向联席会议办公室投诉"
    tags = TAGS
    operation = "public_complaint_file"
    public = True
    rate = "filing"
    body = (SECRET, GROUNDS, CLAIMS, FILES)
    response = RECEIPT
    success_status = 201

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any], number: str) -> dict[str, Any]:
        objection, actor = filing.by_secret(number, body["secret"]), applicant()
        with transaction.atomic():
            appeal = complaints.Appeal(body["grounds"], body["claims"], papers=papers_of(body["files"], actor))
            receipt = complaints.file_complaint(actor=actor, objection=objection, appeal=appeal)
        return _told(receipt)


class ComplaintFollowView(LeanView):
    """Follow one complaint."""

    summary = "查询投诉办理情况"
    description = f"查询码放在请求头 {HEADER}，不放在网址里。"
    tags = TAGS
    operation = "public_complaint_follow"
    headers = (FOLLOW_SECRET,)
    public = True
    response = COMPLAINT

    def get(self, request: HttpRequest, query: dict[str, Any], number: str) -> HttpResponse:
        return _private(selectors.public_complaint(complaints.by_secret(number, _secret(request))))


class ComplaintPapersView(LeanView):
    """Add papers to a complaint."""

    summary = "补交投诉材料"
    tags = TAGS
    operation = "public_complaint_papers"
    public = True
    rate = "filing"
    body = (SECRET, FILES)
    response = COMPLAINT

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any], number: str) -> dict[str, Any]:
        complaint, actor = complaints.by_secret(number, body["secret"]), applicant()
        with transaction.atomic():
            complaints.add_papers(actor=actor, complaint=complaint, papers=papers_of(body["files"], actor))
        complaint.refresh_from_db()
        return selectors.public_complaint(complaint)


class ComplaintWithdrawalView(LeanView):
    """Withdraw a complaint."""

    summary = "撤回投诉"
    tags = TAGS
    operation = "public_complaint_withdraw"
    public = True
    rate = "filing"
    body = (SECRET, WHY)
    response = COMPLAINT

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any], number: str) -> dict[str, Any]:
        complaint = complaints.by_secret(number, body["secret"])
        found = complaints.withdraw_complaint(actor=applicant(), complaint=complaint, reason=body["reason"])
        return selectors.public_complaint(found)
