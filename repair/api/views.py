"""Public doors of repair: whoever files gets a receipt and a secret, and follows with both; nobody needs an account."""

from __future__ import annotations

import base64
import binascii
import io
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from core import clock
from core.actors import Actor
from core.api.lean import LeanView
from core.api.params import Param
from core.api.responses import json_response
from core.attachments import store
from core.models import Attachment
from core.problems import NotFound, Problem, refuse
from publicity.enums import RecordKind
from publicity.selectors import publicly_visible
from repair import navigator, selectors
from repair.api.shapes import BODY, GUIDE, RECEIPT, REPAIR
from repair.enums import Kind
from repair.matters import matter_of
from repair.models import Application
from repair.permissions import PUBLIC
from repair.services import filing
from repair.services.filing import Piece, Submission
from sanctions.models import Listing
from sanctions.selectors import public_listings
from subjects.identity import services as login
from subjects.models import LoginProof
from subjects.selectors import family, lookup

APPLICANT = Actor("applicant", "repair.public", "当事人（网上申请）", permissions=PUBLIC)
SECRET = Param("X-Receipt-Secret", label="查询码，登记时只告知一次", required=True, limit=64)
ALL_FILES = 3 * 1024 * 1024
TAGS = ("信用修复",)
# What the navigator is asked about: since the first time limits are on record, and as far as anybody plans.
EARLIEST_ASKED, FURTHEST_ASKED = date(2017, 1, 1), timedelta(days=36_525)


def _private(data: Any, status: int = 200) -> HttpResponse:
    response = json_response(data, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _followed(request: HttpRequest, receipt: str) -> Application:
    return filing.followed(receipt, request.headers.get(SECRET.name, ""))


def _shown(application: Application) -> dict[str, Any]:
    step = navigator.guide_of(matter_of(application), clock.today()).next_step
    return {**selectors.followed_state(application), "next_step": step}


def _files(rows: list[dict[str, Any]]) -> list[bytes]:
    found = []
    for number, row in enumerate(rows):
        try:
            found.append(base64.b64decode(row["content"], validate=True))
        except (binascii.Error, ValueError):
            raise Problem(
                "bad_parameter",
                f"materials[{number}].content 不是合法的 Base64",
                field=f"materials[{number}].content",
                remedy="以标准 Base64 编码文件内容",
            ) from None
    if sum(map(len, found)) > ALL_FILES:
        raise Problem(
            "ATT-01", "材料合计超过 3 MiB", status=413, field="materials", remedy="压缩后提交，或到政务服务窗口提交"
        )
    return found


def _record(body: dict[str, Any]) -> dict[str, Any]:
    """Return the listing or the public penalty of this very subject; who names another's finds nothing."""
    found = lookup(body["subject"])
    keys = family(found.subject) if found is not None else []
    listing, disclosure = body["listing"] or "", body["disclosure"] or ""
    if bool(listing) == bool(disclosure):
        wrong = "listing 和 disclosure 应填写其中一项"
        raise Problem("required", wrong, field="listing", remedy="移出名单填名单记录编号，终止公示填处罚公示记录编号")
    if listing:
        record: Any = Listing.objects.filter(public_id=listing, subject__in=keys).first()
        if record is None:
            raise NotFound("该主体的名单记录")
        return {"listing": record}
    shown = publicly_visible(clock.today(), RecordKind.PENALTY)
    record = shown.filter(public_id=disclosure, subject__in=keys).select_related("authority", "unit").first()
    if record is None:
        raise NotFound("该主体正在公示的行政处罚记录")
    return {"penalty": record}


class RepairsView(LeanView):
    """Filing: checked as a whole before any file is kept."""

    summary = "提交信用修复申请"
    description = (
        "由主体本人、法定代表人或者受托人提交。返回回执编号和查询码，查询码只显示一次。"
        "身份和授权由办理单位核验后决定是否受理。不收取任何费用。"
    )
    tags = TAGS
    operation = "public_repair_file"
    public = True
    rate = "filing"
    body = BODY
    response = RECEIPT
    success_status = 201

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any]) -> HttpResponse:
        record = _record(body)
        rows = body["materials"] or []
        files = _files(rows)
        draft = [Piece(row["kind"], row["title"], Attachment()) for row in rows]
        with transaction.atomic():  # a filing that is refused uses no login up
            proof = login.prove(body["login"]) if body["login"] else None
            refuse(filing.examine(next(iter(record.values())), _submission(body, draft, proof), clock.today()))
            kept = [
                Piece(row["kind"], row["title"], store(io.BytesIO(content), actor=APPLICANT, name=row["name"]))
                for row, content in zip(rows, files, strict=True)
            ]
            filed = filing.apply(actor=APPLICANT, **record, submission=_submission(body, kept, proof))
        application = filed.application
        return _private(
            {
                "receipt": application.receipt,
                "secret": filed.secret,
                "received_on": application.received_on,
                "channel": application.channel,
                "unit": application.unit.name,
                "due": selectors.running_days(application),
            },
            status=201,
        )


