"""`GET /api/v1/exchange/snapshots`: what there is to begin with; `…/{number}/{list}`: one file, whole or in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse

from core.api.lean import LeanView
from core.api.schema import declare_shapes
from core.api.shapes import Shape, day, flag, listing, moment, number, text
from core.problems import NotFound, Problem
from exchange.feed import following
from exchange.lists import LISTS
from exchange.models import Snapshot, SnapshotFile
from exchange.permissions import READ
from exchange.snapshots import keeping

PIECE = 256 * 1024
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
FILE = Shape(
    "SnapshotFile",
    {
        "list": text("清单", choices=tuple(LISTS)) | {"example": "penalties"},
        "title": text("名称") | {"example": "行政处罚"},
        "about": text("范围"),
        "rows": number("行数，一行一个 JSON 文档") | {"example": 48210},
        "bytes": number("文件的字节数"),
        "sm3": text("文件的 SM3 摘要，十六进制"),
        "address": text("下载地址") | {"example": "/api/v1/exchange/snapshots/8K4TQ2M7ZC0XN5RB/penalties"},
        "closed": flag("只提供给及时跟进移出通知的系统"),
    },
    "快照的一个文件：gzip 压缩的 JSON Lines，UTF-8",
)
MANIFEST = Shape(
    "Snapshot",
    {
        "number": text("快照编号") | {"example": "8K4TQ2M7ZC0XN5RB"},
        "as_of": day("数据日"),
        "position": number("一致的位置：其后的变更都要接着读") | {"example": 10482},
        "mark": text("该位置的标记，随 after 一并送来"),
        "finished_at": moment("完成时间"),
        "files": listing(FILE, "各清单"),
    },
    "一份全量快照",
)
SNAPSHOTS = Shape("Snapshots", {"items": listing(MANIFEST, "新的在前")}, "保留着的全部快照")
declare_shapes(FILE, MANIFEST)


class SnapshotsView(LeanView):
    """Which snapshots are kept, with what is needed to check and to go on from them."""

    summary = "全量快照的清单"
    description = "每天一份，保留数日。下载后核对行数和 SM3 摘要，再从 position 读取变更。"
    tags = ("平台交换",)
    operation = "exchange_snapshots"
    required_permission = READ
    rate = "systems"
    response = SNAPSHOTS

    def get(self, request: HttpRequest, query: dict[str, Any]) -> dict[str, Any]:
        found = [_manifest(row) for row in keeping.kept_for(self.actor)]
        self.rows = len(found)
        return {"items": found}


def _manifest(row: Snapshot) -> dict[str, Any]:
    return {
        "number": row.public_id,
        "as_of": row.as_of,
        "position": row.position,
        "mark": row.mark,
        "finished_at": row.finished_at,
        "files": [_file(row, file) for file in row.files.all()],
    }


def _file(row: Snapshot, file: SnapshotFile) -> dict[str, Any]:
    one = LISTS[file.code]
    return {
        "list": file.code,
        "title": one.title,
        "about": one.about,
        "rows": file.rows,
        "bytes": file.size,
        "sm3": file.sm3,
        "address": reverse("exchange-snapshot-file", args=[row.public_id, file.code]),
        "closed": one.closed,
    }


class SnapshotFileView(LeanView):
    """One file of a snapshot; closed lists only for who keeps up with the feed."""

    summary = "下载快照的一个文件"
    description = (
        "gzip 压缩的 JSON Lines，边读边发；支持 Range 断点续传、If-Range 和 If-None-Match。"
        "行政处罚、失信惩戒名单只提供给已经读取变更并且没有超期未读的系统，否则答复 403 和缺什么。"
    )
    tags = ("平台交换",)
    operation = "exchange_snapshot_file"
    required_permission = READ
    rate = "systems"
    also_answers = ("application/gzip",)
    statuses = MappingProxyType({"206": "文件的一部分（Range）", "416": "范围在文件之外（EXC-20）"})

    def get(self, request: HttpRequest, query: dict[str, Any], number: str, code: str) -> HttpResponseBase:
        own = keeping.kept_for(self.actor).filter(public_id=number)
        file = SnapshotFile.objects.select_related("snapshot").filter(snapshot__in=own, code=code).first()
        path = keeping.path_of(file) if file is not None else None
        if file is None or path is None or not path.is_file():
            raise NotFound("该快照文件")
        if LISTS[code].closed:
            following.require_in_step(self.actor, LISTS[code].title)
        tag = f'"{file.sm3}"'
        held = request.META.get("HTTP_IF_NONE_MATCH", "")
        if held and tag in {part.strip() for part in held.split(",")}:
            response: HttpResponseBase = HttpResponse(status=304)
        else:
            keeping.taken(self.actor, file)
            response = _answer(request, file, path, tag)
        response["ETag"] = tag
        response["Accept-Ranges"] = "bytes"
        response["Cache-Control"] = "private, no-cache"
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _answer(request: HttpRequest, file: SnapshotFile, path: Path, tag: str) -> HttpResponseBase:
    """Return the file, or the part of it that is asked for."""
    first, last = _span(request, file.size, tag)
    part = (first, last) != (0, file.size - 1)
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse(content_type="application/gzip")
    else:
        response = StreamingHttpResponse(_pieces(path, first, last), content_type="application/gzip")
    response["Content-Length"] = str(last - first + 1)
    response["Content-Disposition"] = f'attachment; filename="{file.code}-{file.snapshot.as_of:%Y%m%d}.jsonl.gz"'
    if part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    return response


def _span(request: HttpRequest, size: int, tag: str) -> tuple[int, int]:
    """Return the first and last byte that are asked for; what is no plain single range is answered with the whole.

    Problem 416 for a range outside the file; a range of another version (If-Range) is not a range of this one.
    """
    asked = RANGE.fullmatch(request.META.get("HTTP_RANGE", "").replace(" ", ""))
    if asked is None or request.META.get("HTTP_IF_RANGE", tag) != tag or not any(asked.groups()):
        return 0, size - 1
    begin, end = asked.groups()
    first = int(begin) if begin else max(0, size - int(end))
    last = min(int(end), size - 1) if begin and end else size - 1
    if first > last or (not begin and int(end) == 0):
        wrong = f"所要的部分在文件之外，文件共 {size} 字节"
        raise Problem("EXC-20", wrong, status=416, field="Range", title="范围不存在", remedy="按清单中的字节数重新请求")
    return first, last


def _pieces(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
