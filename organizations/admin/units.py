"""Units: the list, and the page with its names, successions, people and the acts on it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from organizations import selectors
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import BLUE, GREY, JADE, chip, zh
from organizations.enums import SuccessionKind
from organizations.forms.units import UNIT_ACTS, CreateUnit
from organizations.models import Organization, Succession, WorkingGroup
from organizations.permissions import OFFICER_READ_ALL


def link(unit: Organization | None, *, short: bool = False) -> SafeString | str:
    if unit is None:
        return ""
    return format_html('<a href="{}">{}</a>', address(unit), unit.short_name if short else unit.name)


def standing(unit: Organization) -> SafeString:
    """Return whether the unit exists today, in a word."""
    today = clock.today()
    if unit.in_force_on(today):
        return chip("存续", JADE)
    return chip("已撤并", GREY) if unit.valid_to is not None and unit.valid_to < today else chip("尚未设立", BLUE)


@admin.register(Organization)
class OrganizationAdmin(ScopedAdmin):
    acts = tuple(UNIT_ACTS)
    openings = (CreateUnit,)
    list_display = ("short_name", "name", "kind", "level", "district", "member_shown", "standing_shown")
    list_filter = ("joint_member", "level", "kind", "vertical", "district", "confidence")
    search_fields = ("name", "short_name", "code", "names__name")
    search_help_text = "现名称、曾用名称、简称或代号"
    ordering = ("sort", "code")
    list_per_page = 50

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return selectors.visible_units(actor)

    @admin.display(description="联席会议", ordering="joint_member")
    def member_shown(self, unit: Organization) -> str:
        return "成员单位" if unit.joint_member else "—"

    @admin.display(description="今天", ordering="valid_to")
    def standing_shown(self, unit: Organization) -> SafeString:
        return standing(unit)

    def page(self, request: HttpRequest, actor: Actor, record: Organization) -> dict[str, Any]:
        more = [
            word for word, holds in (("垂直管理", record.vertical), ("联席会议成员单位", record.joint_member)) if holds
        ]
        return {
            "kicker": " · ".join([record.get_kind_display(), record.get_level_display(), *more]),
            "heading": record.name,
            "sub": record.short_name if record.short_name != record.name else "",
            "state": standing(record),
            "facts": [
                ("代号", record.code),
                ("统一社会信用代码", record.uscc),
                ("所在区划", record.district),
                ("上级单位", link(record.parent)),
                ("设立日期", zh(record.valid_from)),
                ("最后存续日", zh(record.valid_to)),
                ("信息来源", record.get_confidence_display()),
                ("备注", record.note),
            ],
            "sections": sections(actor, record),
            "timeline": timeline(record),
        }


def sections(actor: Actor, unit: Organization) -> list[Section]:
    """Return the tables of a unit's page; people only for those who may know of them."""
    names = [Row([row.name, row.short_name, zh(row.valid_from), zh(row.valid_to)]) for row in unit.names.all()]
    groups = [
        Row([link_group(group), "牵头" if unit.pk in group.leading_unit_ids else "成员"])
        for group in WorkingGroup.objects.filter(pk__in=_groups(unit)).order_by("pk")
    ]
    found = [
        Section("名称", ("名称", "简称", "启用", "停用前最后一日"), names, "一直使用现名称"),
        Section("专项小组", ("小组", "身份"), groups, "没有参加专项小组"),
    ]
    if actor.may(OFFICER_READ_ALL) or actor.unit_id == unit.pk:
        jobs = selectors.assignments_on(clock.today()).filter(organization=unit).order_by("role", "officer__full_name")
        people = [Row([link_officer(job.officer), job.get_role_display(), zh(job.valid_from)]) for job in jobs]
        found.append(Section("在任人员", ("姓名", "岗位", "起始"), people, "没有在任人员"))
    children = [Row([link(row), standing(row)]) for row in unit.children.order_by("sort", "code")]
    return [*found, Section("下级单位", ("单位", "今天"), children)] if children else found


def _groups(unit: Organization) -> set[int]:
    led = selectors.groups_led_by(unit.pk).values_list("pk", flat=True)
    return {*led, *unit.group_memberships.values_list("group_id", flat=True)}


def link_group(group: WorkingGroup) -> SafeString:
    return format_html('<a href="{}">{}</a>', address(group), group.name)


def link_officer(officer: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', address(officer), officer.full_name)


def timeline(unit: Organization) -> list[dict[str, Any]]:
    """Return what happened to the unit, by the day it took effect."""
    rows: list[dict[str, Any]] = []
    if unit.valid_from:
        rows.append({"on": unit.valid_from, "label": "设立"})
    dated = [row for row in unit.names.all() if row.valid_from and row.valid_from != unit.valid_from]
    rows += [{"on": row.valid_from, "label": f"更名为{row.name}"} for row in dated]
    both = Succession.objects.select_related("predecessor", "successor")
    for row in both.filter(predecessor=unit):
        word = "划转部分职责给" if row.kind == SuccessionKind.TAKEOVER else f"{row.get_kind_display()}："
        rows.append({"on": row.on, "label": f"{word}{row.successor.name}", "reason": row.duties, "kind": "clock"})
    for row in both.filter(successor=unit):
        rows.append({"on": row.on, "label": f"承接{row.predecessor.name}的职责", "reason": row.duties})
    if unit.valid_to and not both.filter(predecessor=unit).exclude(kind=SuccessionKind.TAKEOVER).exists():
        rows.append({"on": unit.valid_to, "label": "撤销，最后存续日", "kind": "clock"})
    return sorted(rows, key=lambda row: row["on"])