def _submission(body: dict[str, Any], pieces: list[Piece], proof: LoginProof | None) -> Submission:
    applicant = body["applicant"]
    return Submission(
        applicant_name=applicant["name"] or "",
        applicant_role=applicant["role"] or "",
        id_type=applicant["id_type"] or "",
        id_number=applicant["id_number"] or "",
        login=proof,
        statement=body["statement"] or "",
        commitment=body["commitment"] or "",
        corrected_on=body["corrected_on"],
        materials=pieces,
        channel=body["channel"] or "",
        kind=body["kind"] or (Kind.END_DISCLOSURE if body["disclosure"] else Kind.LEAVE_LIST),
    )


class RepairView(LeanView):
    """Following: the secret comes in a header, never in an address."""

    summary = "查询修复申请"
    description = "回执编号在路径中，查询码放入 X-Receipt-Secret 请求头。编号或者查询码不符的，一律答复未找到。"
    tags = TAGS
    operation = "public_repair"
    headers = (SECRET,)
    public = True
    response = REPAIR

    def get(self, request: HttpRequest, query: dict[str, Any], receipt: str) -> HttpResponse:
        return _private(_shown(_followed(request, receipt)))


class WithdrawalView(LeanView):
    """Withdrawing by who holds receipt and secret."""

    summary = "撤回修复申请"
    description = "签发决定之前可以撤回；查询码放入 X-Receipt-Secret 请求头。撤回后可以重新申请。"
    tags = TAGS
    operation = "public_repair_withdraw"
    headers = (SECRET,)
    public = True
    rate = "filing"
    body = (Param("reason", label="撤回的原因", limit=300),)
    response = REPAIR

    def post(self, request: HttpRequest, query: dict[str, Any], body: dict[str, Any], receipt: str) -> HttpResponse:
        found = _followed(request, receipt)
        filing.withdraw(actor=APPLICANT, application=found, reason=body["reason"] or "")
        return _private(_shown(found))


class GuideView(LeanView):
    """The navigator for a published listing of a legal entity."""

    summary = "修复导航"
    description = "名单上的法人或者非法人组织何时、凭什么材料、向谁申请修复，预计何时答复，以及唯一的下一步。"
    tags = TAGS
    operation = "public_repair_guide"
    public = True
    params = (
        Param("listing", label="名单记录的公开编号", required=True, limit=16),
        Param("on", "date", "哪一日；不填为今日"),
    )
    response = GUIDE

    def get(self, request: HttpRequest, query: dict[str, Any]) -> dict[str, Any]:
        today = clock.today()
        if query["on"] is not None and not EARLIEST_ASKED <= query["on"] <= today + FURTHEST_ASKED:
            wrong = f"on 应在 {EARLIEST_ASKED} 至 {today + FURTHEST_ASKED} 之间"
            raise Problem("bad_parameter", wrong, field="on", remedy="填写实施期间内的日期，或者不填")
        shown = public_listings(today, states=("pending", "in_force", "paused", "ended"))
        found = shown.filter(public_id=query["listing"]).first()
        if found is None:
            raise NotFound("该名单记录")
        return navigator.guide(found, query["on"] or today).as_dict()
