"""The doors: signing in, acting under an assignment, the admin by role, groups, clients, the demo accounts."""

from datetime import date

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.problems import NotFound, NotPermitted, Refused
from organizations import admin_access, selectors, services, sessions
from organizations.demo import PARTS, create_demo_accounts
from organizations.enums import ADMIN_ROLES, GroupCode, Role, SubjectKind
from organizations.models import Assignment, Officer, Organization, SignIn, WorkingGroup
from tests.factories.organizations import KEEPER, PASSWORD, make_actor, make_assignment, make_officer
from tests.support.workbench import OfficerClient

pytestmark = pytest.mark.django_db
LISTS = (
    "organization",
    "district",
    "succession",
    "workinggroup",
    "officer",
    "assignment",
    "expert",
    "apiclient",
    "signin",
)

ADDING = {
    "organization": Role.SYSTEM_ADMIN,
    "officer": Role.SYSTEM_ADMIN,
    "expert": Role.OFFICE,
    "apiclient": Role.SECURITY_ADMIN,
}


def signed_in(officer: Officer) -> Client:
    client = OfficerClient()
    assert client.login(request=RequestFactory().get("/"), username=officer.username.upper(), password=PASSWORD)
    return client


def of_role(role: str) -> Officer:
    unit = {Role.GROUP_LEAD: "scjgj", Role.DISTRICT_CREDIT: "lzq_fgj"}.get(Role(role), "fgw")
    group = WorkingGroup.objects.get(code=GroupCode.ENTERPRISE) if role == Role.GROUP_LEAD else None
    return make_assignment(role, unit, group=group).officer


def test_sign_in_leaves_the_account_row_alone():
    officer = of_role(Role.HANDLER)
    before = officer.history.count()
    signed_in(officer)
    assert SignIn.objects.filter(officer=officer).count() == 1
    assert officer.history.count() == before
    assert not officer.is_superuser


@pytest.mark.parametrize("role", Role.values)
def test_every_list_opens_for_its_roles_only(role: str):
    officer = of_role(role)
    client = signed_in(officer)
    assert client.get(reverse("admin:index")).status_code == 200
    for name in LISTS:
        answer = client.get(reverse(f"admin:organizations_{name}_changelist"))
        expected = admin_access.allows(f"organizations.view_{name}", frozenset({role}))
        assert answer.status_code == (200 if expected else 403), name
        added = client.get(reverse(f"admin:organizations_{name}_changelist") + "add/").status_code
        assert added == (200 if role == ADDING.get(name) else 403), name


def test_no_role_edits_in_place():
    for perm, roles in admin_access.declared().items():
        if perm.startswith("organizations.") and ".view_" not in perm:
            assert roles == frozenset(), perm


def test_record_pages_open():
    client = signed_in(of_role(Role.AUDIT_ADMIN))
    unit = selectors.unit("scjgj")
    page = client.get(reverse("admin:organizations_organization_change", args=[unit.public_id]))
    assert "广元市工商行政管理局" in page.content.decode() or "市工商局" in page.content.decode()
    officer = of_role(Role.OFFICE)
    assert client.get(reverse("admin:organizations_officer_change", args=[officer.public_id])).status_code == 200


@pytest.mark.parametrize("name", ["organization", "officer", "assignment"])
def test_lists_do_not_query_per_row(name: str, django_assert_max_num_queries):
    client = signed_in(of_role(Role.AUDIT_ADMIN))
    for _ in range(10):
        make_assignment(Role.HANDLER, "rsj")
    with django_assert_max_num_queries(25):
        page = client.get(reverse(f"admin:organizations_{name}_changelist"))
    assert len(page.context["cl"].result_list) >= 10


def test_officer_without_a_job_or_closed_stays_outside():
    officer = make_officer()
    assert not officer.is_staff
    assert signed_in(officer).get(reverse("admin:index")).status_code == 302
    closed = of_role(Role.HANDLER)
    services.set_officer_active(actor=KEEPER, officer=closed, active=False, reason="离职")
    assert not Client().login(request=RequestFactory().get("/"), username=closed.username, password=PASSWORD)


