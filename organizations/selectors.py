"""Questions about units, groups, officers and experts on a day; the only readers that other apps use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from core import clock
from core.actors import Actor
from core.permissions import permissions_of
from core.problems import NotFound
from organizations.enums import ENDING_SUCCESSIONS, SuccessionKind
from organizations.models import (
    ApiClient,
    Assignment,
    ClientRequest,
    District,
    Expert,
    ExpertField,
    ExpertRecusal,
    Officer,
    Organization,
    OrganizationName,
    Succession,
    WorkingGroup,
)
from organizations.models.base import in_force as period_contains
from organizations.permissions import CLIENT_READ_ALL, EXPERT_READ, OFFICER_READ_ALL

# --- units -----------------------------------------------------------------------------------------------------------


def unit(code: str) -> Organization:
    """Return the unit with this code or public id; NotFound otherwise."""
    found = Organization.objects.select_related("district").filter(Q(code=code) | Q(public_id=code)).first()
    if found is None:
        raise NotFound(f"单位 {code}")
    return found


def units_by_code(codes: Iterable[str]) -> dict[str, Organization]:
    """Return the units with these codes in one query; unknown codes are absent."""
    return {found.code: found for found in Organization.objects.filter(code__in=set(codes))}


def in_force(organization: Organization, day: date) -> bool:
    """Tell whether the unit exists on the day, both ends included."""
    return organization.in_force_on(day)


def name_of(unit_id: int) -> str:
    """Return what a unit is called today; empty where there is none."""
    return Organization.objects.filter(pk=unit_id).values_list("name", flat=True).first() or ""


def units_in_force(day: date, *, joint_members: bool = False) -> QuerySet[Organization]:
    """Return the units that exist on the day, in their usual order."""
    found = Organization.objects.filter(period_contains(day)).select_related("district")
    return found.filter(joint_member=True) if joint_members else found


def name_on(organization: Organization, day: date) -> str:
    """Return the name the unit bore on the day; its present name where no other is recorded."""
    return names_on([organization], day)[organization.pk]


def names_on(organizations: Iterable[Organization], day: date) -> dict[int, str]:
    """Return by id the name of each unit on the day, in one query: for lists of old records."""
    wanted = {organization.pk: organization.name for organization in organizations}
    rows = OrganizationName.objects.filter(period_contains(day), organization__in=wanted)
    wanted.update(rows.values_list("organization_id", "name"))
    return wanted


def _heirs() -> dict[int, list[tuple[int, date]]]:
    """Return the successions by which a unit ended, by predecessor."""
    edges: dict[int, list[tuple[int, date]]] = defaultdict(list)
    rows = Succession.objects.filter(kind__in=ENDING_SUCCESSIONS).order_by("on", "id")
    for predecessor_id, successor_id, on in rows.values_list("predecessor_id", "successor_id", "on"):
        edges[predecessor_id].append((successor_id, on))
    return edges


def successors_on(organization: Organization, day: date) -> list[Organization]:
    """Return the units that carry its duties on the day: itself while it exists, else its heirs, followed to the end.

    A unit that gave up only part of its duties still carries the rest: see `duties_taken_over`.
    """
    if organization.in_force_on(day):
        return [organization]
    edges = _heirs()
    reached: dict[int, None] = {}
    frontier = [organization.pk]
    while frontier:
        for heir_id, on in edges.get(frontier.pop(0), ()):
            if on <= day and heir_id not in reached:
                reached[heir_id] = None
                frontier.append(heir_id)
    heirs = Organization.objects.in_bulk(list(reached))
    return [heirs[pk] for pk in reached if heirs[pk].in_force_on(day)]


def acting_unit_on(organization: Organization, day: date) -> Organization | None:
    """Return the one unit that acts in its stead on the day; None where none or several could (a split)."""
    heirs = successors_on(organization, day)
    return heirs[0] if len(heirs) == 1 else None


def duties_taken_over(organization: Organization, day: date) -> list[Succession]:
    """Return which of its duties others had taken over by the day while it went on existing."""
    rows = organization.successions.filter(kind=SuccessionKind.TAKEOVER, on__lte=day)
    return list(rows.select_related("predecessor", "successor"))


def family_of(units: Iterable[Organization], day: date) -> set[int]:
    """Return the ids of these units and of every unit whose duties they carry, or that carries theirs, on the day."""
    onwards: dict[int, set[int]] = defaultdict(set)
    backwards: dict[int, set[int]] = defaultdict(set)
    for predecessor_id, heirs in _heirs().items():
        for heir_id, on in heirs:
            if on <= day:
                onwards[predecessor_id].add(heir_id)
                backwards[heir_id].add(predecessor_id)
    starts = {party.pk for party in units}
    return _reach(starts, onwards) | _reach(starts, backwards)


def _reach(starts: set[int], edges: dict[int, set[int]]) -> set[int]:
    reached, frontier = set(starts), list(starts)
    while frontier:
        fresh = edges.get(frontier.pop(), set()) - reached
        reached |= fresh
        frontier.extend(fresh)
    return reached


def _inherited(unit_id: int, day: date) -> list[int]:
    """Return the ids of this unit and of the units whose duties it carries on the day, itself first; one query."""
    backwards: dict[int, list[int]] = defaultdict(list)
    for predecessor_id, heirs in _heirs().items():
        for heir_id, on in heirs:
            if on <= day:
                backwards[heir_id].append(predecessor_id)
    reached = {unit_id: None}
    frontier = [unit_id]
    while frontier:
        for predecessor_id in backwards.get(frontier.pop(0), ()):
            if predecessor_id not in reached:
                reached[predecessor_id] = None
                frontier.append(predecessor_id)
    return list(reached)


def predecessors_of(organization: Organization, day: date) -> list[Organization]:
    """Return the units whose duties it carries on the day, itself first: whose old records it answers for."""
    keys = _inherited(organization.pk, day)
    found = Organization.objects.in_bulk(keys)
    return [found[pk] for pk in keys]


def visible_units(actor: Actor) -> QuerySet[Organization]:
    """Return the units this actor may list: all for officers, clients and jobs, present joint members for others."""
    if actor.kind in ("officer", "client", "job"):
        return Organization.objects.select_related("district", "parent")
    return units_in_force(clock.today(), joint_members=True)


# --- districts and groups --------------------------------------------------------------------------------------------


def districts() -> dict[str, str]:
    """Return the names of the city's districts and zones by code, in the order of their codes."""
    return dict(District.objects.order_by("code").values_list("code", "name"))


