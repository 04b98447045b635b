"""Drafts made without the workbook: entries, units, citations and measures by clicking; the library kept by the office."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog import selectors, services
from catalog.models import EntryRevision, LegalInstrument, Measure
from core import clock
from organizations.enums import Role
from organizations.selectors import unit
from tests.factories.catalog import FIRST, LAW, RULE, make_active, make_draft
from tests.factories.organizations import make_assignment
from tests.support.workbench import OfficerClient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with clock.at(date(2026, 11, 23)):
        yield


def of(role: Role, place: str = "fgw") -> Client:
    client = OfficerClient()
    client.force_login(make_assignment(role.value, place).officer)
    return client


def address(record: Any, act: str = "", key: str = "") -> str:
    base = f"admin:catalog_{record._meta.model_name}"
    if not act:
        return reverse(f"{base}_change", args=[record.public_id])
    return reverse(f"{base}_act_on" if key else f"{base}_act", args=[record.public_id, act, *([key] if key else [])])


def adding(model: str) -> str:
    return reverse(f"admin:catalog_{model}_add")


def typed_on(client: Client, url: str) -> dict[str, Any]:
    """Return what the form shows when it opens, as the browser would post it back."""
    form = client.get(url).context["form"]
    return {row.name: row.value() for row in form if row.value() not in (None, "", False)}


def error(answer: Any, field: str | None) -> str:
    assert answer.status_code in (403, 409, 422), answer.status_code
    form = answer.context["form"]
    return str(form.errors[field] if field else form.non_field_errors())


def measure_form(**changes: Any) -> dict[str, Any]:
    return {
        "content_text": "限制参与政府采购",
        "units": [unit("czj").public_id],
        "target_kind": "entity",
        "mode": "follows_listing",
        "ends_on_repair": "on",
        "stops_on_pause": "on",
    } | changes


def test_an_entry_is_drafted_from_nothing_and_submitted_without_the_workbook() -> None:
    handler, reviewer = of(Role.HANDLER, "rsj"), of(Role.REVIEWER, "rsj")
    page = handler.get(adding("entryrevision"))
    assert "下一个可用的编号：CJ-" in page.content.decode()
    typed = {
        "entry_code": "CJ-990",
        "polarity": "discipline",
        "domain": "人力资源社会保障",
        "title": "示例行为",
        "cause": "示例事由",
        "handling": "示例处理",
        "evidence": "处罚决定书\n送达回证",
        "initiating_units": [unit("rsj").public_id],
        "subject_kinds": ["enterprise"],
        "group_code": "enterprise",
        "severity": "serious",
        "period_kind": "range",
        "period_min_months": 12,
        "period_max_months": 6,
        "repair_condition": "改正",
        "governed_by": "city",
        "effective_from": "2024-01-01",
    }
    refused = handler.post(adding("entryrevision"), typed)
    assert "CAT-04" in error(refused, "period_min_months")
    assert refused.context["form"]["evidence"].value() == "处罚决定书\n送达回证"
    assert handler.post(adding("entryrevision"), typed | {"period_max_months": 36}).status_code == 302
    draft = EntryRevision.objects.get(entry__code="CJ-990")
    again = handler.post(adding("entryrevision"), typed | {"period_max_months": 36})
    assert "CAT-34" in error(again, "entry_code")
    law, label = LAW.split("/")
    assert handler.post(address(draft, "cite"), {"instrument": law, "article": label}).status_code == 302
    made = measure_form(measure="P14", citations=[LAW])
    assert handler.post(address(draft, "measure"), made).status_code == 302
    content = selectors.content_of(draft)
    assert [row.ref for row in content.citations] == [LAW]
    assert (content.measures[0].code, content.measures[0].units) == ("P14", ("czj",))
    draft.refresh_from_db()
    assert reviewer.post(address(draft, "submit")).status_code == 302
    assert handler.post(address(draft, "cite"), {"instrument": law, "article": "第一条"}).status_code == 409


def test_CAT_06_a_citation_given_twice_stands_at_its_field() -> None:
    handler, draft = of(Role.HANDLER, "rsj"), make_draft()
    law, label = LAW.split("/")
    answer = handler.post(address(draft, "cite"), {"instrument": law, "article": label, "note": "重复"})
    assert "CAT-06" in error(answer, "instrument")
    assert answer.context["form"]["note"].value() == "重复"


def test_a_citation_is_taken_out_of_the_measures_that_rest_on_it() -> None:
    handler, draft = of(Role.HANDLER, "rsj"), make_draft()
    cited = draft.citations.get(article__instrument__code=LAW.split("/")[0])
    page = handler.get(address(draft)).content.decode()
    assert f"do/uncite/{cited.public_id}/" in page
    assert "do/verify/" not in page  # the office verifies
    assert handler.post(address(draft, "uncite", cited.public_id)).status_code == 302
    content = selectors.content_of(draft)
    assert [row.ref for row in content.citations] == [RULE]
    assert all(LAW not in row.citations for row in content.measures)


def test_measures_are_added_changed_and_dropped() -> None:
    handler, draft = of(Role.HANDLER, "rsj"), make_draft()
    offered = handler.get(address(draft, "measure")).context["form"].fields["measure"].queryset
    assert not set(offered.values_list("code", flat=True)) & {"P02", "P14"}
    assert not offered.filter(polarity="incentive").exists()
    odd = measure_form(measure="P15", min_months=6)
    refused = handler.post(address(draft, "measure"), odd)
    assert "CAT-08" in error(refused, "mode")
    assert refused.context["form"]["content_text"].value() == "限制参与政府采购"
    url = address(draft, "edit-measure", "P14")
    typed = typed_on(handler, url)
    assert typed["units"] == [unit("czj").public_id]
    changed = typed | {"content_text": "限制申请补贴", "units": [unit("czj").public_id, unit("rsj").public_id]}
    assert handler.post(url, changed).status_code == 302
    row = next(row for row in selectors.content_of(draft).measures if row.code == "P14")
    assert (row.content, set(row.units)) == ("限制申请补贴", {"czj", "rsj"})
    assert handler.post(address(draft, "drop-measure", "P14")).status_code == 302
    assert [row.code for row in selectors.content_of(draft).measures] == ["P02"]
    assert handler.get(address(draft, "edit-measure", "P14")).status_code == 404


def test_CAT_29_units_of_a_draft_change_but_not_to_those_of_others() -> None:
    handler, draft = of(Role.HANDLER, "rsj"), make_draft()
    url = address(draft, "routing")
    typed = typed_on(handler, url)
    assert typed["initiating_units"] == [unit("rsj").public_id]
    away = handler.post(url, typed | {"initiating_units": [unit("ybj").public_id]})
    assert "CAT-29" in error(away, "initiating_units")
    both = [unit("rsj").public_id, unit("ybj").public_id]
    assert handler.post(url, typed | {"initiating_units": both, "is_major": "on"}).status_code == 302
    content = selectors.content_of(draft)
    assert (set(content.initiating_units), content.is_major, content.title) == ({"rsj", "ybj"}, True, "示例失信行为")


def test_CAT_31_two_people_of_the_office_verify_a_citation() -> None:
    first, second = of(Role.OFFICE), of(Role.OFFICE)
    draft = make_draft()
    unsure = draft.citations.get(needs_check=True)
    url = address(draft, "verify", unsure.public_id)
    assert first.post(url, {"note": "国家法律法规数据库"}).status_code == 302
    shown = first.get(address(draft)).content.decode()
    assert "已由本人核对" in shown
    assert "CAT-31" in error(first.post(url), None)
    assert second.post(url).status_code == 302
    unsure.refresh_from_db()
    assert (unsure.needs_check, unsure.note) == (False, "国家法律法规数据库")
    assert of(Role.HANDLER, "rsj").post(url).status_code == 403


def test_content_of_what_is_published_is_not_edited() -> None:
    office, revision = of(Role.OFFICE), make_active()
    page = office.get(address(revision)).content.decode()
    for act in ("cite", "uncite", "measure", "drop-measure", "routing", "edit"):
        assert f"do/{act}/" not in page
    assert office.get(address(revision, "cite")).status_code == 302
    law = LAW.split("/")[0]
    assert "CAT-30" in error(office.post(address(revision, "cite"), {"instrument": law, "article": "第一条"}), None)


def test_the_library_is_kept_by_the_office() -> None:
    office = of(Role.OFFICE)
    typed = {"title": "示例条例", "code": "shili-tiaoli", "kind": "local_regulation"}
    assert "填写施行日" in error(office.post(adding("legalinstrument"), typed), "effective_from")
    assert office.post(adding("legalinstrument"), typed | {"effective_from": "2026-01-01"}).status_code == 302
    made = LegalInstrument.objects.get(code="shili-tiaoli")
    taken = office.post(adding("legalinstrument"), typed | {"needs_check": "on"})
    assert "CAT-34" in error(taken, "code")
    assert office.post(address(made, "article"), {"article": "第三条"}).status_code == 302
    assert "第三条" in office.get(address(made)).content.decode()
    measure = {"code": "P98", "title": "示例措施", "measure_class": "2", "target": "entity"}
    assert office.post(adding("measure"), measure).status_code == 302
    assert Measure.objects.get(code="P98").polarity == "discipline"
    assert "CAT-34" in error(office.post(adding("measure"), measure), "code")
    handler = of(Role.HANDLER, "rsj")
    for url in (adding("legalinstrument"), adding("measure"), address(made, "article")):
        assert handler.post(url, typed).status_code == 403


def test_pages_of_the_library_open_by_public_id() -> None:
    revision = make_active()
    edition = services.make_edition(actor=FIRST, label="测试版次")
    client = of(Role.AUDIT_ADMIN)
    law = LegalInstrument.objects.get(code=LAW.split("/")[0])
    for record, words in (
        (revision.entry, "第1版"),
        (law, "第四十八条"),
        (law.articles.get(label="第四十八条"), revision.entry.code),
        (Measure.objects.get(code="P02"), revision.entry.code),
        (edition, revision.entry.code),
    ):
        page = client.get(address(record))
        assert page.status_code == 200
        assert words in page.content.decode(), record
        assert client.get(address(record).replace(record.public_id, str(record.pk))).status_code == 404