def request_of(officer: Officer, **session: str):
    request = RequestFactory().get("/")
    request.user, request.session = Officer.objects.get(pk=officer.pk), session
    return request


def test_assignment_chosen_in_the_session_is_validated_each_time():
    first = make_assignment(Role.HANDLER, "rsj", valid_to=date(2026, 12, 31))
    second = make_assignment(Role.WINDOW, "ggzy", officer=first.officer, valid_to=date(2026, 6, 30))
    with clock.at(date(2026, 6, 30)):
        request = request_of(first.officer)
        assert sessions.resolve_actor(request).roles == {Role.HANDLER}
        sessions.choose_assignment(request, second.public_id)
        assert sessions.resolve_actor(request).roles == {Role.WINDOW}
        assert request.user.acting_roles() == {Role.WINDOW}
    with clock.at(date(2026, 7, 1)):
        later = request_of(first.officer, **request.session)
        assert sessions.resolve_actor(later).roles == frozenset()
        assert sessions.choice_is_lost(later)
        with pytest.raises(Refused) as refused:
            sessions.choose_assignment(later, second.public_id)
        assert refused.value.code == "ORG-24"
        sessions.choose_assignment(later, first.public_id)
        assert sessions.resolve_actor(later).roles == {Role.HANDLER}
    with pytest.raises(Refused):
        sessions.choose_assignment(request_of(first.officer), of_role(Role.OFFICE).assignments.get().public_id)


@pytest.mark.parametrize("chosen_by_hand", [True, False])
def test_a_lost_assignment_leaves_no_role_until_another_is_chosen(chosen_by_hand: bool):
    first = make_assignment(Role.OFFICE, "fgw")
    second = make_assignment(Role.HANDLER, "rsj", officer=first.officer)
    client = signed_in(first.officer)
    index, experts = reverse("admin:index"), reverse("admin:organizations_expert_changelist")
    assert client.get(experts).status_code == 200
    if chosen_by_hand:
        client.post(reverse("organizations:switch-assignment"), {"assignment": first.public_id})
    services.end_assignment(actor=KEEPER, assignment=first, reason="调离")
    page = client.get(index)
    assert page.status_code == 200
    assert "重新选择岗位" in page.content.decode()
    assert second.public_id in page.content.decode()
    assert page.wsgi_request.actor.roles == frozenset()
    assert client.get(experts).status_code == 403
    client.post(reverse("organizations:switch-assignment"), {"assignment": second.public_id})
    page = client.get(index)
    assert page.wsgi_request.actor.roles == {Role.HANDLER}
    assert "重新选择岗位" not in client.get(index).content.decode()


def test_ORG_26_a_form_shown_under_another_assignment_does_not_act():
    first = make_assignment(Role.OFFICE, "fgw")
    second = make_assignment(Role.HANDLER, "rsj", officer=first.officer)
    shown = request_of(first.officer, **{sessions.CHOSEN: first.public_id})
    token = sessions.assignment_token(shown)
    assert token == first.public_id

    def posted(chosen: Assignment, **fields: str):
        request = request_of(first.officer, **{sessions.CHOSEN: chosen.public_id})
        request.POST = fields
        return request

    sessions.require_same_assignment(posted(first, acting_assignment=token))
    for request in (posted(second, acting_assignment=token), posted(first), posted(first, acting_assignment="")):
        with pytest.raises(Refused) as refused:
            sessions.require_same_assignment(request)
        assert refused.value.code == "ORG-26"
    services.end_assignment(actor=KEEPER, assignment=first, reason="调离")
    with pytest.raises(Refused, match="重新选择岗位"):
        sessions.require_same_assignment(posted(first, acting_assignment=token))


def test_rights_follow_the_assignment_acted_under():
    first = make_assignment(Role.OFFICE, "fgw")
    second = make_assignment(Role.HANDLER, "rsj", officer=first.officer)
    officer = Officer.objects.get(pk=first.officer.pk)
    assert officer.has_perm("organizations.expert.manage")
    assert officer.has_perm("organizations.view_expert")
    assert officer.has_module_perms("organizations")
    officer.acting_under = second
    assert not officer.has_perm("organizations.expert.manage")
    assert not officer.has_perm("organizations.view_expert")
    assert not officer.has_perm("organizations.delete_organization")
    assert not officer.has_perm("auth.view_permission")


