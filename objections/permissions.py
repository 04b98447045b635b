"""Who may do what about objections and complaints."""

from __future__ import annotations

from dataclasses import replace

from core.actors import Actor

SEE_ALL = "objections.objection.see_all"
SEE_DISTRICT = "objections.objection.see_district"
FILE = "objections.objection.file"
WITHDRAW = "objections.objection.withdraw"
CHECK = "objections.identity.check"
ACCEPT = "objections.objection.accept"
SILENCE = "objections.objection.accept_by_silence"
FORWARD = "objections.objection.forward"
ASK = "objections.papers.ask"
DRAFT = "objections.answer.draft"
SIGN = "objections.answer.sign"
CORRECT = "objections.correction.record"
REDETERMINE = "objections.redetermine"
COMPLAINT_ACCEPT = "objections.complaint.accept"
COMPLAINT_STUDY = "objections.complaint.study"
COMPLAINT_RULE = "objections.complaint.rule"
CLOSE_MOOT = "objections.moot.close"
ROUTE = "objections.route.manage"
LOAD = "objections.reference.load"

PERMISSIONS = {
    SEE_ALL: "查看全市异议投诉",
    SEE_DISTRICT: "查看本县区单位异议",
    FILE: "登记异议、投诉",
    WITHDRAW: "登记申请人撤回",
    CHECK: "核验申请人身份和授权",
    ACCEPT: "受理或不予受理异议",
    SILENCE: "逾期视为受理",
    FORWARD: "转送源单位并登记答复",
    ASK: "通知申请人补交材料",
    DRAFT: "拟写异议答复、延长答复",
    SIGN: "签发异议答复",
    CORRECT: "登记更正",
    REDETERMINE: "部分成立后重新认定",
    COMPLAINT_ACCEPT: "受理或不予受理投诉",
    COMPLAINT_STUDY: "召集投诉研究、抽取专家、拟写处理意见",
    COMPLAINT_RULE: "签发投诉处理决定",
    CLOSE_MOOT: "认定撤销后终结异议投诉",
    ROUTE: "维护异议办理分工",
    LOAD: "装载异议期限和分工",
}
_DESK = [FILE, WITHDRAW, CHECK]
_ANSWER = [*_DESK, ACCEPT, FORWARD, ASK, DRAFT, CORRECT]
GRANTS = {
    "window": _DESK,
    "handler": _ANSWER,
    "reviewer": [*_ANSWER, SIGN],
    "district_credit": [SEE_DISTRICT],
    "group_lead": [*_ANSWER, SIGN, REDETERMINE],
    "office": [
        *_ANSWER,
        SIGN,
        REDETERMINE,
        SEE_ALL,
        COMPLAINT_ACCEPT,
        COMPLAINT_STUDY,
        COMPLAINT_RULE,
        ROUTE,
    ],
}
JOB_PERMISSIONS = frozenset({SILENCE, CLOSE_MOOT, "sanctions.listing.remedy"})
PARTS = frozenset({code for codes in GRANTS.values() for code in codes})
APPLICANT_PERMISSIONS = frozenset({FILE, WITHDRAW})


def has_part(actor: Actor) -> bool:
    """Return whether the actor has any part in objections at all (三员 and jobs have none)."""
    return not actor.permissions.isdisjoint(PARTS)


def applicant(key: str, label: str = "当事人") -> Actor:
    """Return the actor of a member of the public, who may file and withdraw what is his and nothing else."""
    return replace(Actor.applicant(key, label), permissions=APPLICANT_PERMISSIONS)
