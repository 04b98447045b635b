"""Succession: merge, split, takeover, dissolution. Old records stay with the old unit, duties pass on by date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q

from core import clock
from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import Violation, refuse
from organizations import rules
from organizations.enums import SuccessionKind
from organizations.models import (
    ApiClient,
    Assignment,
    District,
    Organization,
    Succession,
    WorkingGroup,
    WorkingGroupMember,
)
from organizations.permissions import UNIT_MANAGE
from organizations.services import administrators
from organizations.services.units import ONE_DAY, lock_units


def _edges() -> dict[int, set[int]]:
    edges: dict[int, set[int]] = defaultdict(set)
    ending = Succession.objects.exclude(kind=SuccessionKind.TAKEOVER)
    for predecessor_id, successor_id in ending.values_list("predecessor_id", "successor_id"):
        edges[predecessor_id].add(successor_id)
    return edges


def _may_pass(predecessor: Organization, successors: Iterable[Organization], day: date) -> list[Violation]:
    found = rules.still_standing(predecessor.name, predecessor.in_force_on(day), day)
    if predecessor.valid_from is not None and predecessor.valid_from >= day:
        found += rules.period_sane(predecessor.valid_from, day - ONE_DAY)
    heirs = list(successors)
    for heir in heirs:
        found += rules.takes_over(heir.name, heir.in_force_on(day), day)
    return found + rules.no_circle(predecessor.pk, [heir.pk for heir in heirs], _edges())


def _close(unit: Organization, day: date) -> None:
    """End the unit the day before `day`, with its officers' jobs and its systems' access."""
    last_day = day - ONE_DAY
    unit.valid_to = last_day
    unit.save(update_fields=["valid_to"])
    unit.names.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=last_day), valid_from__lte=last_day).update(
        valid_to=last_day
    )
    unit.names.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=last_day), valid_from__isnull=True).update(
        valid_to=last_day
    )
    open_jobs = Assignment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), organization=unit)
    open_jobs.filter(valid_from__gte=day).update(is_void=True)
    open_jobs.filter(valid_from__lt=day).update(valid_to=last_day)
    ApiClient.objects.filter(organization=unit, is_active=True).update(is_active=False)


def _hand_on(unit: Organization, heir: Organization) -> None:
    """Pass group leads, memberships, credit offices and subordinate units to the heir."""
    WorkingGroup.objects.filter(co_lead_unit=unit, lead_unit=heir).update(co_lead_unit=None)
    WorkingGroup.objects.filter(lead_unit=unit, co_lead_unit=heir).update(lead_unit=heir, co_lead_unit=None)
    WorkingGroup.objects.filter(lead_unit=unit).update(lead_unit=heir)
    WorkingGroup.objects.filter(co_lead_unit=unit).update(co_lead_unit=heir)
    District.objects.filter(credit_office=unit).update(credit_office=heir)
    Organization.objects.filter(parent=unit).exclude(pk=heir.pk).update(parent=heir)
    joined = heir.group_memberships.values("group")
    unit.group_memberships.exclude(group__in=joined).update(organization=heir)
    WorkingGroupMember.objects.filter(organization=unit).delete()
    if unit.joint_member and not heir.joint_member:
        heir.joint_member = True
        heir.save(update_fields=["joint_member"])


def merge_organizations(
    *,
    actor: Actor,
    predecessors: Sequence[Organization],
    successor: Organization,
    on: date | None = None,
    duties: str = "",
    reason: str = "",
) -> list[Succession]:
    """From `on` the successor carries the duties of the units merged into it, which end the day before.

    Needs 维护单位. Refuses ORG-03 (successor does not exist that day), ORG-04 (circle), ORG-05 (a unit already ended).
    Jobs in the merged units end, their systems lose access; group leads, memberships, credit offices and subordinate
    units pass to the successor. Refuses ORG-17 where the last security administrator would lose his job by it.
    """
    require(actor, UNIT_MANAGE)
    day = settled_day(actor, on, reason)
    with acting(actor, "organizations.unit.merge", reason=reason, on=day), administrators.one_remains(clock.today()):
        rows = lock_units([*predecessors, successor])
        heir = rows[successor.pk]
        parting = [rows[unit.pk] for unit in predecessors]
        refuse(violation for unit in parting for violation in _may_pass(unit, [heir], day))
        made = []
        for unit in parting:
            made.append(
                Succession.objects.create(
                    predecessor=unit, successor=heir, kind=SuccessionKind.MERGE, on=day, duties=duties
                )
            )
            _close(unit, day)
            _hand_on(unit, heir)
        return made


def split_organization(
    *,
    actor: Actor,
    predecessor: Organization,
    successors: Sequence[tuple[Organization, str]],
    on: date | None = None,
    reason: str = "",
) -> list[Succession]:
    """From `on` several units share the duties of one that ends the day before; each pair is (unit, its duties).

    Needs 维护单位. Refuses ORG-03, ORG-04, ORG-05, ORG-15 (fewer than two heirs) and ORG-18 (it still leads a group or is a
    credit office: which heir takes that is a decision to be made first). Which heir acts in an old matter is decided
    case by case: `selectors.acting_unit_on` answers None. Refuses ORG-17 as a merge does.
    """
    require(actor, UNIT_MANAGE)
    day = settled_day(actor, on, reason)
    with acting(actor, "organizations.unit.split", reason=reason, on=day), administrators.one_remains(clock.today()):
        rows = lock_units([predecessor, *(heir for heir, _ in successors)])
        unit = rows[predecessor.pk]
        heirs = [rows[heir.pk] for heir, _ in successors]
        refuse(
            [
                *rules.splits_into_several([heir.pk for heir in heirs]),
                *_may_pass(unit, heirs, day),
                *_left_behind(unit),
            ]
        )
        made = [
            Succession.objects.create(
                predecessor=unit, successor=rows[heir.pk], kind=SuccessionKind.SPLIT, on=day, duties=duties
            )
            for heir, duties in successors
        ]
        _close(unit, day)
        WorkingGroupMember.objects.filter(organization=unit).delete()
        return made


def take_over_duties(
    *,
    actor: Actor,
    predecessor: Organization,
    successor: Organization,
    duties: str,
    on: date | None = None,
    reason: str = "",
) -> Succession:
    """From `on` the successor carries the named part of the duties; both units go on. Needs 维护单位."""
    require(actor, UNIT_MANAGE)
    day = settled_day(actor, on, reason)
    with acting(actor, "organizations.unit.take_over", reason=reason, on=day):
        rows = lock_units([predecessor, successor])
        unit, heir = rows[predecessor.pk], rows[successor.pk]
        found = rules.still_standing(unit.name, unit.in_force_on(day), day)
        found += rules.takes_over(heir.name, heir.in_force_on(day), day)
        refuse(found + rules.no_circle(unit.pk, [heir.pk], {}))
        return Succession.objects.create(
            predecessor=unit, successor=heir, kind=SuccessionKind.TAKEOVER, on=day, duties=duties
        )


def dissolve_organization(
    *, actor: Actor, organization: Organization, on: date | None = None, reason: str
) -> Organization:
    """From `on` the unit no longer exists and nobody carries its duties.

    Needs 维护单位 and a reason. Refuses ORG-05 (already ended), ORG-17, ORG-18 (still leads a group or is a credit
    office), ORG-19.
    """
    require(actor, UNIT_MANAGE)
    day = settled_day(actor, on, reason)
    with acting(actor, "organizations.unit.dissolve", reason=reason, on=day), administrators.one_remains(clock.today()):
        unit = lock_units([organization])[organization.pk]
        refuse([*rules.reason_given(reason), *_may_pass(unit, [], day), *_left_behind(unit)])
        _close(unit, day)
        WorkingGroupMember.objects.filter(organization=unit).delete()
        return unit


def _left_behind(unit: Organization) -> list[Violation]:
    led = WorkingGroup.objects.filter(Q(lead_unit=unit) | Q(co_lead_unit=unit)).values_list("name", flat=True)
    offices = District.objects.filter(credit_office=unit).values_list("name", flat=True)
    return rules.nothing_left_behind(led, offices)
