"""Each rule of the catalogue, passing and failing, with a remedy in every refusal."""

from dataclasses import replace
from datetime import date

import pytest

from catalog import rules, services
from catalog.selectors import facts_of, warnings_of
from core import clock
from core.problems import Refused
from tests.factories.catalog import (
    FIRST,
    LAW,
    MEMO,
    RULE,
    SECOND,
    citation,
    make_content,
    make_draft,
    make_instrument,
    make_revision,
    measure,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


def codes(**changes) -> list[str]:
    found = rules.submit_errors(facts_of(make_content(**changes)))
    assert all(violation.detail and violation.remedy for violation in found)
    return [violation.code for violation in found]


def test_a_complete_entry_passes() -> None:
    assert codes() == []
    assert rules.activation_errors(facts_of(make_content())) == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("CAT-01", {"initiating_units": ("nowhere",)}),
        ("CAT-01", {"initiating_units": ("gsj",)}),
        ("CAT-01", {"measures": (measure(units=("gsj_guo",)),)}),
        ("CAT-02", {"measures": (measure("R01"),)}),
        ("CAT-02", {"measures": (measure("P99"),)}),
        ("CAT-02", {"measures": (measure(), measure())}),
        ("CAT-02", {"polarity": "other"}),
        ("CAT-04", {"period_min_months": 40}),
        ("CAT-04", {"period_default_months": 48}),
        ("CAT-04", {"period_max_months": None}),
        ("CAT-04", {"period_kind": "fixed", "period_min_months": None, "period_max_months": None, "period_default_months": None}),
        ("CAT-04", {"period_kind": "permanent"}),
        ("CAT-04", {"period_kind": "sometimes"}),
        ("CAT-06", {"citations": (citation(LAW), citation("nothing/第一条"))}),
        ("CAT-06", {"citations": (citation(LAW), citation(LAW))}),
        ("CAT-06", {"measures": (measure(cite=(MEMO,)),)}),
        ("CAT-08", {"measures": (measure(min_months=12),)}),
        ("CAT-08", {"measures": (measure(mode="statutory", min_months=24, max_months=12),)}),
        ("CAT-08", {"measures": (measure(mode="statutory", cite=()),)}),
        ("CAT-08", {"measures": (measure(mode="never"),)}),
        ("CAT-10", {"evidence": ()}),
        ("CAT-10", {"measures": (measure(units=()),)}),
        ("CAT-10", {"citations": (), "measures": (measure(cite=()),)}),
        ("CAT-13", {"severity": ""}),
        ("CAT-14", {"subject_kinds": ("alien",)}),
        ("CAT-14", {"subject_kinds": ()}),
        ("CAT-14", {"group_code": "nobody"}),
        ("CAT-37", {"title": "长" * 301}),
        ("CAT-37", {"title": "空\x00字符"}),
        ("CAT-37", {"entry_code": "X1"}),
        ("CAT-37", {"citations": (citation(LAW), citation("renshe-45/"))}),
    ],
)  # fmt: skip
def test_broken_content_is_refused_by_its_rule(code: str, changes: dict) -> None:
    assert code in codes(**changes)


@pytest.mark.parametrize("word", ["未按规定办理婚姻登记", "拖欠水费电费", "行人闯红灯", "缠访闹访信访", "拒绝献血"])
def test_cat_09_abusive_subjects_never_enter(word: str) -> None:
    with pytest.raises(Refused) as refused:
        make_draft(title=word)
    assert refused.value.code == "CAT-09"


def test_cat_01_a_dissolved_unit_names_its_heirs() -> None:
    found = rules.submit_errors(facts_of(make_content(initiating_units=("gsj",))))
    assert "广元市市场监督管理局" in (found[0].remedy or "")


@pytest.mark.parametrize(
    ("code", "citations"),
    [
        ("CAT-05", (citation(LAW, needs_check=True),)),
        ("CAT-05", (citation(MEMO),)),
        ("CAT-05", ()),
    ],
)
def test_cat_05_an_entry_that_no_sure_citation_carries_is_not_activated(code: str, citations: tuple) -> None:
    content = make_content(citations=citations, measures=(measure("P14", cite=()),))
    assert [v.code for v in rules.activation_errors(facts_of(content))] == [code]
    if citations:
        revision = make_revision("published", content)
        with pytest.raises(Refused) as refused:
            services.confirm_activation(actor=FIRST, revision=revision)
        assert refused.value.code == code


