"""The workbench of subjects: who sees whom, the portal's search, masked numbers, acts as buttons."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from core import paging
from core.actors import Actor
from organizations import selectors
from organizations.models import Assignment, WorkingGroup
from subjects import services
from subjects.models import LifeEvent, Subject, SubjectMerge
from tests.factories import organizations as staff
from tests.factories import subjects as make
from tests.support.workbench import OfficerClient

pytestmark = pytest.mark.usefixtures("db")
LIST = reverse("admin:subjects_subject_changelist")


def signed_in(role: str = "handler") -> tuple[Client, Assignment]:
    if role == "office":
        office = WorkingGroup.objects.get(is_office=True)
        job = staff.make_assignment(role, office.lead_unit, group=office)
    else:
        job = staff.make_assignment(role)
    client = OfficerClient()
    request = RequestFactory().get("/")
    assert client.login(request=request, username=job.officer.username, password=staff.PASSWORD)
    return client, job


def page(subject: Subject, act: str = "") -> str:
    if act:
        return reverse("admin:subjects_subject_act", args=[subject.public_id, act])
    return reverse("admin:subjects_subject_change", args=[subject.public_id])


def actor_of(job: Assignment) -> Actor:
    return selectors.actor_for(job.officer, job)


def listed(client: Client, q: str = "") -> list[str]:
    """The names in the list, in order."""
    return [row.name for row in client.get(LIST, {"q": q} if q else {}).context["cl"].result_list]


def test_the_list_is_searched_as_the_portal_is() -> None:
    client, _ = signed_in()
    for name in ("广元市嘉禾餐饮有限公司", "嘉禾餐饮有限公司", "旺苍县华盛有限公司"):
        make.entity(name)
    assert listed(client, "嘉禾 餐飲") == ["嘉禾餐饮有限公司", "广元市嘉禾餐饮有限公司"]
    assert "检索词至少两个字" in client.get(LIST, {"q": "嘉"}).content.decode()


def test_persons_are_seen_by_the_unit_that_registered_them_only() -> None:
    ours, job = signed_in()
    theirs, _ = signed_in()
    number = make.new_id_number()
    person = make.person("欧阳测试", number=number, actor=actor_of(job))
    for client, seen in ((ours, True), (theirs, False)):
        assert (person.name in listed(client)) is seen
        assert (person.name in listed(client, "欧阳 测试")) is seen
        assert (client.get(page(person)).status_code == 200) is seen
    text = ours.get(page(person)).content.decode()
    assert number not in text
    assert f"510{'*' * 11}{number[-4:]}" in text


def test_a_person_with_two_names_or_records_is_listed_once_and_counts_are_capped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, job = signed_in()
    person, twin = (make.person("欧阳测试", actor=actor_of(job)) for _ in range(2))
    services.rename(make.keeper(), subject=person, name="欧阳新")
    services.rename(make.keeper(), subject=person, name="欧阳测试")
    assert listed(client, "欧阳测试") == ["欧阳测试", "欧阳测试"]
    services.merge(make.keeper(), source=twin, target=person, reason="重复")
    assert listed(client, "欧阳测试") == ["欧阳测试"]
    for _ in range(4):
        make.entity()
    monkeypatch.setattr(paging, "COUNT_CAP", 3)
    assert client.get(LIST).context["cl"].result_count == 3


def test_buttons_are_offered_by_permission_and_state() -> None:
    subject = make.entity()
    handler, _ = signed_in("handler")
    office, _ = signed_in("office")
    assert "登记更名" not in handler.get(page(subject)).content.decode()
    text = office.get(page(subject)).content.decode()
    assert "登记更名" in text
    assert "登记死亡" not in text
    refused = handler.post(page(subject, "rename"), {"title": "广元市新名有限公司"})
    assert refused.status_code == 403
    assert not LifeEvent.objects.exists()


def test_an_act_is_done_or_says_what_is_missing() -> None:
    office, _ = signed_in("office")
    subject = make.entity("广元市旧名有限公司")
    answer = office.post(page(subject, "rename"), {"title": "广元市旧名有限公司"})
    assert "新名称与现用名相同" in answer.content.decode()
    assert office.post(page(subject, "rename"), {"title": "广元市新名有限公司"}).status_code == 302
    assert "广元市旧名有限公司（" in office.get(page(subject)).content.decode()


def test_entities_and_persons_are_registered_through_forms() -> None:
    client, _ = signed_in()
    code, number = make.new_code(), make.new_id_number()
    entity = reverse("admin:subjects_subject_add")
    assert client.post(entity, {"kind": "enterprise", "title": "广元市甲有限公司", "code": code}).status_code == 302
    again = client.post(entity, {"kind": "enterprise", "title": "广元市乙有限公司", "code": code})
    assert "已登记在“广元市甲有限公司”名下" in again.content.decode()
    person = reverse("admin:subjects_subject_new", args=["register-person"])
    assert client.post(person, {"title": "测试甲", "id_type": "id_card", "number": number}).status_code == 302
    child = make.new_id_number(birth=date(2015, 1, 1))
    minor = client.post(person, {"title": "测试乙", "id_type": "id_card", "number": child})
    assert "未满十八周岁" in minor.content.decode()
    assert Subject.objects.count() == 2


def test_duplicates_are_merged_and_parted_by_the_office() -> None:
    office, _ = signed_in("office")
    kept = make.entity("广元市保留有限公司")
    twice = services.register_subject(make.keeper(), kind="enterprise", name="广元保留公司", is_provisional=True)
    data = {"kept_record": kept.public_id, "reason": "同一营业执照"}
    preview = office.post(page(twice, "merge"), data)
    assert preview.status_code == 200
    assert "合并之后" in preview.content.decode()
    assert not SubjectMerge.objects.exists()
    unticked = office.post(page(twice, "merge"), data | {"shown": "1"})
    assert unticked.status_code == 422
    assert unticked.context["form"]["reason"].value() == "同一营业执照"
    seen = preview.context["form"].fields["seen"].choices[0][0]
    assert office.post(page(twice, "merge"), data | {"shown": "1", "seen": "stale"}).status_code == 422
    assert office.post(page(twice, "merge"), data | {"shown": "1", "seen": seen}).status_code == 302
    assert "已并入" in office.get(page(twice)).content.decode()
    undo = reverse("admin:subjects_subjectmerge_act", args=[SubjectMerge.objects.get().public_id, "undo"])
    assert office.post(undo, {"reason": "误并"}).status_code == 302
    twice.refresh_from_db()
    assert twice.canonical is None


def test_SUB_08_a_merge_that_is_not_allowed_says_so_at_its_field_before_anything_is_shown() -> None:
    office, _ = signed_in("office")
    entity, other = make.entity(), make.entity()
    for typed, words in ((other.public_id, "SUB-08"), (entity.public_id, "SUB-08"), ("没有这个代码", "没有找到")):
        answer = office.post(page(entity, "merge"), {"kept_record": typed, "reason": "同一主体"})
        assert answer.status_code == 422
        assert words in str(answer.context["form"].errors["kept_record"]), typed
        assert "合并之后" not in answer.content.decode()
    assert not SubjectMerge.objects.exists()


def test_the_list_takes_the_same_number_of_queries_whatever_its_length(django_assert_max_num_queries: object) -> None:
    client, _ = signed_in()
    for _ in range(12):
        make.entity()
    client.get(LIST)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        assert len(listed(client)) == 12