# --- groups ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (SubjectKind.ENTERPRISE, GroupCode.ENTERPRISE),
        (SubjectKind.INDIVIDUAL_BUSINESS, GroupCode.ENTERPRISE),
        (SubjectKind.NATURAL_PERSON, GroupCode.PERSON),
        (SubjectKind.SOCIAL_ORGANIZATION, GroupCode.SOCIAL),
        (SubjectKind.INSTITUTION, GroupCode.SOCIAL),
        (SubjectKind.PUBLIC_BODY, GroupCode.OFFICE),
    ],
)
def test_every_kind_of_subject_has_its_group(kind: str, code: str):
    assert selectors.group_for(kind).code == code


def test_org_16_a_kind_is_routed_once():
    group = selectors.group_for(SubjectKind.NATURAL_PERSON)
    with pytest.raises(Refused) as refused:
        services.update_group(actor=make_actor(Role.OFFICE, "fgw"), group=group, subject_kinds=["enterprise"])
    assert refused.value.code == "ORG-16"
    with pytest.raises(NotPermitted):
        services.update_group(actor=make_actor(Role.SYSTEM_ADMIN, "fgw"), group=group, name="示例")


def test_org_16_a_co_leading_unit_is_taken_away_or_left_alone():
    office, group = make_actor(Role.OFFICE, "fgw"), selectors.group_for(SubjectKind.NATURAL_PERSON)
    services.update_group(actor=office, group=group, co_lead_unit=selectors.unit("gaj"))
    services.update_group(actor=office, group=group, note="不涉及牵头单位")
    group.refresh_from_db()
    assert group.co_lead_unit == selectors.unit("gaj")
    services.update_group(actor=office, group=group, co_lead_unit=None)
    group.refresh_from_db()
    assert group.co_lead_unit is None
    assert group.lead_unit is not None


def test_unknown_codes_are_told():
    for call in (selectors.unit, selectors.district, selectors.officer):
        with pytest.raises(NotFound):
            call("nobody")


def test_strangers_list_present_members_only():
    public = selectors.visible_units(Actor.applicant("someone"))
    assert not public.filter(code="gsj").exists()
    assert public.filter(code="rsj").exists()
    assert selectors.visible_units(make_actor(Role.HANDLER, "rsj")).count() == Organization.objects.count()


# --- clients ---------------------------------------------------------------------------------------------------------


def test_client_rules():
    rsj = selectors.unit("rsj")
    for unit, scopes, code in (
        (rsj, [], "ORG-20"),
        (rsj, ["all"], "ORG-20"),
        (selectors.unit("gsj"), ["checks"], "ORG-03"),
    ):
        with pytest.raises(Refused) as refused:
            services.register_api_client(actor=KEEPER, organization=unit, name="示例", scopes=scopes)
        assert refused.value.code == code
    with pytest.raises(NotPermitted):
        services.register_api_client(
            actor=make_actor(Role.SYSTEM_ADMIN, "fgw"), organization=rsj, name="示例", scopes=["checks"]
        )


# --- demo ------------------------------------------------------------------------------------------------------------


def test_demo_accounts_are_made_once_and_sign_in():
    accounts = create_demo_accounts()
    assert len(accounts) == len(PARTS)
    assert len({account.password for account in accounts}) == len(accounts)
    assert all(len(account.password) >= 12 for account in accounts)
    assert create_demo_accounts() == []
    chosen = next(account for account in accounts if account.username == "office-1")
    assert Client().login(request=RequestFactory().get("/"), username=chosen.username, password=chosen.password)
    assert all(officer.full_name.startswith("示例") for officer in Officer.objects.all())
    roles = {role for officer in Officer.objects.all() for role in selectors.actor_for(officer).roles}
    assert roles == set(Role.values)
    assert roles > ADMIN_ROLES