def test_cat_03_class_one_measures_that_only_a_rule_carries_cannot_activate_an_entry() -> None:
    content = make_content(citations=(citation(RULE),), measures=(measure(cite=(RULE,)),))
    assert [v.code for v in rules.activation_errors(facts_of(content))] == ["CAT-03"]
    mixed = replace(content, measures=(*content.measures, measure("P14", cite=())))
    assert rules.activation_errors(facts_of(mixed)) == []
    assert "CAT-03" in [v.code for v in rules.warnings(facts_of(mixed))]


def test_cat_07_a_revision_does_not_begin_before_its_law() -> None:
    day = date(2020, 5, 1)
    early = make_content(effective_from=date(2020, 4, 30), citations=(citation(LAW),))
    assert [v.code for v in rules.activation_errors(facts_of(early))] == ["CAT-07"]
    assert rules.activation_errors(facts_of(replace(early, effective_from=day))) == []


def test_cat_07_a_repealed_law_carries_nothing() -> None:
    instrument = make_instrument()
    article = services.add_article(actor=FIRST, instrument=instrument, label="第一条")
    services.repeal_article(actor=FIRST, article=article, last_day=date(2025, 1, 1), reason="废止")
    content = make_content(citations=(citation(f"{instrument.code}/第一条"),), measures=(measure("P14", cite=()),))
    assert [v.code for v in rules.activation_errors(facts_of(content))] == ["CAT-07"]


def test_core_05_one_officer_cannot_activate_alone() -> None:
    revision = make_revision("published")
    services.confirm_activation(actor=FIRST, revision=revision)
    with pytest.raises(Refused) as refused:
        services.confirm_activation(actor=FIRST, revision=revision)
    assert refused.value.code == "CORE-05"
    services.confirm_activation(actor=SECOND, revision=revision)
    with pytest.raises(Refused) as refused:
        services.confirm_activation(actor=SECOND, revision=revision)
    assert refused.value.code == "CAT-33"


def test_incentives_may_rest_on_a_memorandum_and_warn_about_persons() -> None:
    content = make_content(
        polarity="incentive",
        entry_code="JL-901",
        severity="",
        citations=(citation(MEMO),),
        measures=(measure("R12", cite=(MEMO,)),),
    )
    assert rules.submit_errors(facts_of(content)) == []
    assert rules.activation_errors(facts_of(content)) == []
    assert {v.code for v in rules.warnings(facts_of(content))} == {"CAT-12", "CAT-16"}
    assert "CAT-13" in [v.code for v in rules.submit_errors(facts_of(replace(content, severity="minor")))]


def test_cat_15_unsure_parts_are_shown() -> None:
    revision = make_draft(period_needs_check=True, repair_needs_check=True)
    assert [v.code for v in warnings_of(revision)].count("CAT-15") == 3


def test_cat_31_two_people_clear_a_doubt_before_publication_only() -> None:
    revision = make_draft()
    doubtful = revision.citations.get(needs_check=True)
    services.verify_citation(actor=FIRST, citation=doubtful)
    with pytest.raises(Refused) as refused:
        services.verify_citation(actor=FIRST, citation=doubtful)
    assert refused.value.code == "CAT-31"
    assert services.verify_citation(actor=SECOND, citation=doubtful).needs_check is False
    frozen = make_revision("published").citations.get(needs_check=True)
    with pytest.raises(Refused) as refused:
        services.verify_citation(actor=FIRST, citation=frozen)
    assert refused.value.code == "CAT-30"


def test_cat_34_35_36_the_library_refuses_doubles_and_nonsense() -> None:
    instrument = make_instrument()
    with pytest.raises(Refused) as refused:
        services.add_instrument(actor=FIRST, code=instrument.code, title="同号", kind="law")
    assert refused.value.code == "CAT-34"
    article = services.add_article(actor=FIRST, instrument=instrument, label="第一条")
    with pytest.raises(Refused) as refused:
        services.repeal_article(actor=FIRST, article=article, last_day=date(2019, 1, 1), reason="")
    assert [v.code for v in refused.value.errors] == ["CAT-35", "CAT-35"]
    with pytest.raises(Refused) as refused:
        services.make_edition(actor=FIRST, label=" ", effective_on=date(1990, 1, 1))
    assert [v.code for v in refused.value.errors] == ["CAT-36", "CAT-36"]
