"""What may be done to the organisations and by which roles; the three administrators share no right."""

from __future__ import annotations

from core.actors import BACKDATE
from organizations.enums import Role

UNIT_MANAGE = "organizations.unit.manage"
REFERENCE_LOAD = "organizations.reference.load"
OFFICER_MANAGE = "organizations.officer.manage"
ADMINISTRATOR_RESET = "organizations.administrator.reset"
OFFICER_READ_ALL = "organizations.officer.read_all"
ASSIGNMENT_GRANT = "organizations.assignment.grant"
CLIENT_MANAGE = "organizations.client.manage"
CLIENT_READ_ALL = "organizations.client.read_all"
GROUP_MANAGE = "organizations.group.manage"
EXPERT_MANAGE = "organizations.expert.manage"
EXPERT_READ = "organizations.expert.read"

PERMISSIONS = {
    UNIT_MANAGE: "维护单位、更名与撤并",
    REFERENCE_LOAD: "载入参考数据",
    OFFICER_MANAGE: "建立账号、重置密码",
    ADMINISTRATOR_RESET: "重置其他管理员的密码",
    OFFICER_READ_ALL: "查看全部账号与任职",
    ASSIGNMENT_GRANT: "授予和收回岗位",
    CLIENT_MANAGE: "登记接口客户端",
    CLIENT_READ_ALL: "查看全部接口客户端与请求记录",
    GROUP_MANAGE: "维护专项小组",
    EXPERT_MANAGE: "维护专家库",
    EXPERT_READ: "查看专家库",
}

GRANTS: dict[str, list[str]] = {
    Role.SYSTEM_ADMIN.value: [UNIT_MANAGE, REFERENCE_LOAD, OFFICER_MANAGE, OFFICER_READ_ALL, BACKDATE],
    Role.SECURITY_ADMIN.value: [
        ASSIGNMENT_GRANT,
        ADMINISTRATOR_RESET,
        CLIENT_MANAGE,
        CLIENT_READ_ALL,
        OFFICER_READ_ALL,
    ],
    Role.AUDIT_ADMIN.value: [CLIENT_READ_ALL, OFFICER_READ_ALL, EXPERT_READ],
    Role.OFFICE.value: [GROUP_MANAGE, EXPERT_MANAGE, EXPERT_READ],
    Role.GROUP_LEAD.value: [EXPERT_READ],
}
