"""Legal entities in public: search, and the page of one. An allow-list; natural persons never come out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.api.lean import LeanView
from core.api.params import Param
from core.api.schema import declare_shapes
from core.api.shapes import Shape, day, flag, listing, text
from core.paging import Page
from portal.selectors import base_marks
from subjects import selectors
from subjects.enums import LEGAL_ENTITY_KINDS, LifeEventKind, MatchReason, SubjectKind, SubjectStatus
from subjects.in_public import Entity, entity

KIND_LABELS = {kind.value: str(kind.label) for kind in SubjectKind}
STATUS_LABELS = {status.value: str(status.label) for status in SubjectStatus}
REASON_LABELS = {reason.value: str(reason.label) for reason in MatchReason}
EVENT_LABELS = {event.value: str(event.label) for event in LifeEventKind}

HIT = Shape(
    "PublicSubjectHit",
    {
        "code": text("统一社会信用代码，没有的为公开编号"),
        "public_id": text("公开编号"),
        "name": text("现用名称"),
        "kind": text("主体类型", choices=LEGAL_ENTITY_KINDS),
        "kind_label": text("主体类型名称"),
        "status": text("状态", choices=tuple(SubjectStatus.values)),
        "status_label": text("状态名称"),
        "district_code": text("行政区划"),
        "is_demo": flag("演示数据"),
        "mark": text("基础信息有异议、尚未答复时为“异议处理中”，否则为空"),
        "reason": text("匹配原因", choices=tuple(MatchReason.values)),
        "reason_label": text("匹配原因名称"),
        "matched": text("匹配到的名称、曾用名或代码"),
    },
    "检索到的一个主体",
)
NAME = Shape(
    "PublicSubjectName",
    {"name": text("名称"), "valid_from": day("启用日期", null=True), "valid_to": day("停用日期", null=True)},
    "一个名称",
)
EVENT = Shape(
    "PublicSubjectEvent",
    {"kind": text("变动"), "kind_label": text("变动名称"), "on": day("发生日期"), "detail": text("内容")},
    "一项主体变动",
)
SUBJECT = Shape(
    "PublicSubject",
    {name: schema for name, schema in HIT.fields.items() if name not in ("reason", "reason_label", "matched")}
    | {
        "status_on": day("状态日期", null=True),
        "established_on": day("成立日期", null=True),
        "address": text("住所"),
        "industry": text("行业"),
        "legal_representative": text("法定代表人"),
        "registrar": text("登记机关"),
        "former_names": listing(NAME, "曾用名"),
        "life_events": listing(EVENT, "主体变动"),
        "branch_of": text("所属主体的代码", null=True),
    },
    "一个法人或其他组织的公开信息",
)

declare_shapes(NAME, EVENT)


def shown_hit(hit: selectors.Hit, mark: str) -> dict[str, Any]:
    """Return what the public sees of a search result."""
    return {
        "code": hit.code,
        "public_id": hit.public_id,
        "name": hit.name,
        "kind": hit.kind,
        "kind_label": KIND_LABELS[hit.kind],
        "status": hit.status,
        "status_label": STATUS_LABELS[hit.status],
        "district_code": hit.district_code,
        "is_demo": hit.is_demo,
        "mark": mark,
        "reason": hit.reason,
        "reason_label": REASON_LABELS[hit.reason],
        "matched": hit.matched,
    }


class SubjectSearch(LeanView):
    """Search of legal entities by name, former name and code."""

    summary = "检索法人和其他组织"
    description = "名称片段（两个字以上，可用空格隔开多个词）、曾用名、统一社会信用代码；自然人不在检索范围内。"
    tags = ("公共查询",)
    operation = "public_subjects_search"
    params = (
        Param("q", label="名称中的两个字以上，或统一社会信用代码", required=True, limit=100),
        Param("kind", label="主体类型", choices=LEGAL_ENTITY_KINDS),
    )
    response = HIT
    paged = True
    public = True

    def get(self, request: HttpRequest, query: dict[str, Any]) -> Page[dict[str, Any]]:
        found = selectors.search(
            query["q"], kind=query["kind"], cursor=query["cursor"], limit=query["limit"], provisional=False
        )
        marks = base_marks([hit.public_id for hit in found.items])
        return found.mapped(lambda hit: shown_hit(hit, marks.get(hit.public_id, "")))


class SubjectDetail(LeanView):
    """One legal entity; former codes and folded duplicates redirect to the record that answers for them."""

    summary = "法人或其他组织的公开信息"
    description = "按统一社会信用代码或公开编号查询；旧代码和已合并的档案以 308 转到现用代码。"
    tags = ("公共查询",)
    operation = "public_subject"
    response = SUBJECT
    statuses = {"308": "旧代码或已合并的档案，转到 Location"}
    public = True

    def get(self, request: HttpRequest, query: dict[str, Any], code: str) -> dict[str, Any] | HttpResponse:
        found = entity(code)
        if found.moved:
            moved = HttpResponse(status=308)
            moved["Location"] = reverse("public-subject", kwargs={"code": found.code})
            return moved
        return shown_subject(found, base_marks([found.public_id]).get(found.public_id, ""))


def shown_subject(subject: Entity, mark: str) -> dict[str, Any]:
    """Return what the public sees of a legal entity."""
    return {
        "code": subject.code,
        "public_id": subject.public_id,
        "name": subject.name,
        "kind": subject.kind,
        "kind_label": KIND_LABELS[subject.kind],
        "status": subject.status,
        "status_label": STATUS_LABELS[subject.status],
        "status_on": subject.status_on,
        "established_on": subject.established_on,
        "district_code": subject.district_code,
        "address": subject.address,
        "industry": subject.industry,
        "legal_representative": subject.legal_representative,
        "registrar": subject.registrar,
        "is_demo": subject.is_demo,
        "mark": mark,
        "former_names": [
            {"name": name.name, "valid_from": name.valid_from, "valid_to": name.valid_to}
            for name in subject.former_names
        ],
        "life_events": [
            {"kind": event.kind, "kind_label": EVENT_LABELS[event.kind], "on": event.on, "detail": event.detail}
            for event in subject.life_events
        ],
        "branch_of": subject.branch_of,
    }
