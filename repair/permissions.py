"""Who may do what in repair."""

from __future__ import annotations

PERMISSIONS = {
    "repair.application.file": "登记修复申请",
    "repair.application.withdraw": "撤回修复申请",
    "repair.application.check": "核验申请人身份",
    "repair.application.ask": "通知申请人补充材料",
    "repair.application.handle": "受理、转交、核实并拟办修复申请",
    "repair.application.sign": "签发修复决定",
    "repair.application.publish": "公布修复结果",
    "repair.application.end": "终止没有对象的修复申请",
    "repair.application.reopen": "撤销不予修复后重新办理",
    "repair.application.see_all": "查看全市修复申请",
    "repair.application.see_group": "查看本组名单的修复申请",
    "repair.application.see_district": "查看本县区单位的修复申请",
    "repair.revocation.propose": "提出撤销修复",
    "repair.revocation.sign": "签发撤销修复",
    "repair.shield.record": "登记破产程序临时屏蔽",
    "repair.shield.confirm": "复核破产程序临时屏蔽",
    "repair.regime.switch": "切换单条记录的公示期规则",
    "repair.reference.manage": "维护事项修复条件",
    "repair.publicity.end": "公告公示期满",
    "repair.reminder.send": "提示可以申请修复",
}
_TAKING_IN = ["repair.application.file", "repair.application.withdraw", "repair.application.check"]
_HANDLING = [
    "repair.application.ask",
    "repair.application.handle",
    "repair.application.publish",
    "repair.revocation.propose",
    "repair.shield.record",
]
_SIGNING = [
    "repair.application.sign",
    "repair.application.reopen",
    "repair.revocation.sign",
    "repair.shield.confirm",
]
GRANTS = {
    "window": _TAKING_IN,
    "handler": [*_TAKING_IN, *_HANDLING],
    "reviewer": [*_TAKING_IN, *_HANDLING, *_SIGNING],
    "district_credit": [*_TAKING_IN, "repair.application.see_district"],
    "group_lead": [*_TAKING_IN, *_HANDLING, *_SIGNING, "repair.application.see_group"],
    "office": [
        *_TAKING_IN,
        *_HANDLING,
        *_SIGNING,
        "repair.application.see_all",
        "repair.regime.switch",
    ],
    "system_admin": ["repair.reference.manage"],
}
RECEIVING = frozenset({"repair.application.file"})
HANDLING = frozenset({"repair.application.handle", "repair.application.sign"})
# Members of the public who file or follow an application hold nothing else.
PUBLIC = frozenset({"repair.application.file", "repair.application.withdraw"})
JOB = frozenset({"repair.publicity.end", "repair.reminder.send", "repair.application.end"})