def district(code: str) -> District:
    """Return the district with this code; NotFound otherwise."""
    found = District.objects.select_related("credit_office").filter(code=code).first()
    if found is None:
        raise NotFound(f"区划 {code}")
    return found


def group_for(subject_kind: str) -> WorkingGroup:
    """Return the 专项小组 that answers for this kind of subject; the office where no group does."""
    groups = list(WorkingGroup.objects.select_related("lead_unit", "co_lead_unit"))
    for group in groups:
        if subject_kind in group.subject_kinds:
            return group
    return _office_among(groups)


def office_group() -> WorkingGroup:
    """Return the 联席会议办公室."""
    return _office_among(list(WorkingGroup.objects.select_related("lead_unit", "co_lead_unit")))


def _office_among(groups: list[WorkingGroup]) -> WorkingGroup:
    for group in groups:
        if group.is_office:
            return group
    raise NotFound("联席会议办公室，请由系统管理员先载入参考数据")


def groups_led_by(unit_id: int | None) -> QuerySet[WorkingGroup]:
    """Return the groups a unit leads or co-leads."""
    return WorkingGroup.objects.filter(Q(lead_unit=unit_id) | Q(co_lead_unit=unit_id))


# --- officers --------------------------------------------------------------------------------------------------------


def assignments_on(day: date) -> QuerySet[Assignment]:
    """Return the assignments in force on the day."""
    return Assignment.objects.filter(period_contains(day), is_void=False).select_related(
        "officer", "organization", "district", "group"
    )


def officers_of(organization: Organization, role: str | None, on: date) -> QuerySet[Officer]:
    """Return the officers with an open account who hold the role (any, where None) in the unit on the day."""
    held = assignments_on(on).filter(organization=organization)
    if role is not None:
        held = held.filter(role=role)
    return Officer.objects.filter(is_active=True, pk__in=held.values("officer")).order_by("full_name", "id")


def officer(username: str) -> Officer:
    """Return the officer with this username or public id; NotFound otherwise."""
    found = Officer.objects.filter(Q(username__iexact=username) | Q(public_id=username)).first()
    if found is None:
        raise NotFound(f"经办人员 {username}")
    return found


def visible_officers(actor: Actor) -> QuerySet[Officer]:
    """Return the accounts this actor may list: all for the administrators, else those of the own unit today."""
    current = Prefetch("assignments", assignments_on(clock.today()), to_attr="assignments_today")
    found = Officer.objects.prefetch_related(current)
    if actor.may(OFFICER_READ_ALL):
        return found
    if actor.unit_id is None:
        return found.none()
    colleagues = assignments_on(clock.today()).filter(organization=actor.unit_id)
    return found.filter(pk__in=colleagues.values("officer"))


def visible_assignments(actor: Actor) -> QuerySet[Assignment]:
    """Return the assignments this actor may list: all for the administrators, else those of the own unit."""
    found = Assignment.objects.select_related("officer", "organization", "district", "group", "granted_by")
    if actor.may(OFFICER_READ_ALL):
        return found
    return found.filter(organization=actor.unit_id) if actor.unit_id is not None else found.none()


