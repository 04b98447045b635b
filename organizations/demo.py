"""Accounts of a demo city: one officer for every part in a whole sanction, passwords made fresh."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import transaction

from core.actors import BACKDATE, Actor
from organizations import selectors, services
from organizations.enums import GroupCode, Role
from organizations.models import ApiClient, Officer, WorkingGroup
from organizations.passwords import new_password
from organizations.permissions import ASSIGNMENT_GRANT, CLIENT_MANAGE, OFFICER_MANAGE
from organizations.scopes import known_scopes
from organizations.services.clients import IssuedClient

SINCE = date(2025, 1, 1)  # demo stories play on past days too
MAKER = Actor.job("demo", [OFFICER_MANAGE, ASSIGNMENT_GRANT, CLIENT_MANAGE, BACKDATE])
CLIENT_UNIT, CLIENT_NAME = "scjgj", "示例审批系统"


class DemoAccount(NamedTuple):
    """What is printed once."""

    username: str
    password: str
    label: str


class Part(NamedTuple):
    """A part to play: account, shown name, unit, role, and the group where the role needs one."""

    username: str
    full_name: str
    unit: str
    role: Role
    group: GroupCode | None = None


def _pair(unit: str, name: str) -> list[Part]:
    return [
        Part(f"{unit}-handler", f"示例{name}经办", unit, Role.HANDLER),
        Part(f"{unit}-reviewer", f"示例{name}审核", unit, Role.REVIEWER),
    ]


PARTS = [
    *_pair("rsj", "人社"),
    *_pair("scjgj", "市监"),
    Part("scjgj-lead", "示例企业组甲", "scjgj", Role.GROUP_LEAD, GroupCode.ENTERPRISE),
    Part("scjgj-lead2", "示例企业组乙", "scjgj", Role.GROUP_LEAD, GroupCode.ENTERPRISE),
    Part("gaj-lead", "示例个人组甲", "gaj", Role.GROUP_LEAD, GroupCode.PERSON),
    Part("gaj-lead2", "示例个人组乙", "gaj", Role.GROUP_LEAD, GroupCode.PERSON),
    Part("mzj-lead", "示例社会组织组甲", "mzj", Role.GROUP_LEAD, GroupCode.SOCIAL),
    Part("mzj-lead2", "示例社会组织组乙", "mzj", Role.GROUP_LEAD, GroupCode.SOCIAL),
    Part("office-1", "示例联席办甲", "fgw", Role.OFFICE, GroupCode.OFFICE),
    Part("office-2", "示例联席办乙", "fgw", Role.OFFICE, GroupCode.OFFICE),
    *_pair("zjj", "住建"),
    *_pair("czj", "财政"),
    *_pair("jtj", "交通"),
    *_pair("slj", "水利"),
    *_pair("fgw", "发改"),
    *_pair("swj", "税务"),
    *_pair("jgj", "金融监管"),
    *_pair("ggzy", "交易中心"),
    *_pair("zy", "法院"),
    Part("lzq-credit", "示例利州信用办", "lzq_fgj", Role.DISTRICT_CREDIT),
    Part("window", "示例窗口人员", "ggzy", Role.WINDOW),
    Part("system-admin", "示例系统管理员", "fgw", Role.SYSTEM_ADMIN),
    Part("security-admin", "示例安全管理员", "fgw", Role.SECURITY_ADMIN),
    Part("audit-admin", "示例审计管理员", "fgw", Role.AUDIT_ADMIN),
]


def create_demo_accounts() -> list[DemoAccount]:
    """Make the accounts that are missing and return only these; those that exist keep their passwords.

    Reference data must be loaded. One transaction.
    """
    with transaction.atomic():
        present = set(Officer.objects.values_list("username", flat=True))
        units = selectors.units_by_code(part.unit for part in PARTS)
        groups = {group.code: group for group in WorkingGroup.objects.all()}
        made = []
        for part in PARTS:
            if part.username in present:
                continue
            password = new_password()
            officer = services.create_officer(
                actor=MAKER,
                username=part.username,
                full_name=part.full_name,
                password=password,
                must_change_password=False,
                reason="演示账号",
            )
            unit = units[part.unit]
            services.assign_officer(
                actor=MAKER,
                officer=officer,
                organization=unit,
                role=part.role,
                group=groups[part.group] if part.group else None,
                valid_from=max(SINCE, unit.valid_from or SINCE),
                reason="演示账号",
            )
            made.append(DemoAccount(part.username, password, f"{unit.short_name} {part.role.label}"))
        return made


def create_demo_client() -> IssuedClient | None:
    """Register the sandbox client that the quick start of docs/integrators.md uses; None where it is there already."""
    unit = selectors.unit(CLIENT_UNIT)
    if ApiClient.objects.filter(organization=unit, name=CLIENT_NAME, is_active=True).exists():
        return None
    return services.register_api_client(
        actor=MAKER, organization=unit, name=CLIENT_NAME, scopes=list(known_scopes()), sandbox=True, reason="演示客户端"
    )
