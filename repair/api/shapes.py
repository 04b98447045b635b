"""Shapes of repair's public answers: exactly the allow-lists of selectors and navigator."""

from __future__ import annotations

from core.api.params import Param
from core.api.schema import declare_shapes
from core.api.shapes import Shape, day, flag, listing, text
from core.identifiers import PERSONAL_TYPES
from repair.enums import ApplicantRole, Channel, Kind, MaterialKind, State
from subjects.identity.shapes import LOGIN

CHANNELS = tuple(Channel.values)
DUE = Shape(
    "RepairDueDay",
    {"label": text("期限"), "due_on": day("到期日"), "explanation": text("由来")},
    "正在计算的一个期限",
)
ASKED = Shape(
    "RepairMaterialAsked",
    {"what": text("需要补充的材料"), "due_on": day("补充期限"), "why": text("期限的由来")},
    "通知补充的材料",
)
RECEIPT = Shape(
    "RepairReceipt",
    {
        "receipt": text("回执编号"),
        "secret": text("查询码，只显示这一次；查询时放入 X-Receipt-Secret 请求头，不要写在网址中"),
        "received_on": day("收到日"),
        "channel": text("办理渠道", choices=CHANNELS),
        "unit": text("办理单位"),
        "due": listing(DUE, "正在计算的期限"),
    },
    "修复申请的回执",
)
REPAIR = Shape(
    "RepairApplication",
    {
        "receipt": text("回执编号"),
        "kind": text("修复种类", choices=tuple(Kind.values)),
        "kind_label": text("修复种类名称"),
        "state": text("状态", choices=tuple(State.values)),
        "state_label": text("状态名称"),
        "channel": text("办理渠道", choices=CHANNELS),
        "channel_label": text("办理渠道名称"),
        "unit": text("办理单位"),
        "applicant_role": text("申请人身份"),
        "received_on": day("收到日"),
        "accepted_on": day("受理日", null=True),
        "answered_on": day("答复日", null=True),
        "published_on": day("公布日", null=True),
        "answer": text("答复理由"),
        "decision_number": text("修复决定书编号；没有的为空"),
        "due": listing(DUE, "正在计算的期限"),
        "asked": listing(ASKED, "等待申请人补充的材料；没有的为空"),
        "source_result": text("来源渠道的结果", null=True),
        "remedies": text("不服的救济途径", null=True),
        "next_step": text("下一步"),
    },
    "一件修复申请",
)
GUIDE = Shape(
    "RepairGuide",
    {
        "code": text("稳定的代码"),
        "next_step": text("下一步，只有一句"),
        "possible": flag("当日是否可以申请"),
        "earliest": day("最早申请日", null=True),
        "why": text("最早申请日的由来"),
        "evidence": listing(text(), "应附材料"),
        "unit": text("本市办理单位"),
        "channel": text("办理渠道；无需修复的为空"),
        "channel_label": text("办理渠道名称"),
        "place": text("由谁受理"),
        "answer_by": day("预计答复日", null=True),
        "answer_why": text("预计答复日的由来"),
    },
    "修复导航",
)
declare_shapes(DUE, ASKED)

APPLICANT = (
    Param("name", label="申请人姓名", required=True, limit=100),
    Param("role", label="申请人身份", required=True, choices=tuple(ApplicantRole.values)),
    Param("id_type", label="证件类型", choices=tuple(sorted(kind.value for kind in PERSONAL_TYPES))),
    Param("id_number", label="证件号码，加密保存，不再显示", limit=50),
)
MATERIAL = (
    Param("kind", label="种类", required=True, choices=tuple(MaterialKind.values)),
    Param("title", label="名称", required=True, limit=200),
    Param("name", label="文件名，含扩展名", required=True, limit=200),
    Param("content", label="文件内容的 Base64", required=True, limit=4_500_000),
)
BODY = (
    Param("subject", label="统一社会信用代码；自然人填公开编号", required=True, limit=40),
    Param("listing", label="名单记录的公开编号；申请移出名单时填写", limit=16),
    Param("disclosure", label="行政处罚公示记录的公开编号；申请终止公示时填写", limit=16),
    Param("kind", label="修复种类；不填依所选记录", choices=tuple(Kind.values)),
    Param("channel", label="办理渠道；不填依规定", choices=CHANNELS),
    Param("applicant", "object", "申请人", required=True, fields=APPLICANT),
    LOGIN,
    Param("statement", label="申请理由：如何纠正、履行了哪些义务", required=True, limit=4000),
    Param("commitment", label="信用承诺全文；已签署文件的可以作为材料上传", limit=4000),
    Param("corrected_on", "date", "改正日；自改正之日起算最短期限的事项必填"),
    Param("materials", "list", "材料，全部文件合计不超过 3 MiB", limit=20, fields=MATERIAL),
)
