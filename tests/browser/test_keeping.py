"""Units, accounts and drafts in Chromium: what only a browser shows: rows added, lists narrowed, pages at both widths."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from catalog.models import EntryRevision
from organizations.models import Officer
from organizations.selectors import unit
from tests.factories import sanctions as make
from tests.factories.catalog import make_draft
from tests.factories.organizations import make_unit
from tests.support.clicking import looks_like_something, sign_in

pytestmark = pytest.mark.browser


def at(record: Any, act: str = "") -> str:
    meta = record._meta
    base = f"admin:{meta.app_label}_{meta.model_name}"
    if act:
        return reverse(f"{base}_act", args=[record.public_id, act])
    return reverse(f"{base}_change", args=[record.public_id])


def test_a_unit_is_split_by_clicking_with_a_row_added(page: Any) -> None:
    parting, heirs = make_unit(), [make_unit() for _ in range(3)]
    sign_in(page, make.actor_of("fgw", "system_admin"))
    page.goto(at(parting))
    looks_like_something(page)
    page.click(".wb-do >> text=分立")
    looks_like_something(page)
    page.click("[data-add=heirs]")
    for number, heir in enumerate(heirs):
        page.select_option(f"[name=heirs-{number}-unit]", heir.public_id)
        page.fill(f"[name=heirs-{number}-duties]", f"职责{number + 1}")
    page.click("button:has-text('确认分立')")
    assert "核对上列影响后勾选" in page.text_content("form[data-act]")
    assert page.input_value("[name=heirs-2-duties]") == "职责3"
    page.check("[name=seen]")
    page.click("button:has-text('确认分立')")
    page.wait_for_selector("text=已撤并")
    assert parting.successions.count() == 3


def test_a_password_is_shown_once_and_a_page_loaded_again_makes_no_second_account(page: Any) -> None:
    sign_in(page, make.actor_of("fgw", "system_admin"))
    page.goto(reverse("admin:organizations_officer_changelist"))
    page.click(".wb-tools >> text=建立账号")
    page.fill("[name=username]", "li.si")
    page.fill("[name=full_name]", "示例李四")
    page.click("button:has-text('确认建立账号')")
    page.wait_for_selector(".wb-secret")
    looks_like_something(page)
    assert Officer.objects.get(username="li.si").check_password(page.text_content(".wb-secret dd:last-of-type code"))
    page.reload()
    assert "ORG-12" in page.text_content("form[data-act]")
    assert Officer.objects.filter(username="li.si").count() == 1


def test_a_measure_is_given_its_units_through_the_narrowed_list(page: Any) -> None:
    draft = make_draft()
    sign_in(page, make.actor_of("rsj", "handler"))
    page.goto(at(draft))
    looks_like_something(page)
    page.click(".wb-do >> text=添加措施")
    page.select_option("[name=measure]", "P15")
    page.fill("[name=content_text]", "限制评优评先")
    page.fill("[data-filter=units]", "财政")
    shown = page.locator("[data-filtered=units] label:visible")
    assert shown.count() == 1
    shown.first.click()
    looks_like_something(page)
    page.click("button:has-text('确认添加措施')")
    page.wait_for_selector("text=已添加措施")
    stored = EntryRevision.objects.get(pk=draft.pk).measures.get(measure__code="P15")
    assert [row.unit for row in stored.revision.measure_units.filter(measure__code="P15")] == [unit("czj")]
