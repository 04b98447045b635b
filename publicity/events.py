"""What double publicity announces: each appearance and each removal; nothing here names a person."""

from __future__ import annotations

from core.events import CODE, DAY, MAYBE_DAY, NUMBER, EventType

RECORD = {"kind": CODE, "version": NUMBER}
EVENTS = {
    "disclosure.reported": EventType("收到报送的行政决定", RECORD),
    "disclosure.published": EventType(
        "行政决定开始公示", {**RECORD, "visible_from": DAY, "last_day": MAYBE_DAY, "replaces": CODE}, leaves=True
    ),
    "disclosure.replaced": EventType("公示内容由新版本替换", {**RECORD, "by": CODE}, leaves=True),
    "disclosure.adjusted": EventType("失信程度或者最后公示日变更", {**RECORD, "last_day": MAYBE_DAY}, leaves=True),
    "disclosure.ended": EventType("公示期满或者提前终止公示", {**RECORD, "from": DAY, "ground": CODE}, leaves=True),
    "disclosure.withdrawn": EventType(
        "决定变更或者撤销，撤下公示", {**RECORD, "from": DAY, "ground": CODE}, leaves=True
    ),
    "disclosure.shielded": EventType("依法院裁定临时屏蔽，不再公示", RECORD, leaves=True),
    "disclosure.unshielded": EventType("临时屏蔽终止，恢复公示", RECORD, leaves=True),
    "publicity.law_confirmed": EventType("双公示规则经复核", {"law": CODE, "valid_from": DAY}),
    "disclosure.contested": EventType("公示信息标注或者解除异议中", {**RECORD, "since": MAYBE_DAY}, leaves=True),
}
