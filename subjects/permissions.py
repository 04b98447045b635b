"""What may be done with subjects, and which roles may do it."""

from __future__ import annotations

VIEW = "subjects.subject.view"
REGISTER = "subjects.subject.register"
REGISTER_PERSON = "subjects.person.register"
RECORD_LIFE = "subjects.life.record"
DECIDE_SUCCESSOR = "subjects.successor.decide"
MERGE = "subjects.duplicate.merge"
SERVE = "subjects.delivery.serve"
SEE_DELIVERIES = "subjects.delivery.see_all"
SEE_RECORDS = "subjects.record.view"

PERMISSIONS = {
    VIEW: "查询信用主体",
    REGISTER: "建立法人和其他组织档案",
    REGISTER_PERSON: "建立自然人档案",
    RECORD_LIFE: "登记更名、注销等主体变动",
    DECIDE_SUCCESSOR: "认定承继主体",
    MERGE: "合并和拆分重复档案",
    SERVE: "登记文书送达",
    SEE_DELIVERIES: "查看全市文书送达",
    SEE_RECORDS: "查看信用记录",
}

_KEEPING = [VIEW, REGISTER, REGISTER_PERSON, SERVE, SEE_RECORDS]
GRANTS = {
    "handler": _KEEPING,
    "window": _KEEPING,
    "reviewer": [*_KEEPING, RECORD_LIFE],
    "district_credit": [*_KEEPING, RECORD_LIFE],
    "group_lead": [VIEW, REGISTER, SERVE, SEE_RECORDS],
    "office": [*_KEEPING, RECORD_LIFE, DECIDE_SUCCESSOR, MERGE, SEE_DELIVERIES],
}
