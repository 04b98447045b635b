"""Open data: `GET /api/v1/public/open-data` lists the datasets, `…/open-data/{dataset}` streams a whole one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse

from core import clock
from core.api.lean import LeanView
from core.api.params import Param
from core.api.schema import declare_shapes
from core.api.shapes import Shape, day, listing, number, text
from core.problems import NotFound
from portal.opendata import versions
from portal.opendata.datasets import DATASETS, Dataset
from portal.opendata.writing import FORMS, LICENCE, compressed, pieces

FIELD = Shape(
    "OpenDataField",
    {
        "name": text("JSON 中的名称") | {"example": "document_number"},
        "label": text("CSV 的列名") | {"example": "决定文书号"},
        "about": text("说明；不言自明的为空"),
    },
    "数据集的一个字段",
)
FILE = Shape(
    "OpenDataFile",
    {
        "format": text("格式", choices=tuple(FORMS)),
        "address": text("下载地址") | {"example": "/api/v1/public/open-data/licences?format=csv"},
        "etag": text("今天这一版的标识；内容未变则不变"),
        "sha256": text("全文的 SHA-256；今天还没有人完整下载过这一版的为 null", null=True),
        "bytes": number("全文的字节数", null=True),
    },
    "一种格式的下载",
)
DATASET = Shape(
    "OpenDataset",
    {
        "code": text("数据集编码", choices=tuple(DATASETS)) | {"example": "licences"},
        "title": text("名称") | {"example": "行政许可"},
        "about": text("内容和范围") | {"example": "今天公示中的法人、非法人组织和个体工商户的行政许可，一件一行。"},
        "as_of": day("数据截至") | {"example": "2026-03-02"},
        "licence": text("使用条件"),
        "fields": listing(FIELD, "字段"),
        "files": listing(FILE, "下载"),
    },
    "一个开放数据集",
)
CATALOGUE = Shape("OpenData", {"items": listing(DATASET, "数据集")}, "全部开放数据集")
CONTENT = Shape(
    "OpenDataContent",
    {
        "dataset": text("数据集编码") | {"example": "incentives"},
        "title": text("名称") | {"example": "守信激励名单"},
        "as_of": day("数据截至") | {"example": "2026-03-02"},
        "licence": text("使用条件"),
        "items": {
            "type": "array",
            "description": "各行；字段见数据集说明",
            "items": {"type": "object", "additionalProperties": True},
            "example": [{"name": "示例剑阁茶业有限公司", "entry_title": "纳税信用 A 级", "starts_on": "2026-03-02"}],
        },
    },
    "JSON 格式的全文；CSV 的第一行为列名，UTF-8 带签名，以公式符号开头的单元格前加单引号",
)
declare_shapes(FIELD, FILE, DATASET)


def described(dataset: Dataset) -> dict[str, Any]:
    """Return what is told of a dataset; one query of index heads for both formats."""
    today = clock.today()
    mark = versions.version(dataset, today)
    files = []
    for form in FORMS:
        tag = versions.tag_of(mark, form)
        known = versions.remembered(tag) or {}
        address = f"{reverse('public-open-data-file', args=[dataset.code])}?format={form}"
        files.append(
            {
                "format": form,
                "address": address,
                "etag": tag,
                "sha256": known.get("sha256"),
                "bytes": known.get("bytes"),
            }
        )
    return {
        "code": dataset.code,
        "title": dataset.title,
        "about": dataset.about,
        "as_of": today,
        "licence": LICENCE,
        "fields": [{"name": row.name, "label": row.label, "about": row.about} for row in dataset.fields],
        "files": files,
    }


class OpenDataView(LeanView):
    """The list of datasets."""

    summary = "开放数据集清单"
    description = "每个数据集的内容、字段、使用条件、今天这一版的标识和摘要。行政处罚和失信惩戒名单不在其中：整份只提供给登记的、及时跟进移出通知的系统（GET /api/v1/exchange/snapshots）。"
    tags = ("开放数据",)
    operation = "public_open_data"
    public = True
    response = CATALOGUE

    def get(self, request: HttpRequest, query: dict[str, Any]) -> dict[str, Any]:
        return {"items": [described(dataset) for dataset in DATASETS.values()]}


class OpenDataFileView(LeanView):
    """One dataset, whole, streamed."""

    summary = "下载一个开放数据集"
    description = (
        "按请求当天的公开内容生成，边生成边发送；支持 gzip 和 If-None-Match，内容未变答复 304。"
        "每个地址的次数有限，见 RateLimit 响应头。JSON 以最后的括号为完整标志。"
    )
    tags = ("开放数据",)
    operation = "public_open_data_file"
    public = True
    rate = "bulk"
    params = (Param("format", label="格式", choices=tuple(FORMS), default="csv"),)
    response = CONTENT
    also_answers = ("text/csv",)

    def etag(self, request: HttpRequest, query: dict[str, Any], **path: Any) -> str | None:
        return versions.etag(_dataset(path["dataset"]), query["format"], clock.today())

    def get(self, request: HttpRequest, query: dict[str, Any], dataset: str) -> HttpResponseBase:
        found, form, today = _dataset(dataset), query["format"], clock.today()
        tag = versions.etag(found, form, today)
        packed = _takes_gzip(request)
        response: HttpResponseBase
        if request.method == "HEAD":
            response = HttpResponse(content_type=FORMS[form][0])
        else:
            parts = pieces(found, form, today, tag)
            response = StreamingHttpResponse(compressed(parts) if packed else parts, content_type=FORMS[form][0])
        if packed:
            response["Content-Encoding"] = "gzip"
        response["Content-Disposition"] = f'attachment; filename="{found.code}-{today:%Y%m%d}.{form}"'
        response["ETag"] = tag
        response["Vary"] = "Accept-Encoding"
        response["Cache-Control"] = "no-cache"
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _dataset(code: str) -> Dataset:
    found = DATASETS.get(code)
    if found is None:
        raise NotFound("该数据集")
    return found


def _takes_gzip(request: HttpRequest) -> bool:
    """Tell whether the caller reads gzip and did not refuse it."""
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
