"""What repair announces; nothing here names an applicant."""

from __future__ import annotations

from core.events import CODE, DAY, FLAG, NUMBER, PUBLIC_ID, STEP, EventType

REFERENCE = {"code": CODE, "valid_from": DAY}
LISTED = {"listing": PUBLIC_ID}
REPAIRED = {**LISTED, "disclosure": PUBLIC_ID}  # the one that was repaired
EVENTS = {
    "repair.received": EventType("收到修复申请", {"to": CODE}),
    "repair.material_asked": EventType("通知修复申请人补充材料", STEP),
    "repair.material_supplied": EventType("修复申请人补充材料", STEP),
    "repair.accepted": EventType("受理修复申请", STEP),
    "repair.declined": EventType("不予受理修复申请", STEP),
    "repair.forwarded": EventType("修复申请转交办理渠道", STEP),
    "repair.extended": EventType("延长修复核实，已告知申请人", STEP),
    "repair.verified": EventType("修复申请核实完毕", STEP),
    "repair.approved": EventType("同意修复", STEP),
    "repair.rejected": EventType("不予修复", STEP),
    "repair.reopened": EventType("不予修复被撤销，申请重新办理", STEP),
    "repair.published": EventType("修复结果公布", {**STEP, **REPAIRED, "published_on": DAY}),
    "repair.withdrawn": EventType("修复申请撤回", STEP),
    "repair.ended": EventType("修复申请没有对象，终止办理", STEP),
    "repair.revoked": EventType("撤销修复，恢复剩余期限", {**STEP, **REPAIRED, "barred_until": DAY}),
    "repair.possible": EventType("已达最短期限，可以申请修复", {**LISTED, "possible_from": DAY}),
    "publicity.ended": EventType("最长公示期届满，停止公示", {**LISTED, "last_day": DAY}, leaves=True),
    "publicity.end_withdrawn": EventType("公示期满公告撤回，继续公示", {**LISTED, "last_day": DAY}, leaves=True),
    "publicity.regime_switched": EventType("切换公示期规则", {**LISTED, "regime": CODE}, leaves=True),
    "repair.term_confirmed": EventType("事项修复条件经复核", REFERENCE),
    "shield.started": EventType("破产程序临时屏蔽", {**STEP, "listings": NUMBER, "lifted": NUMBER}),
    "shield.completed": EventType("重整计划或者和解协议执行完毕", {**STEP, "listings": NUMBER, "lifted": NUMBER}),
    "shield.ended": EventType("临时屏蔽提前终止", {**STEP, "listings": NUMBER, "lifted": NUMBER, "restored": FLAG}),
}
