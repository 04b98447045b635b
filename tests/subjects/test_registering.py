"""Opening records: what is refused, with which code, and that the database refuses it too."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from core import clock
from core.actors import Actor, acting
from core.identifiers import org_code_check_digit
from core.models import OutboxEvent
from core.problems import NotPermitted, Problem, Refused
from core.text import bigrams
from subjects import permissions, rules, services
from subjects.models import Identifier, Subject, SubjectName
from tests.factories import subjects as make

pytestmark = pytest.mark.usefixtures("db")


def code_of(error: pytest.ExceptionInfo[Problem]) -> str:
    return error.value.code


def test_a_registered_entity_has_its_code_its_name_its_history_and_its_event() -> None:
    code = make.new_code()
    subject = make.entity("广元市華盛建筑（集团）有限公司", code=code.lower())
    assert subject.identifiers.get().value == code
    name = subject.names.get()
    assert name.norm == "广元市华盛建筑集团有限公司"
    assert name.grams == bigrams(name.norm)
    assert subject.history.get().history_act == "subjects.register"
    event = OutboxEvent.objects.get(aggregate_id=subject.public_id)
    assert (event.event_type, event.payload["code"]) == ("subject.registered", code)


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("enterprise", "91510802MA00000000", "ID-04"),
        ("enterprise", "9151080", "ID-02"),
        ("enterprise", make.new_code("individual_business"), "SUB-02"),
        ("individual_business", make.new_code("enterprise"), "SUB-02"),
        ("enterprise", make.new_code("social_organization"), "SUB-02"),
        ("public_body", make.new_code("institution"), "SUB-02"),
        ("social_organization", make.new_code("public_body"), "SUB-02"),
        ("enterprise", make.new_code(region="510899"), "SUB-11"),
    ],
)
def test_SUB02_a_wrong_code_is_refused_and_nothing_is_written(kind: str, code: str, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        make.entity(kind=kind, code=code)
    assert code_of(refused) == expected
    assert not Subject.objects.exists()


def test_SUB02_uncertain_prefixes_fit_bodies_without_a_prefix_of_their_own() -> None:
    assert rules.code_fits_kind("social_organization", "54510802MJ") == []
    assert rules.code_fits_kind("institution", "54510802MJ") == []
    assert rules.code_fits_kind("enterprise", "54510802MJ")[0].code == "SUB-02"
    assert rules.code_fits_kind("enterprise", "ZZ510802MJ")[0].code == "SUB-02"


def test_SUB03_an_entity_without_any_number_must_be_marked_provisional() -> None:
    with pytest.raises(Refused) as refused:
        services.register_subject(make.keeper(), kind="enterprise", name="广元市无代码有限公司")
    assert code_of(refused) == "SUB-03"
    subject = services.register_subject(
        make.keeper(), kind="enterprise", name="广元市无代码有限公司", is_provisional=True
    )
    assert subject.is_provisional


def test_SUB04_the_owner_is_named_only_to_those_who_may_see_it() -> None:
    owner = make.entity("广元市原主有限公司")
    code = owner.identifiers.get().value
    assert code
    with pytest.raises(Refused) as refused:
        make.entity(code=code)
    assert code_of(refused) == "SUB-04"
    assert "广元市原主有限公司" in refused.value.detail
    blind = Actor.job("blind", permissions=["subjects.subject.register"])
    with pytest.raises(Refused) as refused:
        services.register_subject(blind, kind="enterprise", name="广元市另一有限公司", code=code)
    assert "原主" not in str(refused.value)


def test_SUB04_a_subject_has_one_valid_social_credit_code() -> None:
    subject = make.entity()
    with pytest.raises(Refused) as refused:
        services.add_identifier(make.keeper(), subject=subject, type_="uscc", value=make.new_code())
    assert code_of(refused) == "SUB-04"
    services.end_identifier(make.keeper(), identifier=subject.identifiers.get(), valid_to=clock.today(), reason="换照")
    services.add_identifier(make.keeper(), subject=subject, type_="uscc", value=make.new_code())
    assert subject.identifiers.count() == 2


def test_SUB09_a_code_root_belongs_to_one_body_and_its_branches() -> None:
    parent = make.entity("广元市总部有限公司", code=make.new_code(root="TRAAT001"))
    branch_code = make.new_code(root="TRAAT001", region="510822")
    with pytest.raises(Refused) as refused:
        make.entity("广元市总部有限公司青川分公司", code=branch_code)
    assert code_of(refused) == "SUB-09"
    branch = services.register_branch(
        make.keeper(), parent=parent, name="广元市总部有限公司青川分公司", code=branch_code
    )
    assert branch.branch_of == parent
    with pytest.raises(Refused) as refused:
        services.register_branch(make.keeper(), parent=branch, name="分公司的分公司")
    assert code_of(refused) == "SUB-09"


def test_SUB10_personal_numbers_never_stand_beside_entities_nor_in_clear() -> None:
    subject = make.entity()
    with pytest.raises(Refused) as refused:
        services.add_identifier(make.keeper(), subject=subject, type_="id_card", value=make.new_id_number())
    assert code_of(refused) == "SUB-10"
    number = make.new_id_number()
    person = make.person(number=number)
    row = person.identifiers.get()
    assert row.value is None
    assert row.personal_id
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM subjects_identifier i WHERE i::text LIKE %s", [f"%{number}%"])
        assert cursor.fetchone()[0] == 0


def test_SUB10_the_database_keeps_plain_personal_numbers_out() -> None:
    person, subject = make.person(), make.entity()
    rows = [
        Identifier(subject=person, kind="natural_person", type="id_card", value="510802198808080011"),
        Identifier(subject=subject, kind="enterprise", type="id_card", value="510802198808080011"),
        Identifier(subject=person, kind="natural_person", type="tax_number", value="123"),
    ]
    for row in rows:
        with pytest.raises(IntegrityError), acting(make.keeper(), "test"):
            row.save()
    with pytest.raises(IntegrityError), acting(make.keeper(), "test"), transaction.atomic():
        Identifier.objects.create(subject=person, kind="enterprise", type="org_code", value="T00000001")
        connection.check_constraints()


@pytest.mark.parametrize(
    ("type_", "number"),
    [
        ("tax_number", "510802880808001"),
        ("tax_number", "51080288080800101"),
        ("tax_number", "510802198808080011"),
        ("tax_number", "51080219880808001100"),
        ("registration_number", "510802880808001"),
        ("social_org_certificate", "川证510802198808080011号"),
        ("social_org_certificate", "510802-19880808-0011"),
    ],
)
def test_SUB15_citizen_numbers_never_stand_as_numbers_of_a_body(type_: str, number: str) -> None:
    subject = make.entity(kind="individual_business")
    with pytest.raises(Refused) as refused:
        services.add_identifier(make.keeper(), subject=subject, type_=type_, value=number)
    assert code_of(refused) == "SUB-15"
    assert "用统一社会信用代码" in (refused.value.remedy or "")
    assert number not in str(refused.value)
    row = Identifier(subject=subject, kind=subject.kind, type=type_, value=number)
    with pytest.raises(IntegrityError, match="subjects_no_citizen_numbers"), acting(make.keeper(), "test"):
        row.save()


def test_only_public_numbers_are_told_in_events() -> None:
    subject = make.entity(code=make.new_code(root="T0TAX001"))
    give = {"actor": make.keeper(), "subject": subject}
    services.add_identifier(**give, type_="registration_number", value="5108022800123")
    services.add_identifier(**give, type_="org_code", value="T0TAX001" + org_code_check_digit("T0TAX001"))
    told = [
        event.payload["code"]
        for event in OutboxEvent.objects.filter(event_type="subject.identifier_added").order_by("pk")
    ]
    assert told == [None, "T0TAX001" + org_code_check_digit("T0TAX001")]


def test_the_database_keeps_persons_out_of_the_search_index() -> None:
    person = make.person()
    assert person.names.get().grams is None
    with pytest.raises(IntegrityError), acting(make.keeper(), "test"):
        SubjectName.objects.filter(subject=person).update(grams=["测试"])
    with pytest.raises(IntegrityError), acting(make.keeper(), "test"):
        SubjectName.objects.filter(subject=make.entity()).update(grams=None)


BIRTHDAY = date(2026, 5, 20)


@pytest.mark.parametrize(
    ("birth", "on", "minor"),
    [
        (date(2008, 5, 20), date(2026, 5, 19), True),
        (date(2008, 5, 20), date(2026, 5, 20), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
    ],
)
def test_SUB05_age_is_counted_on_the_day_of_the_act(birth: date, on: date, minor: bool) -> None:
    with clock.at(on):
        if minor:
            with pytest.raises(Refused) as refused:
                make.person(birth=birth)
            assert code_of(refused) == "SUB-05"
            assert not Subject.objects.exists()
        else:
            assert make.person(birth=birth).birth_on == birth


def test_SUB05_the_database_refuses_minors_too() -> None:
    with pytest.raises(IntegrityError), acting(make.keeper(), "test"):
        Subject.objects.create(
            kind="natural_person", name="未成年", birth_on=date(2010, 1, 1), registered_on=date(2026, 1, 1)
        )


def test_SUB14_a_number_without_birth_date_needs_one() -> None:
    with pytest.raises(Refused) as refused:
        services.register_person(make.keeper(), name="Jane Doe", id_type="passport", number="E12345678")
    assert code_of(refused) == "SUB-14"
    found = services.register_person(
        make.keeper(), name="Jane Doe", id_type="passport", number="E12345678", birth_on=date(1990, 1, 1)
    )
    assert found.birth_on == date(1990, 1, 1)
    with pytest.raises(Refused) as refused:
        make.person(number=make.new_id_number(date(1990, 1, 1)), birth_on=date(1990, 1, 2))
    assert code_of(refused) == "SUB-14"


def test_a_person_is_registered_once_whoever_asks() -> None:
    number = make.new_id_number()
    first = make.person("测试乙", number=number)
    assert make.person("测试 乙", number=number.lower()) == first
    with pytest.raises(Refused) as refused:
        make.person("测试丙", number=number)
    assert code_of(refused) == "SUB-04"
    assert number not in str(refused.value)


def test_SUB11_demo_data_says_so_in_services_and_database() -> None:
    assert make.demo_entity().is_demo
    with pytest.raises(Refused) as refused:
        make.demo_entity("广元市真名有限公司")
    assert code_of(refused) == "SUB-11"
    with pytest.raises(IntegrityError), acting(make.keeper(), "test"):
        Subject.objects.create(kind="enterprise", name="广元市真名有限公司", is_demo=True)


def test_without_permission_nothing_is_written() -> None:
    with pytest.raises(NotPermitted) as refused:
        services.register_subject(
            Actor.job("nobody"), kind="enterprise", name="广元市某某有限公司", code=make.new_code()
        )
    assert "建立法人和其他组织档案" in refused.value.detail


def test_the_kind_of_a_subject_never_changes() -> None:
    subject = make.entity()
    with pytest.raises(IntegrityError), acting(make.keeper(), "test"), transaction.atomic():
        Subject.objects.filter(pk=subject.pk).update(kind="institution")
        connection.check_constraints()


def test_another_unit_gets_the_record_of_a_person_only_by_whole_number_and_right_name(db: None) -> None:
    number = make.new_id_number()
    known = make.person("测试戊", number=number)
    stranger = Actor.job("other", permissions=[permissions.REGISTER_PERSON])
    assert make.person("测试戊", number=number, actor=stranger) == known
    with pytest.raises(Refused) as refused:
        make.person("测试己", number=number, actor=stranger)
    assert code_of(refused) == "SUB-04"
    assert "测试戊" not in str(refused.value)
    assert number not in str(refused.value)
