"""What the chain announces."""

from __future__ import annotations

from core.events import CODE, DAY, MAYBE_DAY, NUMBER, PUBLIC_ID, STEP, TEXT, EventType

EVENTS = {
    "case.submitted": EventType("事项经复核报送专项小组", STEP),
    "case.escalated": EventType("事项由专项小组上报联席会议办公室", STEP),
    "case.accepted": EventType("事项受理", STEP),
    "case.withdrawn": EventType("事项由发起单位撤回", STEP),
    "notice.served": EventType("拟认定告知书送达", {"served_on": DAY}),
    "meeting.convened": EventType("召集认定会议", STEP),
    "draw.committed": EventType("专家抽取承诺公布：名单与种子的摘要", {"digest": TEXT, "candidates": NUMBER}),
    "draw.revealed": EventType("专家抽取完成：种子公布", {"seed": TEXT, "experts": NUMBER}),
    "determination.issued": EventType("认定决定印发", STEP),
    "determination.filed": EventType("认定决定备案", {"filed_on": DAY}),
    "listing.issued": EventType(
        "列入名单",
        {"kind": CODE, "entry": CODE, "subject": PUBLIC_ID, "starts_on": DAY, "ends_on": MAYBE_DAY},
        leaves=True,
    ),
    "listing.started": EventType("名单到生效日", {"starts_on": DAY}, leaves=True),
    "listing.performed": EventType("义务履行完毕，名单结束", STEP, leaves=True),
    "listing.reward_withdrawn": EventType("守信激励取消", STEP, leaves=True),
    "listing.closed": EventType("主体终止，名单结束", STEP, leaves=True),
    "listing.paused": EventType("措施暂停执行", {**STEP, "from_on": DAY}, leaves=True),
    "listing.resumed": EventType(
        "措施恢复执行，截止日顺延", {**STEP, "resumed_on": DAY, "ends_on": MAYBE_DAY}, leaves=True
    ),
    "listing.amended": EventType("变更决定：统一期限缩短", {**STEP, "ends_on": MAYBE_DAY}, leaves=True),
    "listing.repaired": EventType("信用修复，名单结束", {**STEP, "over_from": DAY}, leaves=True),
    "listing.restored": EventType("信用修复被撤销，名单恢复", {**STEP, "ends_on": MAYBE_DAY}, leaves=True),
    "listing.revoked": EventType("列入被撤销，自始不计", {**STEP, "revoked_from": DAY}, leaves=True),
    "listing.shielded": EventType("依法院裁定临时屏蔽，不再公示", leaves=True),
    "listing.unshielded": EventType("临时屏蔽终止，恢复公示", leaves=True),
    "listing.delisted": EventType("公告移出名单", STEP, leaves=True),
    "task.applied": EventType("实施单位反馈已实施", STEP),
    "task.refused": EventType("实施单位说明理由不予实施", STEP),
    "task.released": EventType("措施解除", STEP),
    "stop.confirmed": EventType("实施单位确认暂停、恢复、停止执行或者恢复原状", {"kind": CODE, "confirmed_on": DAY}),
    "external.rule_confirmed": EventType("名单接收规则经两人确定", {"list": TEXT, "valid_from": DAY}),
    "task.reopened": EventType("修复被撤销，措施重新实施", STEP),
    "matter_rule.confirmed": EventType("措施适用事项复核生效", {"measure": CODE, "matter": CODE, "effect": CODE}),
}
