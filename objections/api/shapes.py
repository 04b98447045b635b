"""Shapes of the public answers: exactly the allow-lists of the selectors."""

from __future__ import annotations

from core.api.params import Param
from core.api.schema import declare_shapes
from core.api.shapes import Shape, day, flag, listing, text
from core.identifiers import PERSONAL_TYPES
from objections.enums import ComplaintState, ObjectionState, PaperKind, Relation, TargetKind
from subjects.identity.shapes import LOGIN

DUE = Shape(
    "ObjectionDue",
    {
        "name": text("期限"),
        "due_on": day("到期日"),
        "provisional": flag("暂定：年历尚未发布"),
        "why": text("到期日的由来"),
    },
    "一个办理期限",
)
ASKED = Shape(
    "PapersAsked",
    {"what": text("需要补交的材料"), "due_on": day("补交期限"), "why": text("期限的由来")},
    "通知补交的材料",
)
_COMMON = {
    "number": text("回执编号"),
    "state_label": text("办理状态名称"),
    "next_step": text("下一步"),
    "received_on": day("收到日"),
    "accepted_on": day("受理日", null=True),
    "identity": text("身份核验"),
    "outcome": text("处理结果；未答复的为空"),
    "answer": text("答复内容"),
    "answered_on": day("答复日", null=True),
    "correction": text("更正或重新认定情况"),
    "due": listing(DUE, "未了期限"),
}
COMPLAINT = Shape(
    "PublicComplaint",
    {
        **_COMMON,
        "state": text("办理状态", choices=tuple(ComplaintState.values)),
        "asked": listing(ASKED, "等待投诉人补交的材料；没有的为空"),
        "remedies": text("进一步救济途径"),
    },
    "一件投诉的办理情况，不含任何个人信息",
)
OBJECTION = Shape(
    "PublicObjection",
    {
        **_COMMON,
        "state": text("办理状态", choices=tuple(ObjectionState.values)),
        "target": text("异议对象类别"),
        "answering_unit": text("答复单位"),
        "asked": listing(ASKED, "等待申请人补交的材料；没有的为空"),
        "reason": text("不予受理或延长的理由"),
        "forwarded_to": text("转送单位"),
        "source_answer": text("源单位答复"),
        "complaints": listing(COMPLAINT, "投诉"),
    },
    "一件异议的办理情况，不含任何个人信息",
)
RECEIPT = Shape(
    "FilingReceipt",
    {
        "number": text("回执编号"),
        "secret": text("查询码：只告知这一次，请妥善保存"),
        "received_on": day("收到日"),
        "due": listing(DUE, "办理期限"),
    },
    "提交的回执",
)
declare_shapes(DUE, COMPLAINT, ASKED)

FILES = Param(
    "files",
    "list",
    "材料，内容为 base64；整个请求不超过 5 MB，更大的到窗口提交",
    limit=20,
    fields=(
        Param("kind", label="材料类别", required=True, choices=tuple(PaperKind.values)),
        Param("name", label="文件名", required=True, limit=200),
        Param("content", label="base64 内容", required=True, limit=7_000_000),
    ),
)
SECRET = Param("secret", label="查询码", required=True, limit=40)
GROUNDS = Param("grounds", label="事实和理由", required=True, limit=5000)
CLAIMS = Param("claims", label="请求", required=True, limit=2000)
WHY = Param("reason", label="理由", required=True, limit=500)
FILING = (
    Param("target_kind", label="异议对象类别", required=True, choices=tuple(TargetKind.values)),
    Param("target_key", label="对象编号：决定书、告知书或公示页面所载", required=True, limit=40),
    Param("subject_code", label="当事人统一社会信用代码或公开编号", required=True, limit=40),
    Param("filer_name", label="申请人姓名或名称", required=True, limit=100),
    Param("relation", label="与当事人关系", required=True, choices=tuple(Relation.values)),
    Param("id_type", label="申请人证件类型", choices=tuple(sorted(PERSONAL_TYPES)), default="id_card"),
    Param("id_number", label="申请人证件号码", limit=64),
    Param("phone", label="手机号码", limit=20),
    LOGIN,
    GROUNDS,
    CLAIMS,
    FILES,
)
