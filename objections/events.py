"""What objections and complaints announce."""

from __future__ import annotations

from core.events import CODE, FLAG, MAYBE_DAY, NUMBER, PUBLIC_ID, STEP, TEXT, EventType

_ABOUT = {**STEP, "listing": {"type": ["string", "null"]}, "target": CODE}

EVENTS = {
    "objection.filed": EventType("收到异议", STEP),
    "objection.papers_asked": EventType("通知异议申请人补交材料", STEP),
    "objection.papers_supplied": EventType("异议申请人补交材料", STEP),
    "objection.accepted": EventType("异议受理，措施暂停执行", {**_ABOUT, "by_silence": FLAG}),
    "objection.declined": EventType("异议不予受理", STEP),
    "objection.forwarded": EventType("异议转送源单位", STEP),
    "objection.source_answered": EventType("源单位答复异议", STEP),
    "objection.extended": EventType("延长异议答复期限", STEP),
    "objection.rejected": EventType("异议不成立，恢复执行", _ABOUT),
    "objection.upheld": EventType("异议成立，予以撤销或更正", _ABOUT),
    "objection.partly_upheld": EventType("异议部分成立，等待重新认定或更正", _ABOUT),
    "objection.redetermined": EventType("异议部分成立后重新认定", {**_ABOUT, "ends_on": MAYBE_DAY}),
    "objection.corrected": EventType("异议成立后已更正", STEP),
    "objection.withdrawn": EventType("申请人撤回异议", _ABOUT),
    "objection.taken_over": EventType("异议逾期未答复，转投诉处理", STEP),
    "objection.settled": EventType("异议由投诉处理办结", STEP),
    "objection.moot": EventType("认定已撤销，异议终结", STEP),
    "complaint.filed": EventType("收到投诉", STEP),
    "complaint.papers_asked": EventType("通知投诉人补交材料", STEP),
    "complaint.papers_supplied": EventType("投诉人补交材料", STEP),
    "complaint.accepted": EventType("投诉受理，措施暂停执行", {**_ABOUT, "objection": PUBLIC_ID}),
    "complaint.declined": EventType("投诉不予受理", STEP),
    "complaint.convened": EventType("召集投诉研究", STEP),
    "complaint.draw_committed": EventType("投诉专家抽取承诺公布", {"digest": TEXT, "candidates": NUMBER}),
    "complaint.draw_revealed": EventType("投诉专家抽取完成", {"seed": TEXT, "experts": NUMBER}),
    "complaint.rejected": EventType("投诉不成立，恢复执行", _ABOUT),
    "complaint.upheld": EventType("投诉成立，予以撤销或更正", _ABOUT),
    "complaint.partly_upheld": EventType("投诉部分成立，等待重新认定或更正", _ABOUT),
    "complaint.redetermined": EventType("投诉部分成立后重新认定", {**_ABOUT, "ends_on": MAYBE_DAY}),
    "complaint.corrected": EventType("投诉成立后已更正", STEP),
    "complaint.withdrawn": EventType("申请人撤回投诉", _ABOUT),
    "complaint.moot": EventType("认定已撤销，投诉终结", STEP),
    "objections.route_confirmed": EventType("异议办理分工调整", {"target": CODE, "answerer": CODE}),
}
