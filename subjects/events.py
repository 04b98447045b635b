"""What happens to subjects; of a natural person only the kind is ever told."""

from __future__ import annotations

from core.events import CODE, DAY, FLAG, NUMBER, PUBLIC_ID, TEXT, EventType

NAMED = {"kind": CODE, "name": TEXT}
EVENTS = {
    "subject.registered": EventType("建立信用主体档案", {**NAMED, "code": {"type": ["string", "null"]}}, leaves=True),
    "subject.identifier_added": EventType(
        "增加证照号码", {**NAMED, "type": CODE, "code": {"type": ["string", "null"]}}, leaves=True
    ),
    "subject.identifier_ended": EventType(
        "证照号码停用", {**NAMED, "type": CODE, "code": {"type": ["string", "null"]}, "last_day": DAY}, leaves=True
    ),
    "subject.renamed": EventType("更名", {**NAMED, "former_name": TEXT}, leaves=True),
    "subject.revoked_licence": EventType("吊销营业执照", NAMED, leaves=True),
    "subject.deregistered": EventType("注销", NAMED, leaves=True),
    "subject.deceased": EventType("自然人死亡", NAMED),
    "subject.successor_nominated": EventType(
        "合并或分立提名承继主体", {**NAMED, "nomination": PUBLIC_ID, "successor": PUBLIC_ID}
    ),
    "subject.successor_decided": EventType("承继主体认定结果", {**NAMED, "successor": PUBLIC_ID, "accepted": FLAG}),
    "subject.duplicate_merged": EventType("重复档案并入另一档案", {**NAMED, "into": PUBLIC_ID}, leaves=True),
    "subject.duplicate_parted": EventType("撤销档案合并", {**NAMED, "was_in": PUBLIC_ID}, leaves=True),
    "subject.described": EventType("更新信用主体的基础信息", NAMED, leaves=True),
    "record.reported": EventType("报送一条信用记录的一个版本", {"kind": CODE, "version": NUMBER}),
    "record.withdrawn": EventType("撤回一条信用记录的一个版本", {"kind": CODE, "version": NUMBER}),
    "message.sent": EventType("一项办理告知当事人", {"kind": CODE}),
    "delivery.served": EventType("文书送达当事人", {"channel": CODE, "served_on": DAY}),
    "delivery.failed": EventType("文书未能送达，待改用其他方式", {"channel": CODE}),
}