def actor_for(who: Officer, assignment: Assignment | None = None) -> Actor:
    """Return the Actor of an officer under an assignment in force today; the oldest one where none is named.

    Roles are all those held in the same unit, so that 经办 and 审核 of one unit need no switch; never those of another
    unit. An officer without a current assignment, or under one that is not in force, has no role at all.
    """
    current = who.current_assignments() if who.is_active else []
    chosen = current[0] if assignment is None and current else assignment
    held = [row for row in current if row.organization_id == chosen.organization_id] if chosen in current else []
    if chosen is None or not held:
        return actor_without_assignment(who)
    roles = frozenset(row.role for row in held)
    return Actor(
        kind="officer",
        key=who.public_id,
        label=f"{chosen.organization.short_name} {who.full_name}",
        officer_id=who.pk,
        assignment_id=chosen.pk,
        unit_id=chosen.organization_id,
        answers_for=frozenset(_inherited(chosen.organization_id, clock.today())),
        district_code=_district_of(held),
        group_ids=frozenset(row.group_id for row in held if row.group_id is not None),
        roles=roles,
        permissions=permissions_of(roles),
    )


def actor_without_assignment(who: Officer) -> Actor:
    """Return the Actor of an officer who acts under no assignment: known by name, with no role and no permission."""
    return Actor(kind="officer", key=who.public_id, label=who.full_name, officer_id=who.pk)


def _district_of(held: list[Assignment]) -> str:
    for row in held:
        if row.district is not None:
            return row.district.code
    home = held[0].organization.district
    return home.code if home is not None else ""


def visible_requests(actor: Actor) -> QuerySet[ClientRequest]:
    """Return the calls of the clients that this actor may list."""
    found = ClientRequest.objects.select_related("client__organization")
    return found if actor.may(CLIENT_READ_ALL) else found.filter(client__organization__in=actor.unit_ids)


def actor_for_client(client: ApiClient) -> Actor:
    """Return the Actor of an outside system for what it left here to be done: its unit and every scope that it has now.

    Requests come with a token and are resolved by it (`organizations.clients`); a client that is shut has no scope left.
    """
    unit = client.organization
    granted = client.scopes if client.open_on(clock.today()) else []
    return Actor(
        kind="client",
        key=client.public_id,
        label=f"{unit.short_name} {client.name}",
        unit_id=unit.pk,
        district_code=unit.district.code if unit.district else "",
        permissions=frozenset(f"scope.{scope}" for scope in granted),
        client_id=client.pk,
        sandbox=client.sandbox,
    )


# --- experts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PoolRow:
    """An expert of the asked fields and why he may not be drawn, if so."""

    expert: Expert
    fields: tuple[str, ...]
    excluded_because: str


def visible_experts(actor: Actor) -> QuerySet[Expert]:
    """Return the experts this actor may list: the whole pool for those who draw, oversee or keep it, else none."""
    found = Expert.objects.select_related("employer_unit").prefetch_related("fields")
    return found if actor.may(EXPERT_READ) else found.none()


def expert_fields() -> QuerySet[ExpertField]:
    return ExpertField.objects.all()


def expert_pool(
    *,
    fields: Collection[str] = (),
    on: date,
    units: Iterable[Organization] = (),
    subject_codes: Collection[str] = (),
) -> list[PoolRow]:
    """Return every expert in the pool with one of the fields (any, where none is asked), ordered by public id.

    A row is excluded, and says why, where the expert is employed by one of the units concerned or a unit whose duties
    these carry or that carries theirs, or stands aside from one of them or of the subjects on the day. Four queries,
    whatever the size.
    """
    concerned = family_of(units, on)
    experts = Expert.objects.filter(is_active=True).select_related("employer_unit").order_by("public_id")
    if fields:
        experts = experts.filter(fields__code__in=fields).distinct()
    aside = ExpertRecusal.objects.filter(period_contains(on)).select_related("organization").order_by("id")
    rows = []
    for expert in experts.prefetch_related("fields", Prefetch("recusals", aside, to_attr="recusals_on")):
        codes = tuple(sorted(field.code for field in expert.fields.all()))
        rows.append(PoolRow(expert, codes, _conflict(expert, concerned, subject_codes)))
    return rows


def _conflict(expert: Expert, concerned: set[int], subject_codes: Collection[str]) -> str:
    if expert.employer_unit is not None and expert.employer_unit_id in concerned:
        return f"任职于相关单位{expert.employer_unit.short_name}"
    for recusal in getattr(expert, "recusals_on", []):
        if recusal.organization_id in concerned:
            return f"已申请回避{recusal.organization.short_name}：{recusal.reason}"
        if recusal.subject_code and recusal.subject_code in subject_codes:
            return f"已申请回避该主体：{recusal.reason}"
    return ""


def eligible_experts(
    *,
    fields: Collection[str] = (),
    on: date,
    units: Iterable[Organization] = (),
    subject_codes: Collection[str] = (),
) -> list[Expert]:
    """Return the experts who may be drawn: those of `expert_pool` without a conflict, in its order."""
    pool = expert_pool(fields=fields, on=on, units=units, subject_codes=subject_codes)
    return [row.expert for row in pool if not row.excluded_because]
