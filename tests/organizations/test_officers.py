"""Accounts and assignments: 三员 exclusivity, whom a job may be given, what an Actor may do."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connections

from core import clock
from core.actors import BACKDATE, Actor, acting
from core.permissions import permissions_of
from core.problems import NotPermitted, Problem, Refused
from organizations import selectors, services
from organizations.enums import ADMIN_ROLES, GroupCode, Role
from organizations.models import Assignment, Officer, WorkingGroup
from organizations.permissions import ASSIGNMENT_GRANT, EXPERT_MANAGE, OFFICER_MANAGE, UNIT_MANAGE
from tests.factories.organizations import (
    KEEPER,
    LONG_AGO,
    PASSWORD,
    make_actor,
    make_assignment,
    make_officer,
    make_unit,
)

BUSINESS_ROLES = sorted(set(Role.values) - ADMIN_ROLES - {Role.GROUP_LEAD, Role.OFFICE, Role.DISTRICT_CREDIT})


def refused(code: str, act: object, **call: object) -> Refused:
    with pytest.raises(Refused) as problem:
        act(**{"actor": KEEPER, **call})
    assert code in [violation.code for violation in problem.value.errors], problem.value.errors
    assert problem.value.remedy
    return problem.value


def insert(officer: Officer, role: str, **facts: object) -> None:
    with acting(KEEPER, "test"):
        Assignment.objects.create(
            officer=officer, organization=selectors.unit("fgw"), role=role, **{"valid_from": LONG_AGO, **facts}
        )


@pytest.mark.django_db
@pytest.mark.parametrize("first", sorted(ADMIN_ROLES))
@pytest.mark.parametrize("second", sorted(ADMIN_ROLES) + BUSINESS_ROLES)
def test_org_01_three_administrators_exclude_each_other_and_business(first: str, second: str):
    officer = make_officer()
    make_assignment(first, "fgw", officer=officer)
    other = selectors.unit("rsj")
    refused("ORG-01", services.assign_officer, officer=officer, organization=other, role=second)
    with pytest.raises(IntegrityError, match="organizations_three_administrators"):
        insert(officer, second)


@pytest.mark.django_db
def test_org_01_business_first_then_administrator():
    officer = make_assignment(Role.HANDLER, "rsj").officer
    refused(
        "ORG-01", services.assign_officer, officer=officer, organization=selectors.unit("fgw"), role=Role.AUDIT_ADMIN
    )
    with pytest.raises(IntegrityError, match="organizations_three_administrators"):
        insert(officer, Role.AUDIT_ADMIN)


@pytest.mark.django_db
def test_org_01_one_after_the_other_is_allowed():
    with clock.at(date(2026, 3, 2)):
        officer = make_assignment(Role.SYSTEM_ADMIN, "fgw", valid_to=date(2026, 2, 28)).officer
        make_assignment(Role.AUDIT_ADMIN, "fgw", officer=officer, valid_from=date(2026, 3, 1))
        business = make_assignment(Role.HANDLER, "rsj").officer
    insert(business, Role.REVIEWER)
    held = Assignment.objects.filter(officer=officer).order_by("valid_from").values_list("role", "valid_to")
    assert list(held) == [(Role.SYSTEM_ADMIN, date(2026, 2, 28)), (Role.AUDIT_ADMIN, None)]
    assert set(business.assignments.values_list("role", flat=True)) == {Role.HANDLER, Role.REVIEWER}


def test_org_01_two_grants_at_once(own_database: str):
    """Two security administrators grant at the same moment: one wins, the other is told why."""
    officer = make_officer()
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def grant(role: str) -> None:
        try:
            barrier.wait(timeout=20)
            services.assign_officer(actor=KEEPER, officer=officer, organization=selectors.unit("fgw"), role=role)
            outcomes.append("granted")
        except Problem as problem:
            outcomes.append(problem.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=grant, args=(role,)) for role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["ORG-01", "granted"]


@pytest.mark.django_db
def test_org_02_dissolved_unit_takes_no_officer():
    problem = refused(
        "ORG-02",
        services.assign_officer,
        officer=make_officer(),
        organization=selectors.unit("gsj"),
        role=Role.HANDLER,
    )
    assert "广元市工商行政管理局" in problem.detail
    assert "承继" in str(problem.remedy)


@pytest.mark.django_db
def test_org_02_no_job_before_the_unit_exists():
    refused(
        "ORG-02",
        services.assign_officer,
        officer=make_officer(),
        organization=selectors.unit("scjgj"),
        role=Role.HANDLER,
        valid_from=date(2018, 6, 1),
        reason="补录",
    )


@pytest.mark.django_db
def test_org_07_group_and_district_roles_need_their_counterpart():
    enterprise = WorkingGroup.objects.get(code=GroupCode.ENTERPRISE)
    call = {"act": services.assign_officer, "officer": make_officer()}
    market, rsj = selectors.unit("scjgj"), selectors.unit("rsj")
    refused("ORG-07", **call, organization=market, role=Role.GROUP_LEAD)
    refused("ORG-07", **call, organization=rsj, role=Role.GROUP_LEAD, group=enterprise)
    refused("ORG-07", **call, organization=market, role=Role.OFFICE, group=enterprise)
    refused("ORG-07", **call, organization=rsj, role=Role.OFFICE)
    refused("ORG-07", **call, organization=rsj, role=Role.DISTRICT_CREDIT)
    held = make_assignment(Role.DISTRICT_CREDIT, "lzq_fgj")
    assert held.district is not None
    assert held.district.code == "510802"
    assert make_assignment(Role.OFFICE, "pbc").group == selectors.office_group()


@pytest.mark.django_db
def test_org_08_org_09_org_10_org_11():
    held = make_assignment(Role.HANDLER, "rsj")
    rsj = held.organization
    call = {"act": services.assign_officer, "organization": rsj, "role": Role.HANDLER}
    refused("ORG-08", **call, officer=held.officer)
    today = clock.today()
    refused("ORG-10", **call, officer=make_officer(), valid_from=today, valid_to=today - timedelta(days=1))
    closed = make_officer()
    services.set_officer_active(actor=KEEPER, officer=closed, active=False, reason="离职")
    refused("ORG-11", **call, officer=closed)
    guardian = make_assignment(Role.SECURITY_ADMIN, "fgw")
    himself = selectors.actor_for(guardian.officer, guardian)
    refused("ORG-09", actor=himself, officer=guardian.officer, **call)
    with pytest.raises(IntegrityError, match="organizations_assignment_not_by_self"):
        insert(held.officer, Role.REVIEWER, granted_by=held.officer)


@pytest.mark.django_db
def test_past_start_needs_backdating():
    granter = Actor.job("test", [ASSIGNMENT_GRANT])
    with pytest.raises(Refused) as problem:
        services.assign_officer(
            actor=granter,
            officer=make_officer(),
            organization=selectors.unit("rsj"),
            role=Role.HANDLER,
            valid_from=LONG_AGO,
            reason="补录",
        )
    assert problem.value.code == "CORE-03"
    assert BACKDATE not in permissions_of([Role.SECURITY_ADMIN])


@pytest.mark.django_db
def test_ended_job_is_over_at_once():
    held = make_assignment(Role.REVIEWER, "rsj")
    with clock.at(date(2026, 3, 2)):
        services.end_assignment(actor=KEEPER, assignment=held, reason="调离")
        assert not selectors.actor_for(held.officer).roles
        assert selectors.officers_of(held.organization, Role.REVIEWER, date(2026, 3, 1)).count() == 1
        assert selectors.officers_of(held.organization, Role.REVIEWER, date(2026, 3, 2)).count() == 0
        refused("ORG-10", services.end_assignment, assignment=held, reason="再次")
        refused("ORG-19", services.end_assignment, assignment=make_assignment(Role.HANDLER, "rsj"), reason=" ")


@pytest.mark.django_db
def test_job_taken_back_on_its_first_day_never_was():
    held = make_assignment(Role.AUDIT_ADMIN, "fgw", valid_from=None)
    services.end_assignment(actor=KEEPER, assignment=held, reason="授错")
    assert selectors.officers_of(held.organization, Role.AUDIT_ADMIN, clock.today()).count() == 0
    make_assignment(Role.SYSTEM_ADMIN, "fgw", officer=held.officer)


@pytest.mark.django_db
def test_org_17_last_security_administrator_stays():
    only = make_assignment(Role.SECURITY_ADMIN, "fgw")
    refused("ORG-17", services.end_assignment, assignment=only, reason="调离")
    refused("ORG-17", services.set_officer_active, officer=only.officer, active=False, reason="调离")
    make_assignment(Role.SECURITY_ADMIN, "fgw")
    services.end_assignment(actor=KEEPER, assignment=only, reason="调离")
    only.refresh_from_db()
    assert only.valid_to is not None


@pytest.mark.django_db
def test_org_17_no_unit_closes_over_the_last_security_administrator():
    unit, heir, other = make_unit(), make_unit(), make_unit()
    only = make_assignment(Role.SECURITY_ADMIN, unit)
    refused("ORG-17", services.dissolve_organization, organization=unit, reason="撤销")
    refused("ORG-17", services.merge_organizations, predecessors=[unit], successor=heir)
    refused("ORG-17", services.split_organization, predecessor=unit, successors=[(heir, "甲"), (other, "乙")])
    only.refresh_from_db()
    assert only.valid_to is None
    make_assignment(Role.SECURITY_ADMIN, "fgw")
    services.dissolve_organization(actor=KEEPER, organization=unit, reason="撤销")
    unit.refresh_from_db()
    only.refresh_from_db()
    assert unit.valid_to is not None
    assert only.valid_to == unit.valid_to


@pytest.mark.django_db
def test_org_17_counts_the_day_after_the_last_one():
    today = clock.today()
    make_assignment(Role.SECURITY_ADMIN, "fgw", valid_to=today + timedelta(days=5))
    lasting = make_assignment(Role.SECURITY_ADMIN, "fgw")
    call = {"assignment": lasting, "reason": "调离"}
    refused("ORG-17", services.end_assignment, **call, last_day=today + timedelta(days=5))
    services.end_assignment(actor=KEEPER, **call, last_day=today + timedelta(days=4))
    lasting.refresh_from_db()
    assert lasting.valid_to == today + timedelta(days=4)


@pytest.mark.parametrize("ways", [("end", "end"), ("end", "close"), ("close", "dissolve"), ("dissolve", "end")])
def test_org_17_two_acts_at_once_leave_one(own_database: str, ways: tuple[str, str]):
    held = [make_assignment(Role.SECURITY_ADMIN, make_unit()) for _ in ways]
    outcomes: list[str] = []
    barrier = threading.Barrier(2)
    acts = {
        "end": lambda job: services.end_assignment(actor=KEEPER, assignment=job, reason="调离"),
        "close": lambda job: services.set_officer_active(
            actor=KEEPER, officer=job.officer, active=False, reason="调离"
        ),
        "dissolve": lambda job: services.dissolve_organization(
            actor=KEEPER, organization=job.organization, reason="撤销"
        ),
    }

    def take_away(way: str, job: Assignment) -> None:
        try:
            barrier.wait(timeout=20)
            acts[way](job)
            outcomes.append("done")
        except Problem as problem:
            outcomes.append(problem.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take_away, args=pair) for pair in zip(ways, held, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["ORG-17", "done"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_passwords_of_administrators_are_reset_by_another_security_administrator(role: str):
    guarded = make_assignment(role, "fgw").officer
    coming = make_assignment(role, "fgw", valid_from=clock.today() + timedelta(days=3)).officer
    keeper, guardian = make_actor(Role.SYSTEM_ADMIN, "fgw"), make_actor(Role.SECURITY_ADMIN, "fgw")
    for officer in (guarded, coming):
        with pytest.raises(NotPermitted, match="重置其他管理员的密码"):
            services.set_password(actor=keeper, officer=officer, password="Another-Pass-77")
        assert services.set_password(actor=guardian, officer=officer, password="Another-Pass-77").must_change_password
    with pytest.raises(NotPermitted, match="建立账号"):
        services.set_password(actor=guardian, officer=make_officer(), password="Another-Pass-77")


@pytest.mark.django_db
def test_org_13_the_present_password_is_no_new_one():
    mine = make_officer(must_change_password=True)
    with pytest.raises(Refused, match="相同") as problem:
        services.set_password(actor=selectors.actor_for(mine), officer=mine, password=PASSWORD)
    assert problem.value.code == "ORG-13"
    mine.refresh_from_db()
    assert mine.must_change_password
    keeper = make_actor(Role.SYSTEM_ADMIN, "fgw")
    refused("ORG-13", services.set_password, actor=keeper, officer=mine, password=PASSWORD)


@pytest.mark.django_db
def test_org_12_org_13_accounts():
    make_officer("Zhang.San")
    call = {"act": services.create_officer, "full_name": "示例"}
    refused("ORG-12", **call, username="zhang.san", password=PASSWORD)
    refused("ORG-12", **call, username="张三", password=PASSWORD)
    refused("ORG-13", **call, username="li.si", password="12345678")
    with pytest.raises(IntegrityError), acting(KEEPER, "test"):
        Officer.objects.create(username="ZHANG.SAN", full_name="示例")


@pytest.mark.django_db
def test_passwords_are_set_by_oneself_or_by_who_keeps_accounts():
    mine, other = make_officer(), make_officer()
    services.set_password(actor=selectors.actor_for(mine), officer=mine, password="Another-Pass-77")
    mine.refresh_from_db()
    assert mine.check_password("Another-Pass-77")
    with pytest.raises(NotPermitted):
        services.set_password(actor=selectors.actor_for(mine), officer=other, password="Another-Pass-77")
    keeper = make_actor(Role.SYSTEM_ADMIN, "fgw")
    assert services.set_password(actor=keeper, officer=other, password="Another-Pass-77").must_change_password
    assert "password" not in {field.name for field in Officer.history.model._meta.get_fields()}


# --- actors ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_actor_has_the_roles_of_one_unit_only():
    held = make_assignment(Role.HANDLER, "rsj")
    make_assignment(Role.REVIEWER, "rsj", officer=held.officer)
    elsewhere = make_assignment(Role.WINDOW, "ggzy", officer=held.officer)
    actor = selectors.actor_for(held.officer, held)
    assert actor.roles == {Role.HANDLER, Role.REVIEWER}
    assert actor.unit_id == held.organization_id
    assert actor.district_code == "510800"
    assert actor.label.startswith("市人力资源社会保障局")
    assert selectors.actor_for(held.officer, elsewhere).roles == {Role.WINDOW}
    assert selectors.actor_for(held.officer).assignment_id == held.pk


@pytest.mark.django_db
def test_actor_without_a_current_job_has_no_right():
    officer = make_officer()
    assert selectors.actor_for(officer).permissions == frozenset()
    over = make_assignment(Role.OFFICE, "fgw", valid_to=date(2025, 12, 31))
    with clock.at(date(2025, 12, 31)):
        assert EXPERT_MANAGE in selectors.actor_for(over.officer, over).permissions
    with clock.at(date(2026, 1, 1)):
        assert selectors.actor_for(over.officer, over).permissions == frozenset()
    held = make_assignment(Role.OFFICE, "fgw")
    services.set_officer_active(actor=KEEPER, officer=held.officer, active=False, reason="离职")
    assert selectors.actor_for(Officer.objects.get(pk=held.officer.pk)).roles == frozenset()


@pytest.mark.django_db
def test_group_lead_carries_the_group():
    group = WorkingGroup.objects.get(code=GroupCode.ENTERPRISE)
    actor = make_actor(Role.GROUP_LEAD, "scjgj", group=group)
    assert actor.group_ids == {group.pk}


@pytest.mark.django_db
def test_administrators_share_no_right_but_reading_accounts():
    rights = {role: permissions_of([role]) for role in ADMIN_ROLES}
    assert OFFICER_MANAGE in rights[Role.SYSTEM_ADMIN]
    assert ASSIGNMENT_GRANT in rights[Role.SECURITY_ADMIN]
    assert UNIT_MANAGE not in rights[Role.SECURITY_ADMIN] | rights[Role.AUDIT_ADMIN]
    for one, other in ((a, b) for a in ADMIN_ROLES for b in ADMIN_ROLES if a < b):
        assert {code for code in rights[one] & rights[other] if not code.endswith((".read_all", ".read"))} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.HANDLER, Role.REVIEWER, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN, Role.OFFICE])
def test_only_security_administrators_grant(role: str):
    with pytest.raises(NotPermitted) as problem:
        services.assign_officer(
            actor=make_actor(role, "fgw"), officer=make_officer(), organization=make_unit(), role=Role.HANDLER
        )
    assert "授予和收回岗位" in problem.value.detail


@pytest.mark.django_db
def test_visible_officers_and_their_query_count(django_assert_num_queries):
    colleague = make_assignment(Role.HANDLER, "rsj").officer
    for _ in range(4):
        make_assignment(Role.REVIEWER, "rsj")
    stranger = make_assignment(Role.HANDLER, "zjj").officer
    actor = make_actor(Role.REVIEWER, "rsj")
    with django_assert_num_queries(2):
        seen = [
            (row, [job.organization.name for job in row.assignments_today]) for row in selectors.visible_officers(actor)
        ]
    assert colleague in dict(seen)
    assert stranger not in dict(seen)
    assert stranger in selectors.visible_officers(make_actor(Role.AUDIT_ADMIN, "fgw"))
    assert not selectors.visible_officers(Actor.applicant("someone")).exists()
