"""The workbench of the catalogue: what each role sees, acts as buttons with forms, refusals in words."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog import selectors, services
from catalog.models import Article, EntryRevision, Measure
from core import clock
from organizations.enums import Role
from organizations.models import Organization
from tests.factories.catalog import FIRST, make_active, make_draft, make_next, make_revision
from tests.factories.organizations import make_assignment
from tests.support.workbench import OfficerClient

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
LIST = "/admin/catalog/entryrevision/"


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


def signed_in(role: Role, unit: str) -> Client:
    client = OfficerClient()
    client.force_login(make_assignment(role.value, unit).officer)
    return client


def page(revision: EntryRevision) -> str:
    return reverse("admin:catalog_entryrevision_change", args=[revision.public_id])


def act(client: Client, revision: EntryRevision, name: str, **data: object):
    return client.post(reverse("admin:catalog_entryrevision_act", args=[revision.public_id, name]), data)


def test_the_route_by_clicking_with_two_people_of_the_unit_and_two_of_the_office() -> None:
    handler, reviewer = signed_in(Role.HANDLER, "rsj"), signed_in(Role.REVIEWER, "rsj")
    office, colleague = signed_in(Role.OFFICE, "fgw"), signed_in(Role.OFFICE, "fgw")
    current = make_active()
    answer = act(handler, current, "next", effective_from="2026-06-01")
    draft = EntryRevision.objects.get(entry=current.entry, number=2)
    assert answer.url == page(draft)
    text = selectors.content_of(draft)
    edited = {
        "title": "界面修改后的行为",
        "cause": text.cause,
        "handling": text.handling,
        "evidence": "处罚决定书\n送达回证",
        "period_min_months": 12,
        "period_max_months": 36,
        "period_default_months": 24,
        "repair_condition": "改正",
        "effective_from": "2026-06-01",
    }
    assert act(handler, draft, "edit", **edited).status_code == 302
    assert act(reviewer, draft, "submit").status_code == 302
    assert act(office, draft, "compile").status_code == 302
    assert act(office, draft, "open_comment").status_code == 302
    assert act(reviewer, draft, "comment", text="同意").status_code == 302
    refused = act(office, draft, "review")
    assert refused.status_code == 409
    assert "由同一单位的另一名审核人员办理" in refused.content.decode()
    assert act(colleague, draft, "review").status_code == 302
    assert act(office, draft, "publish").status_code == 302
    assert act(office, draft, "confirm").status_code == 302
    assert act(colleague, draft, "confirm").status_code == 302
    found = selectors.revision_in_force(current.entry.code, TODAY)
    assert (found.number, found.title) == (2, "界面修改后的行为")
    shown = office.get(page(draft)).content.decode()
    assert "与第1版比较" in shown
    assert "界面修改后的行为" in shown
    assert "现行有效" in shown


def test_the_page_shows_the_eight_contents_warnings_and_measures_with_their_units() -> None:
    revision = selectors.revision_in_force("CJ-001", TODAY)
    shown = signed_in(Role.HANDLER, "czj").get(page(revision)).content.decode()
    for words in (
        "处理措施",
        "实施事由",
        "证据材料",
        "法律依据",
        "措施与实施单位",
        "依据不足，不予执行",
        "实施：市发展改革委、",
        "现行有效",
        "初始装载（二）",
    ):
        assert words in shown
    for name in ("do/submit", "do/withdraw", "do/confirm"):
        assert name not in shown


def test_a_second_click_is_refused_and_changes_nothing() -> None:
    office = signed_in(Role.OFFICE, "fgw")
    revision = make_revision("submitted")
    assert act(office, revision, "compile").status_code == 302
    again = act(office, revision, "compile")
    assert again.status_code == 409
    assert "当前状态为“已汇编”" in again.content.decode()


def test_a_refusal_keeps_what_was_typed_and_stands_at_its_field() -> None:
    handler = signed_in(Role.HANDLER, "rsj")
    draft = make_draft()
    address = reverse("admin:catalog_entryrevision_act", args=[draft.public_id, "edit"])
    form = handler.get(address).context["form"]
    typed = {name: field.value() or "" for name, field in ((row.name, row) for row in form)}
    typed |= {"cause": "改写后的事由", "period_min_months": 48, "period_max_months": 12}
    answer = handler.post(address, typed)
    assert answer.status_code == 409
    assert "CAT-04" in str(answer.context["form"].errors["period_min_months"])
    text = answer.content.decode()
    assert "改写后的事由" in text
    assert "怎样办理" in text


def test_ORG_26_a_form_opened_under_another_assignment_is_not_done() -> None:
    handler = signed_in(Role.HANDLER, "rsj")
    draft = make_draft()
    address = reverse("admin:catalog_entryrevision_act", args=[draft.public_id, "edit"])
    assert 'name="acting_assignment"' in handler.get(address).content.decode()
    form = handler.get(address).context["form"]
    typed = {row.name: row.value() or "" for row in form} | {"title": "另一岗位的修改", "acting_assignment": "OTHER"}
    answer = handler.post(address, typed)
    assert answer.status_code == 409
    assert "ORG-26" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.title != "另一岗位的修改"


def test_a_role_without_the_right_is_told_which() -> None:
    reader = signed_in(Role.AUDIT_ADMIN, "scjgj")
    revision = make_revision("submitted")
    answer = act(reader, revision, "compile")
    assert answer.status_code == 403
    assert "catalog.revision.compile" in answer.content.decode()
    revision.refresh_from_db()
    assert revision.state == "submitted"


def test_drafts_of_other_units_are_not_found() -> None:
    draft = make_draft()
    stranger = signed_in(Role.HANDLER, "swj")
    assert draft.title not in stranger.get(f"{LIST}?q={draft.entry.code}").content.decode()
    assert stranger.get(page(draft)).status_code == 404
    assert act(stranger, draft, "submit").status_code == 404
    assert signed_in(Role.HANDLER, "rsj").get(page(draft)).status_code == 200


@pytest.mark.parametrize("role", [Role.OFFICE, Role.HANDLER, Role.AUDIT_ADMIN])
@pytest.mark.parametrize("model", ["entry", "entryrevision", "measure", "legalinstrument", "article", "edition"])
def test_every_list_opens_for_its_readers(role: Role, model: str) -> None:
    services.make_edition(actor=FIRST, label="测试版次")
    client = signed_in(role, "fgw")
    assert client.get(f"/admin/catalog/{model}/").status_code == 200
    found = {"entry": "现行有效", "entryrevision": "CJ-003", "edition": "测试版次"}.get(model, "")
    assert found in client.get(f"/admin/catalog/{model}/").content.decode()


def test_lists_are_closed_to_strangers() -> None:
    assert Client().get(LIST).status_code == 302
    assert signed_in(Role.SECURITY_ADMIN, "fgw").get(LIST).status_code == 403


def test_the_list_filters_by_what_holds_today() -> None:
    client = signed_in(Role.OFFICE, "fgw")
    holding = client.get(f"{LIST}?today=yes").content.decode()
    waiting = client.get(f"{LIST}?today=no").content.decode()
    assert "CJ-003" in holding
    assert "CJ-008" not in holding
    assert "CJ-008" in waiting


def test_the_impact_preview_answers_for_each_kind_of_question() -> None:
    client = signed_in(Role.OFFICE, "fgw")
    article = Article.objects.get(instrument__code="nongmingong-gongzi", label="第四十八条")
    unit, measure = Organization.objects.get(code="rsj"), Measure.objects.get(code="P20")
    url = "/admin/catalog/impact/"
    assert "影响预览" in client.get(url).content.decode()
    assert "失去最后一条确定依据" in client.get(url, {"article": article.pk}).content.decode()
    assert "唯一的发起单位" in client.get(url, {"unit": unit.pk}).content.decode()
    assert "CJ-002" in client.get(url, {"measure": measure.pk, "on": "2027-01-01"}).content.decode()
    assert "三者选一" in client.get(url, {"unit": unit.pk, "measure": measure.pk}).content.decode()
    assert signed_in(Role.AUDIT_ADMIN, "fgw").get(url).status_code == 403


def test_a_repeal_shows_its_impact_before_it_is_confirmed() -> None:
    office = signed_in(Role.OFFICE, "fgw")
    article = Article.objects.get(instrument__code="nongmingong-gongzi", label="第四十八条")
    url = reverse("admin:catalog_article_act", args=[article.public_id, "repeal"])
    assert "CJ-003" in office.get(url).content.decode()
    assert office.post(url, {"last_day": "2026-12-31", "reason": "新条例施行"}).status_code == 302
    assert selectors.revision_in_force("CJ-003", date(2027, 1, 1)) is None
    assert signed_in(Role.HANDLER, "rsj").get(url).status_code == 403


def test_workbook_and_edition_by_clicking() -> None:
    make_next(make_active(), date(2026, 10, 1))
    office = signed_in(Role.OFFICE, "fgw")
    data = office.get(reverse("admin:catalog_entryrevision_export")).content
    assert data[:2] == b"PK"
    url = reverse("admin:catalog_entryrevision_new", args=["import"])
    answer = office.post(url, {"file": SimpleUploadedFile("清单.xlsx", BytesIO(data).read())}).content.decode()
    assert "新增 0，更新 0" in answer
    broken = office.post(url, {"file": SimpleUploadedFile("清单.xlsx", b"nothing")}).content.decode()
    assert "ATT-02" in broken
    noise = SimpleUploadedFile("清单.xlsx", services.export_workbook(actor=FIRST)[:400])
    assert office.post(url, {"file": noise}).status_code in (400, 422)
    made = office.post(reverse("admin:catalog_entryrevision_new", args=["edition"]), {"title": "2026年版"})
    assert made.status_code == 302
    assert signed_in(Role.AUDIT_ADMIN, "fgw").get(url).status_code == 403


def test_nothing_is_edited_in_place() -> None:
    office = signed_in(Role.OFFICE, "fgw")
    revision = make_draft()
    office.post(page(revision), {"title": "绕过", "state": "published"})
    revision.refresh_from_db()
    assert (revision.title, revision.state) == ("示例失信行为", "drafted")
    assert office.get(f"{LIST}{revision.public_id}/delete/").status_code == 404
