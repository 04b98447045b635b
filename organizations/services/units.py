"""Units: set up, corrected, renamed; a unit's code and public id never change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from core.actors import Actor, acting, settled_day
from core.identifiers import uscc_valid
from core.permissions import require
from core.problems import Violation, refuse
from organizations import rules
from organizations.enums import UnitKind, UnitLevel
from organizations.models import District, Organization, OrganizationName
from organizations.permissions import UNIT_MANAGE

ONE_DAY = timedelta(days=1)
EDITABLE = ("kind", "level", "district", "vertical", "joint_member", "uscc", "parent", "sort", "note", "confidence")


def lock_units(units: Iterable[Organization]) -> dict[int, Organization]:
    """Lock the units' rows in one order and return them fresh, by id."""
    rows = Organization.objects.select_for_update().filter(pk__in={unit.pk for unit in units}).order_by("pk")
    return {row.pk: row for row in rows}


def create_organization(
    *,
    actor: Actor,
    code: str,
    name: str,
    short_name: str,
    kind: str = UnitKind.ADMINISTRATION,
    level: str = UnitLevel.CITY,
    district: District | None = None,
    vertical: bool = False,
    joint_member: bool = False,
    uscc: str | None = None,
    parent: Organization | None = None,
    on: date | None = None,
    reason: str = "",
) -> Organization:
    """Set up a unit that exists from `on`. Needs 维护单位; refuses ORG-21 for a code or USCC that is taken or wrong."""
    require(actor, UNIT_MANAGE)
    day = settled_day(actor, on, reason)
    with acting(actor, "organizations.unit.create", reason=reason, on=day):
        refuse(_codes_fit(code, uscc))
        return Organization.objects.create(
            code=code,
            name=name.strip(),
            short_name=short_name.strip(),
            kind=kind,
            level=level,
            district=district,
            vertical=vertical,
            joint_member=joint_member,
            uscc=uscc or None,
            parent=parent,
            valid_from=day,
        )


def _codes_fit(code: str | None, uscc: str | None, own: int | None = None) -> list[Violation]:
    found = []
    if code is not None and Organization.objects.filter(code=code).exists():
        found.append(Violation("ORG-21", f"单位代号 {code} 已存在", "code", "更换代号"))
    if uscc:
        if not uscc_valid(uscc):
            found.append(Violation("ORG-21", "统一社会信用代码校验不通过", "uscc", "对照证书核对 18 位代码"))
        elif Organization.objects.filter(uscc=uscc).exclude(pk=own or 0).exists():
            found.append(Violation("ORG-21", "统一社会信用代码已属于其他单位", "uscc", "核对是否重复登记"))
    return found


def update_organization(
    *, actor: Actor, organization: Organization, changes: dict[str, object], reason: str = ""
) -> Organization:
    """Correct facts of a unit that are no act of succession; names go through `rename_organization`."""
    require(actor, UNIT_MANAGE)
    unknown = sorted(set(changes) - set(EDITABLE))
    refuse(Violation("ORG-22", f"“{field}”不能直接修改", field, "名称和存续期通过更名、撤并办理") for field in unknown)
    with acting(actor, "organizations.unit.update", reason=reason):
        row = lock_units([organization])[organization.pk]
        if "uscc" in changes:
            changes = {**changes, "uscc": changes["uscc"] or None}
            refuse(_codes_fit(None, str(changes["uscc"] or ""), own=row.pk))
        for field, value in changes.items():
            setattr(row, field, value)
        row.save(update_fields=sorted(changes))
        return row


def rename_organization(
    *, actor: Actor, organization: Organization, name: str, short_name: str, on: date | None = None, reason: str = ""
) -> Organization:
    """Give the unit a new name from `on`; records of earlier days keep the name of their day.

    Needs 维护单位. Refuses ORG-05 (unit does not exist on the day), ORG-06 (same name, or before the present name).
    """
    require(actor, UNIT_MANAGE)
    day = settled_day(actor, on, reason)
    with acting(actor, "organizations.unit.rename", reason=reason, on=day):
        row = lock_units([organization])[organization.pk]
        latest = (
            row.names.order_by("-valid_to").filter(valid_to__isnull=True).first()
            or row.names.order_by("-valid_to").first()
        )
        begins = latest.valid_from if latest is not None else row.valid_from
        refuse(
            [
                *rules.still_standing(row.name, row.in_force_on(day), day),
                *rules.renamed_forward(day, begins, row.name, name.strip()),
            ]
        )
        if latest is None:
            OrganizationName.objects.create(
                organization=row,
                name=row.name,
                short_name=row.short_name,
                valid_from=row.valid_from,
                valid_to=day - ONE_DAY,
            )
        elif latest.valid_to is None or latest.valid_to >= day:
            latest.valid_to = day - ONE_DAY
            latest.save(update_fields=["valid_to"])
        OrganizationName.objects.create(
            organization=row, name=name.strip(), short_name=short_name.strip(), valid_from=day
        )
        row.name, row.short_name = name.strip(), short_name.strip()
        row.save(update_fields=["name", "short_name"])
        return row


def set_credit_office(*, actor: Actor, district: District, organization: Organization, reason: str = "") -> District:
    """Name the unit that does the credit work of a district from now on. Needs 维护单位; the unit must exist today."""
    require(actor, UNIT_MANAGE)
    day = settled_day(actor, None)
    with acting(actor, "organizations.district.credit_office", reason=reason, on=day):
        row = District.objects.select_for_update().get(pk=district.pk)
        refuse(rules.still_standing(organization.name, organization.in_force_on(day), day))
        row.credit_office = organization
        row.save(update_fields=["credit_office"])
        return row
