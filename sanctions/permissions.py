"""Who may do what in the chain."""

from __future__ import annotations

from core.actors import Actor

PERMISSIONS = {
    "sanctions.case.draft": "起草联合奖惩事项",
    "sanctions.case.submit": "复核并报送事项",
    "sanctions.case.accept": "受理、退回或上报事项",
    "sanctions.case.withdraw": "撤回事项",
    "sanctions.case.see_all": "查看全市事项",
    "sanctions.case.see_district": "查看本县区单位事项",
    "sanctions.notice.issue": "制发拟认定告知书",
    "sanctions.service.record": "记录送达与陈述申辩",
    "sanctions.meeting.convene": "召集认定会议、抽取专家",
    "sanctions.meeting.vote": "代表参会单位表决",
    "sanctions.determination.decide": "记录会议议决",
    "sanctions.determination.issue": "印发认定决定",
    "sanctions.determination.file": "办理备案",
    "sanctions.task.handle": "签收、实施并反馈任务",
    "sanctions.task.insist": "要求继续实施",
    "sanctions.listing.delist": "公告到期移出",
    "sanctions.listing.perform": "确认义务履行完毕",
    "sanctions.listing.close": "主体终止时结束名单",
    "sanctions.court.record": "登记法院裁判文书",
    "sanctions.listing.remedy": "依异议、投诉、修复和裁定处理名单",
    "sanctions.summary.make": "汇总实施情况",
    "sanctions.external.record": "接收外部名单",
    "sanctions.check.ask": "核查主体",
    "sanctions.check.see": "查看本单位的核查",
    "sanctions.check.see_district": "查看本县区单位的核查",
    "sanctions.check.see_all": "查看全市的核查",
    "sanctions.matter_rule.manage": "修订措施适用事项",
    "sanctions.external.sources": "登记和变更外部名单来源",
    "sanctions.external.rules": "维护名单接收规则",
    "sanctions.external.merge": "按来源批次变更外部名单（系统任务）",
}
CHECK_ASK, CHECK_SEE = "sanctions.check.ask", "sanctions.check.see"
CHECK_SEE_DISTRICT, CHECK_SEE_ALL = "sanctions.check.see_district", "sanctions.check.see_all"
MATTER_RULE = "sanctions.matter_rule.manage"
REMEDY = "sanctions.listing.remedy"
_CONVENOR = [
    "sanctions.case.accept",
    "sanctions.notice.issue",
    "sanctions.service.record",
    "sanctions.meeting.convene",
    "sanctions.determination.decide",
    "sanctions.determination.issue",
    "sanctions.task.insist",
    "sanctions.summary.make",
    "sanctions.court.record",
    REMEDY,
]
CHECKER = [CHECK_ASK, CHECK_SEE]
GRANTS = {
    "handler": [
        "sanctions.case.draft",
        "sanctions.service.record",
        "sanctions.meeting.vote",
        "sanctions.task.handle",
        REMEDY,
        *CHECKER,
    ],
    "reviewer": [
        "sanctions.case.submit",
        "sanctions.case.withdraw",
        "sanctions.service.record",
        "sanctions.meeting.vote",
        "sanctions.task.handle",
        "sanctions.listing.perform",
        REMEDY,
        *CHECKER,
    ],
    "window": CHECKER,
    "district_credit": ["sanctions.case.see_district", "sanctions.task.handle", *CHECKER, CHECK_SEE_DISTRICT],
    "group_lead": _CONVENOR,
    "office": [
        *_CONVENOR,
        "sanctions.case.see_all",
        "sanctions.determination.file",
        "sanctions.listing.delist",
        "sanctions.external.record",
        *CHECKER,
        CHECK_SEE_ALL,
        MATTER_RULE,
        "sanctions.external.sources",
        "sanctions.external.rules",
    ],
}
JOB_PERMISSIONS = frozenset({"sanctions.listing.delist", "sanctions.summary.make", REMEDY})
# Asking a check is no part in the chain: who may do no more learns no case and no task.
PARTS = frozenset({code for codes in GRANTS.values() for code in codes}) - set(CHECKER)


def units_of_part(actor: Actor) -> frozenset[int]:
    """Return the units whose cases and tasks the actor may know: none for who has no part in the chain (三员, 窗口)."""
    return frozenset() if actor.permissions.isdisjoint(PARTS) else actor.unit_ids
