"""专项小组: leading units, members and the kinds of subjects routed to them, kept by the office."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from core.problems import Violation, refuse
from organizations import rules
from organizations.models import Organization, WorkingGroup, WorkingGroupMember
from organizations.permissions import GROUP_MANAGE


class Kept(Enum):
    """Says of a column that may be empty that it is not named."""

    AS_IT_IS = "kept"


def update_group(
    *,
    actor: Actor,
    group: WorkingGroup,
    name: str | None = None,
    lead_unit: Organization | None = None,
    co_lead_unit: Organization | Kept | None = Kept.AS_IT_IS,
    subject_kinds: Sequence[str] | None = None,
    members: Iterable[Organization] | None = None,
    note: str | None = None,
    reason: str = "",
) -> WorkingGroup:
    """Change what is named, leave the rest; a co-leading unit named None is taken away. Needs 维护专项小组.

    Refuses ORG-03 for a leading unit or member that does not exist today, ORG-16 for a kind of subject that another
    group answers for.
    """
    require(actor, GROUP_MANAGE)
    day = clock.today()
    with acting(actor, "organizations.group.update", reason=reason, on=day):
        groups = {row.pk: row for row in WorkingGroup.objects.select_for_update().order_by("pk")}
        row = groups.pop(group.pk)
        wanted = None if members is None else list(members)
        found: list[Violation] = []
        for unit in [lead_unit, co_lead_unit, *(wanted or [])]:
            if isinstance(unit, Organization):
                found += rules.takes_over(unit.name, unit.in_force_on(day), day)
        if subject_kinds is not None:
            taken = {kind: other.name for other in groups.values() for kind in other.subject_kinds}
            found += rules.one_group_per_kind(subject_kinds, taken)
        refuse(found)
        row.name = name if name is not None else row.name
        row.note = note if note is not None else row.note
        row.lead_unit = lead_unit or row.lead_unit
        if co_lead_unit is not Kept.AS_IT_IS:
            row.co_lead_unit = co_lead_unit
        row.subject_kinds = list(subject_kinds) if subject_kinds is not None else row.subject_kinds
        row.save(update_fields=["name", "note", "lead_unit", "co_lead_unit", "subject_kinds"])
        if wanted is not None:
            _set_members(row, wanted)
        return row


def _set_members(group: WorkingGroup, units: list[Organization]) -> None:
    wanted = {unit.pk for unit in units}
    present = set(group.memberships.values_list("organization_id", flat=True))
    group.memberships.filter(organization__in=present - wanted).delete()
    WorkingGroupMember.objects.bulk_create(
        WorkingGroupMember(group=group, organization_id=pk) for pk in sorted(wanted - present)
    )
