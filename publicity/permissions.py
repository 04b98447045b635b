"""Who may do what in double publicity."""

from __future__ import annotations

PERMISSIONS = {
    "publicity.record.report": "报送行政许可、行政处罚",
    "publicity.record.recall": "撤回未审核的报送",
    "publicity.record.check": "办理：核对报送内容并提请公示",
    "publicity.record.pass": "审核：同意公示",
    "publicity.record.pass_trusted": "按免逐条审核名单公示",
    "publicity.record.return": "退回报送单位",
    "publicity.record.note_change": "登记决定变更、撤销",
    "publicity.record.withdraw": "撤下公示",
    "publicity.record.rate": "认定失信程度、切换公示期规则",
    "publicity.record.end_early": "修复后终止公示",
    "publicity.record.contest": "标注异议",
    "publicity.record.announce": "通知公示的开始和期满",
    "publicity.candidate.see": "查看本单位的案件线索",
    "publicity.candidate.see_all": "查看全部案件线索",
    "publicity.candidate.settle": "研判案件线索",
    "publicity.trust.manage": "确定免逐条审核单位",
    "publicity.reference.manage": "维护公示期规则、失信程度对照和自然人公开依据",
    "publicity.record.see": "查看本单位报送或者作出的行政决定",
    "publicity.record.see_district": "查看本县区单位报送的行政决定",
    "publicity.record.see_all": "查看全市行政决定",
    "publicity.quality.see": "查看报送时效与质量",
    "publicity.push.see": "查看公示信息的推送和对账",
    "publicity.push.see_all": "查看全部公示信息的推送和对账",
    "publicity.push.resend": "重新送达对方拒收的公示信息",
    "publicity.push.send": "推送公示信息、接收决定和对账（系统任务）",
    "publicity.push.take_receipts": "接收对方事后送来的回执（系统任务和对方平台）",
    "publicity.quality.fill": "填报行政决定台账数",
    "publicity.quality.sample": "抽取质量抽查样本",
    "publicity.quality.compare": "比对抽查记录与决定文书",
}
_SEEING = ["publicity.record.see", "publicity.quality.see", "publicity.push.see"]
_SAMPLING = ["publicity.quality.sample", "publicity.quality.compare"]
_REPORTING = ["publicity.record.report", "publicity.record.recall", *_SEEING]
_HANDLING = [
    *_REPORTING,
    "publicity.quality.fill",
    "publicity.record.check",
    "publicity.record.return",
    "publicity.record.note_change",
    "publicity.candidate.see",
    "publicity.candidate.settle",
]
_PASSING = ["publicity.record.pass", "publicity.record.withdraw", "publicity.record.rate"]
GRANTS = {
    "handler": _HANDLING,
    "reviewer": [*_HANDLING, *_PASSING, "publicity.quality.compare"],
    "district_credit": ["publicity.record.see_district", "publicity.quality.fill", *_SEEING, *_SAMPLING],
    "group_lead": ["publicity.candidate.see", "publicity.record.see"],
    "office": [
        *_HANDLING,
        *_PASSING,
        *_SAMPLING,
        "publicity.record.see_all",
        "publicity.push.see_all",
        "publicity.push.resend",
        "publicity.candidate.see_all",
        "publicity.trust.manage",
    ],
    "system_admin": ["publicity.reference.manage", "publicity.push.see_all", "publicity.push.resend"],
}
# Machines of a unit report; people look.
CLIENT = frozenset({"publicity.record.report", "publicity.record.recall", "publicity.record.see"})
JOB = frozenset({"publicity.record.announce", "publicity.record.pass_trusted", "publicity.record.report"})
MACHINES = frozenset({"publicity.push.send", "publicity.push.take_receipts", "publicity.quality.fill"})
# What acts of the floors above do here by law: a repair ends a publication, an objection marks it.
FROM_ABOVE = frozenset({"publicity.record.end_early", "publicity.record.contest"})
