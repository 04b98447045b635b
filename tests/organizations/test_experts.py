"""The expert pool: fields, conflicts by employer and recusal, who sees it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from core import clock
from core.actors import Actor, acting
from core.problems import NotPermitted, Refused
from organizations import selectors, services
from organizations.enums import Role
from organizations.models import ExpertRecusal
from tests.factories.organizations import KEEPER, make_actor, make_expert

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
CODE = "91510899MA6200000D"


def test_employer_concerned_is_a_conflict():
    rsj = selectors.unit("rsj")
    inside, outside = make_expert("labour", employer_unit=rsj), make_expert("labour")
    eligible = selectors.eligible_experts(fields=["labour"], on=DAY, units=[rsj])
    assert outside in eligible
    assert inside not in eligible
    reasons = {
        row.expert: row.excluded_because for row in selectors.expert_pool(fields=["labour"], on=DAY, units=[rsj])
    }
    assert reasons[inside] == "任职于相关单位市人力资源社会保障局"
    assert inside in selectors.eligible_experts(fields=["labour"], on=DAY, units=[selectors.unit("zjj")])


def test_employer_that_was_merged_into_the_unit_is_a_conflict():
    former = make_expert("market", employer_unit=selectors.unit("zjj2017"))
    assert former not in selectors.eligible_experts(fields=["market"], on=DAY, units=[selectors.unit("scjgj")])
    assert former in selectors.eligible_experts(fields=["market"], on=date(2018, 6, 1), units=[selectors.unit("scjgj")])


def test_recusal_holds_for_its_unit_or_subject_in_its_period():
    expert, rsj = make_expert("law"), selectors.unit("rsj")
    services.add_recusal(
        actor=KEEPER, expert=expert, organization=rsj, reason="近亲属任职", valid_from=DAY, valid_to=DAY + timedelta(9)
    )
    services.add_recusal(actor=KEEPER, expert=expert, subject_code=CODE, reason="曾任顾问", valid_from=DAY)
    assert expert not in selectors.eligible_experts(fields=["law"], on=DAY, units=[rsj])
    assert expert in selectors.eligible_experts(fields=["law"], on=DAY + timedelta(10), units=[rsj])
    assert expert not in selectors.eligible_experts(fields=["law"], on=DAY, subject_codes=[CODE])
    assert expert in selectors.eligible_experts(fields=["law"], on=DAY - timedelta(1), subject_codes=[CODE])


def test_pool_takes_a_fixed_number_of_queries(django_assert_num_queries):
    for _ in range(5):
        make_expert("law", "tax")
    with django_assert_num_queries(4):
        rows = selectors.expert_pool(fields=["law"], on=DAY, units=[selectors.Organization(pk=1)])
    assert [row.expert.public_id for row in rows] == sorted(row.expert.public_id for row in rows)


def test_expert_left_the_pool():
    expert = make_expert("law")
    services.update_expert(actor=KEEPER, expert=expert, is_active=False, fields=["tax"])
    assert expert not in selectors.eligible_experts(on=DAY)
    expert.refresh_from_db()
    assert [field.code for field in expert.fields.all()] == ["tax"]
    assert expert.history.count() == 2


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("ORG-14", {"reason": "无对象"}),
        ("ORG-14", {"reason": "身份证", "subject_code": "11010519491231002X1"}),
        ("ORG-10", {"reason": "倒置", "subject_code": CODE, "valid_from": DAY, "valid_to": DAY - timedelta(1)}),
        ("ORG-19", {"reason": " ", "subject_code": CODE}),
    ],
)
def test_org_14_recusal(rule: str, facts: dict):
    with pytest.raises(Refused) as refused:
        services.add_recusal(actor=KEEPER, expert=make_expert(), **facts)
    assert rule in [violation.code for violation in refused.value.errors]


def test_recusal_of_nobody_in_the_database():
    with pytest.raises(IntegrityError, match="names_someone"), acting(KEEPER, "test"):
        ExpertRecusal.objects.create(expert=make_expert(), reason="无对象", valid_from=clock.today())


def test_org_23_unknown_field():
    with pytest.raises(Refused) as refused:
        make_expert("alchemy")
    assert refused.value.code == "ORG-23"


def test_pool_is_for_those_who_draw_or_oversee():
    assert selectors.visible_experts(make_actor(Role.OFFICE, "fgw")).exists()
    assert selectors.visible_experts(make_actor(Role.AUDIT_ADMIN, "fgw")).exists()
    for role in (Role.HANDLER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        assert not selectors.visible_experts(make_actor(role, "fgw")).exists()
    with pytest.raises(NotPermitted):
        services.add_expert(actor=Actor.job("other"), name="示例", employer="示例", fields=["law"])
