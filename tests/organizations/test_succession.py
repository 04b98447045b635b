"""Names and duties through time: old records keep the old name, duties pass on by date."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.actors import Actor, acting
from core.problems import NotPermitted, Refused
from organizations import selectors, services
from organizations.enums import GroupCode, Role, SuccessionKind
from organizations.models import ApiClient, Organization, OrganizationName, Succession, WorkingGroup
from tests.factories.organizations import KEEPER, make_assignment, make_unit

pytestmark = pytest.mark.django_db
THEN, NOW = date(2018, 3, 1), date(2026, 3, 2)


def codes(units: list[Organization]) -> list[str]:
    return [unit.code for unit in units]


def refused(rule: str, **call: object) -> Refused:
    act = call.pop("act")
    with pytest.raises(Refused) as problem:
        act(actor=KEEPER, **call)
    assert rule in [violation.code for violation in problem.value.errors], problem.value.errors
    assert problem.value.remedy
    return problem.value


# --- the city's own past ---------------------------------------------------------------------------------------------


def test_old_record_keeps_the_name_of_its_day():
    environment = selectors.unit("sthjj")
    assert selectors.name_on(environment, THEN) == "广元市环境保护局"
    assert selectors.name_on(environment, NOW) == "广元市生态环境局"
    assert selectors.name_on(environment, date(2018, 12, 31)) == "广元市环境保护局"
    assert selectors.name_on(environment, date(2019, 1, 1)) == "广元市生态环境局"
    assert selectors.name_on(selectors.unit("rsj"), THEN) == "广元市人力资源和社会保障局"


def test_names_of_a_list_take_one_query(django_assert_num_queries):
    units = list(Organization.objects.all())
    with django_assert_num_queries(1):
        names = selectors.names_on(units, THEN)
    assert names[selectors.unit("zjj").pk] == "广元市规划建设和住房局"


def test_duties_pass_to_the_successor():
    industry = selectors.unit("gsj")
    assert selectors.in_force(industry, THEN)
    assert not selectors.in_force(industry, NOW)
    assert codes(selectors.successors_on(industry, THEN)) == ["gsj"]
    assert codes(selectors.successors_on(industry, NOW)) == ["scjgj"]
    acting_unit = selectors.acting_unit_on(selectors.unit("gsj_di"), NOW)
    assert acting_unit is not None
    assert acting_unit.code == "swj"
    assert codes(selectors.successors_on(selectors.unit("gsj_guo"), date(2018, 7, 4))) == ["gsj_guo"]
    assert codes(selectors.successors_on(selectors.unit("gsj_guo"), date(2018, 7, 5))) == ["swj"]


def test_partial_takeover_leaves_the_rest_of_the_duties():
    reform = selectors.unit("fgw")
    assert codes(selectors.successors_on(reform, NOW)) == ["fgw"]
    assert [row.successor.code for row in selectors.duties_taken_over(reform, NOW)] == ["scjgj"]
    assert selectors.duties_taken_over(reform, THEN) == []


def test_predecessors_tell_whose_records_a_unit_answers_for():
    market = selectors.unit("scjgj")
    assert set(codes(selectors.predecessors_of(market, NOW))) == {"scjgj", "gsj", "zjj2017", "syjj"}
    assert codes(selectors.predecessors_of(market, THEN)) == ["scjgj"]


# --- acts ------------------------------------------------------------------------------------------------------------


def test_rename_keeps_both_names_and_the_unit():
    unit = make_unit(name="示例旧名局")
    with clock.at(NOW):
        services.rename_organization(actor=KEEPER, organization=unit, name="示例新名局", short_name="新名局")
    unit.refresh_from_db()
    assert unit.name == "示例新名局"
    assert selectors.name_on(unit, date(2026, 3, 1)) == "示例旧名局"
    assert selectors.name_on(unit, NOW) == "示例新名局"
    assert unit.history.latest().history_act == "organizations.unit.rename"


def test_org_06_rename_to_the_same_name_or_before_the_present_one():
    unit = selectors.unit("sthjj")
    refused("ORG-06", act=services.rename_organization, organization=unit, name=unit.name, short_name="x")
    refused(
        "ORG-06",
        act=services.rename_organization,
        organization=unit,
        name="示例别名",
        short_name="x",
        on=date(2019, 1, 1),
        reason="补录",
    )


def test_merge_ends_units_and_jobs_and_hands_on_groups():
    old, heir = make_unit("old"), make_unit("heir")
    kept = make_assignment(Role.HANDLER, old)
    social = WorkingGroup.objects.get(code=GroupCode.SOCIAL)
    services.update_group(actor=KEEPER, group=social, lead_unit=old, members=[old, selectors.unit("czj")])
    issued = services.register_api_client(actor=KEEPER, organization=old, name="示例系统", scopes=["checks"])
    with clock.at(NOW):
        services.merge_organizations(actor=KEEPER, predecessors=[old], successor=heir)
    old.refresh_from_db()
    kept.refresh_from_db()
    social.refresh_from_db()
    assert old.valid_to == kept.valid_to == date(2026, 3, 1)
    assert social.lead_unit == heir
    assert set(codes(social.members.all())) == {"heir", "czj"}
    assert not ApiClient.objects.get(pk=issued.client.pk).is_active
    assert codes(selectors.successors_on(old, NOW)) == ["heir"]
    assert codes(selectors.successors_on(old, date(2026, 3, 1))) == ["old"]


def test_chain_of_merges_is_followed_to_the_end():
    first, second, third = make_unit("first"), make_unit("second"), make_unit("third")
    with clock.at(date(2025, 1, 1)):
        services.merge_organizations(actor=KEEPER, predecessors=[first], successor=second)
    with clock.at(NOW):
        services.merge_organizations(actor=KEEPER, predecessors=[second], successor=third)
    first = selectors.unit("first")
    assert codes(selectors.successors_on(first, date(2025, 6, 1))) == ["second"]
    assert codes(selectors.successors_on(first, NOW)) == ["third"]


def test_split_is_ambiguous_until_somebody_decides():
    unit, left, right = make_unit(), make_unit("left"), make_unit("right")
    with clock.at(NOW):
        services.split_organization(actor=KEEPER, predecessor=unit, successors=[(left, "监管"), (right, "执法")])
    unit.refresh_from_db()
    assert selectors.acting_unit_on(unit, NOW) is None
    assert codes(selectors.successors_on(unit, NOW)) == ["left", "right"]


def test_dissolved_unit_has_no_heir():
    unit = make_unit()
    with clock.at(NOW):
        services.dissolve_organization(actor=KEEPER, organization=unit, reason="机构撤销")
    unit.refresh_from_db()
    assert selectors.successors_on(unit, NOW) == []
    assert selectors.acting_unit_on(unit, NOW) is None


def test_org_03_merge_into_a_dissolved_unit():
    problem = refused(
        "ORG-03", act=services.merge_organizations, predecessors=[make_unit()], successor=selectors.unit("gsj")
    )
    assert "广元市工商行政管理局" in problem.detail


def test_org_04_circle_is_refused_by_service_and_database():
    first, second = make_unit(), make_unit()
    refused("ORG-04", act=services.merge_organizations, predecessors=[first], successor=first)
    refused("ORG-04", act=services.take_over_duties, predecessor=first, successor=first, duties="示例职责")
    services.merge_organizations(actor=KEEPER, predecessors=[first], successor=second)
    with pytest.raises(IntegrityError, match="成环"), acting(KEEPER, "test"), transaction.atomic():
        Succession.objects.create(predecessor=second, successor=first, kind=SuccessionKind.MERGE, on=clock.today())


def test_org_05_ended_unit_is_not_changed_again():
    gone = selectors.unit("gsj")
    refused("ORG-05", act=services.merge_organizations, predecessors=[gone], successor=make_unit())
    refused("ORG-05", act=services.dissolve_organization, organization=gone, reason="再次")
    refused("ORG-05", act=services.rename_organization, organization=gone, name="示例", short_name="示例")


def test_org_15_split_into_one():
    refused("ORG-15", act=services.split_organization, predecessor=make_unit(), successors=[(make_unit(), "")])


def test_org_18_leading_unit_is_not_dissolved_before_the_group_is_handed_on():
    problem = refused("ORG-18", act=services.dissolve_organization, organization=selectors.unit("gaj"), reason="撤销")
    assert "个人信用建设专项小组" in problem.detail
    refused("ORG-18", act=services.dissolve_organization, organization=selectors.unit("lzq_fgj"), reason="撤销")


def test_refused_merge_writes_nothing():
    first, ended, heir = make_unit(), selectors.unit("gsj"), make_unit()
    before = Succession.objects.count()
    refused("ORG-05", act=services.merge_organizations, predecessors=[first, ended], successor=heir)
    first.refresh_from_db()
    assert first.valid_to is None
    assert Succession.objects.count() == before


def test_backdating_needs_permission_and_reason():
    keeper = Actor.job("test", ["organizations.unit.manage"])
    with pytest.raises(Refused) as problem:
        services.dissolve_organization(actor=keeper, organization=make_unit(), on=date(2021, 1, 1), reason="补录")
    assert problem.value.code == "CORE-03"


def test_only_who_keeps_units_may_change_them():
    with pytest.raises(NotPermitted):
        services.dissolve_organization(actor=Actor.job("other"), organization=make_unit(), reason="无权")


# --- the database ----------------------------------------------------------------------------------------------------


def test_one_name_per_day_in_the_database():
    unit = selectors.unit("sthjj")
    with pytest.raises(IntegrityError, match="organizations_name_no_overlap"), acting(KEEPER, "test"):
        OrganizationName.objects.create(organization=unit, name="示例", short_name="示例", valid_from=NOW, valid_to=NOW)


def test_period_does_not_end_before_it_begins_in_the_database():
    with pytest.raises(IntegrityError, match="organizations_unit_period"), acting(KEEPER, "test"):
        Organization.objects.create(
            code="late", name="示例", short_name="示例", kind="party", valid_from=NOW, valid_to=THEN
        )


def test_code_is_of_one_unit_only_in_the_database():
    taken = Organization.objects.exclude(uscc=None).first()
    assert taken is not None
    with pytest.raises(IntegrityError, match="uscc"), acting(KEEPER, "test"):
        Organization.objects.create(code="twin", name="示例", short_name="示例", kind="party", uscc=taken.uscc)


def test_org_21_taken_and_false_codes():
    taken = Organization.objects.exclude(uscc=None).first()
    assert taken is not None
    facts = {"name": "示例", "short_name": "示例"}
    refused("ORG-21", act=services.create_organization, code="fgw", **facts)
    refused("ORG-21", act=services.create_organization, code="new1", uscc=taken.uscc, **facts)
    refused("ORG-21", act=services.create_organization, code="new2", uscc="915108990000010119", **facts)
