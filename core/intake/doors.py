"""`/api/v1/intake/…`: a system hands a table in and follows it by its receipt."""

from __future__ import annotations

from typing import IO, Any, cast

from django.http import HttpRequest, HttpResponse

from core.api.actors import PUBLIC, actor_of, check_csrf, not_authenticated
from core.api.lean import SAFE, LeanView
from core.api.params import Param
from core.api.responses import json_response
from core.api.shapes import any_object
from core.attachments.sniff import KINDS
from core.intake.profiles import profile as profile_named
from core.intake.queueing import hand_over
from core.intake.receipts import STATUS, status
from core.intake.receiving import receive
from core.intake.rights import SUBMIT, SUBMIT_SCOPE, require_submit
from core.models.intake import BatchMode, IntakeBatch
from core.permissions import require
from core.problems import NotFound, Problem

# Content types of a body that is the file itself, with the ending under which it is kept.
BODIES = {
    kind.content_type.partition(";")[0]: ending
    for ending, kind in KINDS.items()
    if ending in {"csv", "json", "xls", "xlsx"}
}
_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
MEDIA: dict[str, dict[str, Any]] = {
    "application/json": {"schema": {"type": "array", "items": any_object("一行，键用栏目代码或表头")}},
    "multipart/form-data": {"schema": {"type": "object", "properties": {"file": _FILE}, "required": ["file"]}},
    **{kind: {"schema": {"type": "string"}} for kind in BODIES if kind != "application/json"},
}


class IntakeView(LeanView):
    """Handing in answers at once with a receipt; the rows are worked off in the background."""

    summary = "报送数据文件；查询报送回执"
    description = (
        "POST /intake/{数据类型}：multipart/form-data 的 file 字段，或者以文件本身为正文（application/json、text/csv、Excel）。"
        "JSON 为对象数组，键用栏目代码或表头。立即返回回执，后台逐行处理；同一文件再次报送不产生变化。"
        "GET /intake/{回执编号}：各项计数和前 1000 条错误。需要接口范围 intake 或者 intake:数据类型。"
    )
    tags = ("数据报送",)
    operation = "intake"
    required_permission = SUBMIT
    rate = "systems"
    params = (Param("mode", label="有错误行时", default=BatchMode.PARTIAL.value, choices=tuple(BatchMode.values)),)
    media = MEDIA
    response = STATUS
    success_status = 202

    def _admit(self, request: HttpRequest) -> None:
        """Let in who may hand in this profile, or follow what his unit handed in."""
        self.actor = actor_of(request)
        if self.actor is PUBLIC:
            raise not_authenticated()
        if request.method not in SAFE:
            require_submit(self.actor, profile_named(self.kwargs["name"]).code)
            check_csrf(request)
        elif not any(code.startswith(SUBMIT_SCOPE) for code in self.actor.permissions):
            require(self.actor, SUBMIT)

    def post(self, request: HttpRequest, query: dict[str, Any], body: None, name: str) -> HttpResponse:
        upload, filename = _file_of(request)
        batch = receive(self.actor, profile=name, upload=upload, name=filename, mode=query["mode"])
        hand_over(batch)
        response = json_response(status(batch), status=202)
        response["Location"] = f"/api/v1/intake/{batch.public_id}"
        response["Cache-Control"] = "private, no-store"
        return response

    def get(self, request: HttpRequest, query: dict[str, Any], name: str) -> dict[str, Any]:
        batch = IntakeBatch.objects.visible_to(self.actor).filter(public_id=name).first()
        if batch is None:
            raise NotFound("该报送回执")
        return status(batch)


def _file_of(request: HttpRequest) -> tuple[IO[bytes], str]:
    """Return the uploaded file, or the body as one; its name is for display only."""
    kind = request.content_type or ""
    if kind == "multipart/form-data":
        upload = request.FILES.get("file")
        if upload is None:
            raise Problem("bad_parameter", "缺少文件", field="file", remedy="以 file 字段上传文件")
        return cast("IO[bytes]", upload), upload.name or ""
    ending = BODIES.get(kind)
    if ending is None:
        raise Problem(
            "unsupported_media_type",
            "不支持的内容类型",
            status=415,
            remedy="以 multipart/form-data 上传文件，或以 application/json、text/csv、Excel 类型直接提交",
        )
    return cast("IO[bytes]", request), f"data.{ending}"
