"""There is one mechanism for acts in the workbench: every form of every app is built, addressed and shown by it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode

from core.permissions import labels
from organizations.acts.forms import ActForm
from organizations.acts.pages import ScopedAdmin

HOUSE = {
    "core",
    "organizations",
    "catalog",
    "subjects",
    "sanctions",
    "publicity",
    "repair",
    "objections",
    "exchange",
    "supervision",
    "portal",
}
POSTING = {
    "acts/act.html",  # the act form itself
    "credit_platform/acting.html",  # the switch between assignments
    "sanctions/embedding/begin.html",  # pages in the frame of an approval system, whose users have no session (ADR 0033)
    "sanctions/embedding/answer.html",
}


def pages() -> list[ScopedAdmin]:
    return [page for model, page in admin.site._registry.items() if model._meta.app_label in HOUSE]


def acts() -> list[type[ActForm]]:
    found = {act: None for page in pages() for act in (*page.acts, *page.openings)}
    return list(found)


def test_every_model_of_the_house_is_shown_by_the_one_mechanism() -> None:
    others = [str(page) for page in pages() if not isinstance(page, ScopedAdmin)]
    assert others == []
    assert len(acts()) > 80


@pytest.mark.parametrize("page", pages(), ids=str)
def test_the_acts_of_a_page_have_addresses_of_their_own(page: ScopedAdmin) -> None:
    addresses = [(act.name, act.targeted) for act in page.acts]
    assert len(addresses) == len(set(addresses))
    assert len({act.name for act in page.openings}) == len(page.openings)
    assert not [act for act in page.openings if act.targeted]


@pytest.mark.parametrize("act", acts(), ids=lambda act: f"{act.__module__}.{act.__name__}")
def test_an_act_says_what_it_is_who_may_and_ends_in_a_service(act: type[ActForm]) -> None:
    assert re.search(r"[\u4e00-\u9fff]", act.label), act
    assert act.permission in labels(), act.permission
    assert act.perform is not ActForm.perform
    assert not (act.workflow and act.transition) or act.transition in act.workflow.by_name
    assert "acts/act.html" in ancestors(act.template), act.template
    if act.result_template:
        assert "acts/done.html" in ancestors(act.result_template)


def ancestors(name: str) -> list[str]:
    """Return a template and those it extends, down to the frame of the acts."""
    found = [name]
    while not name.startswith("admin/"):
        node = get_template(name).template.nodelist.get_nodes_by_type(ExtendsNode)
        if not node:
            break
        name = str(node[0].parent_name).strip("'\"")
        found.append(name)
    return found


def test_no_other_page_of_the_workbench_posts_anything() -> None:
    root = Path(settings.BASE_DIR)
    posting = {
        str(path).partition("/templates/")[2]
        for app in (*HOUSE - {"portal"}, "credit_platform")  # the portal's forms are the public's, not the workbench's
        for path in (root / app).glob("templates/**/*.html")
        if re.search(r"<form[^>]*method=[\"']post", path.read_text("utf-8"), re.IGNORECASE)
    }
    assert posting == POSTING
