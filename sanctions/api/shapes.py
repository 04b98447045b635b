"""What the doors of checks take and give, as the schema shows it."""

from __future__ import annotations

from core.api.params import Param
from core.api.schema import declare_shapes
from core.api.shapes import Shape, any_object, day, flag, listing, moment, number, text
from sanctions.checks.rows import ID_TYPES, MOST, MOST_IN_A_JOB
from sanctions.enums import CheckAction, CheckDecision, MatterKind

MATTER = (
    Param("kind", label="事项类别", required=True, choices=tuple(MatterKind.values)),
    Param("name", label="事项名称", required=True),
    Param("number", label="该事项在业务系统中的编号", limit=100),
)
SUBJECT = (
    Param("code", label="统一社会信用代码，或者本平台的公开编号（法人和其他组织）", limit=40),
    Param("id_type", label="自然人证件类型，默认 id_card", choices=ID_TYPES),
    Param("id_number", label="自然人证件号码；只在正文中提交，须与姓名同时相符", limit=40),
    Param("name", label="名称或者姓名；自然人必填"),
)
ASK_BODY = (
    Param("matter", "object", "正在办理的事项", required=True, fields=MATTER),
    Param(
        "subjects",
        "list",
        f"1 至 {MOST} 个主体；job=true 时至 {MOST_IN_A_JOB} 个",
        required=True,
        limit=MOST_IN_A_JOB,
        fields=SUBJECT,
    ),
    Param("job", "bool", "true：登记为批量任务，立即返回编号，按编号取结果", default=False),
)
FEEDBACK_BODY = (
    Param("line", "int", "答复的行号", required=True, least=1, most=MOST_IN_A_JOB),
    Param("task", label="答复中该项措施的 task；该行没有措施的不填", limit=16),
    Param("decision", label="办理结果", required=True, choices=tuple(CheckDecision.values)),
    Param("decided_on", "date", "决定日", required=True),
    Param("reason", label="理由；仍予办理的必填", limit=1000),
    Param("amount", label="涉及金额（万元），最多六位小数", limit=20),
    Param("effect", label="成效", limit=1000),
)
SOURCE = Shape(
    "CheckSource",
    {
        "source": text("来源"),
        "list_name": text("名单"),
        "received_on": day("最近接收日", null=True),
        "age_days": number("距今日数", null=True),
        "stale": flag("是否超过更新期限"),
        "words": text("说明"),
    },
    "所查来源和它的新旧",
)
MEASURE = Shape(
    "CheckMeasure",
    {
        "task": text("实施任务编号，反馈时引用"),
        "listing": text("列入编号"),
        "measure": any_object("措施：code、name、class_label"),
        "action": text("要求", choices=("forbid", "restrict", "remind", "incentive")),
        "action_label": text("要求"),
        "state": text("状态", choices=("pending", "in_force", "paused")),
        "state_label": text("状态"),
        "content": text("措施内容"),
        "words": text("应当怎样办；暂停的为固定提示"),
        "basis": listing({"type": "string"}, "法律依据"),
        "document": text("认定决定文号"),
        "decided_by": text("认定单位"),
        "entry": any_object("目录事项：code、title"),
        "starts_on": day("起"),
        "ends_on": day("止", null=True),
        "why": text("日期的由来"),
        "objection": text("异议途径"),
    },
    "本单位对该事项应当实施的一项措施",
)
REMINDER = Shape(
    "CheckReminder",
    {
        "source": text("来源"),
        "list_name": text("名单"),
        "number": text("来源编号"),
        "document": text("依据文书"),
        "listed_on": day("列入日"),
        "expected_exit_on": day("预计退出日", null=True),
        "received_on": day("接收日"),
        "contact": text("怎样联系来源"),
        "words": text("说明"),
    },
    "外部名单的提醒，不是措施",
)
LINE = Shape(
    "CheckLine",
    {
        "line": number("行号，从 1 起"),
        "on": day("答复日"),
        "asked": any_object("所问：代码，或者证件类型、遮盖的号码、姓名"),
        "result": text("结论", choices=tuple(CheckAction.values)),
        "result_label": text("结论"),
        "subject": any_object("主体；没有的为 null") | {"type": ["object", "null"]},
        "measures": listing(MEASURE),
        "reminders": listing(REMINDER),
        "words": text("说明"),
    },
    "对一个主体的答复；有误的行另有 problem",
)
HEADER = Shape(
    "CheckHeader",
    {
        "format": text("回执格式"),
        "number": text("核查编号"),
        "unit": text("核查单位代号"),
        "asked_by": text("核查人"),
        "asked_at": moment("核查时间"),
        "on": day("核查日"),
        "position": number("答复所含的事件位置"),
        "matter": any_object("事项：kind、name、number"),
        "count": number("主体数"),
        "sandbox": flag("沙箱"),
        "sources": listing(SOURCE),
    },
)
CHECK = Shape(
    "Check",
    {
        "check": HEADER.ref,
        "lines": listing(LINE),
        "digest": text('SM3（{"check":…,"lines":…} 按键排序、无空格、UTF-8）'),
        "signature": any_object("签名：format、algorithm、key、value；签的是“format algorithm key number digest”"),
    },
    "核查回执",
)
RUNNING = Shape(
    "CheckRunning",
    {
        "number": text("核查编号"),
        "state": text("状态", choices=("running", "stuck")),
        "answered": number("已答行数"),
        "count": number("主体数"),
    },
    "没有答完的批量核查",
)
CHANGE = Shape(
    "CheckChange",
    {
        "line": number("行号"),
        "what": text("变化", choices=("new", "gone", "changed")),
        "name": text("措施、名单或者主体"),
        "before": any_object("核查时") | {"type": ["object", "null"]},
        "after": any_object("现在") | {"type": ["object", "null"]},
        "since": day("自何日起", null=True),
        "recorded_at": moment("平台何时知道；仅因期限的为 null", null=True),
        "words": text("说明"),
    },
    "与核查时相比的一处变化",
)
CHANGES = Shape(
    "CheckChanges",
    {
        "number": text("核查编号"),
        "asked_at": moment("核查时间"),
        "compared_at": moment("比较时间"),
        "same": flag("是否没有变化"),
        "changes": listing(CHANGE),
    },
    "核查以来的变化",
)
FEEDBACK = Shape(
    "CheckFeedback",
    {
        "id": text("反馈编号"),
        "line": number("行号"),
        "task": text("实施任务编号", null=True),
        "decision": text("办理结果", choices=tuple(CheckDecision.values)),
        "decision_label": text("办理结果"),
        "decided_on": day("决定日"),
        "reason": text("理由"),
        "by": text("反馈人"),
        "recorded_at": moment("记录时间"),
        "carried_out": flag("是否已计入实施任务的执行反馈"),
    },
    "核查之后的办理结果",
)
declare_shapes(SOURCE, MEASURE, REMINDER, LINE, HEADER, CHANGE, RUNNING)
