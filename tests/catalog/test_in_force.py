"""In force on any day is computed: boundaries, succession, withdrawal, repeal; and why not, in words."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import selectors, services
from catalog.models import RevisionMeasure
from core import clock
from core.problems import Refused
from organizations.models import Organization
from tests.factories.catalog import (
    FIRST,
    SECOND,
    STARTS,
    citation,
    make_active,
    make_content,
    make_draft,
    make_instrument,
    make_next,
    make_revision,
    measure,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


def holds(code: str, on: date) -> int | None:
    found = selectors.revision_in_force(code, on)
    assert (found is None) == (selectors.why_not_in_force(code, on) is not None)
    return found.number if found else None


def why(code: str, on: date) -> str:
    violation = selectors.why_not_in_force(code, on)
    assert violation is not None
    assert violation.remedy
    return violation.code


def test_boundary_days_of_one_revision() -> None:
    code = make_active().entry.code
    assert [holds(code, day) for day in (STARTS - DAY, STARTS, date(2099, 1, 1))] == [None, 1, 1]
    assert why(code, STARTS - DAY) == "CAT-23"


def test_the_next_revision_is_prepared_while_the_current_holds_and_takes_over_on_its_day() -> None:
    first = make_active()
    code, takes_over = first.entry.code, date(2027, 3, 1)
    second = make_next(first, takes_over, title="新版行为")
    first.refresh_from_db()
    assert (first.state, first.effective_to) == ("superseded", takes_over - DAY)
    assert [holds(code, day) for day in (TODAY, takes_over - DAY, takes_over)] == [1, 1, 2]
    assert second.state == "published"


def test_published_but_not_activated_is_not_in_force() -> None:
    revision = make_revision("published")
    assert holds(revision.entry.code, TODAY) is None
    assert why(revision.entry.code, TODAY) == "CAT-22"
    services.confirm_activation(actor=FIRST, revision=revision)
    assert "尚缺一名" in selectors.why_not_in_force(revision.entry.code, TODAY).detail
    services.confirm_activation(actor=SECOND, revision=revision)
    assert holds(revision.entry.code, TODAY) == 1


def test_unknown_and_draft_entries_say_what_is_missing() -> None:
    assert why("CJ-899", TODAY) == "CAT-20"
    assert why(make_draft().entry.code, TODAY) == "CAT-21"
    with pytest.raises(Refused) as refused:
        selectors.require_in_force("CJ-899", TODAY)
    assert refused.value.code == "CAT-20"


def test_withdrawn_ends_the_day_before_and_history_stays() -> None:
    revision = make_active()
    services.withdraw(actor=FIRST, revision=revision, reason="依据调整")
    code = revision.entry.code
    assert [holds(code, day) for day in (TODAY - DAY, TODAY)] == [1, None]
    assert why(code, TODAY) == "CAT-24"


def test_withdrawn_before_it_began_gives_the_former_revision_back() -> None:
    first = make_active()
    second = make_next(first, date(2027, 1, 1))
    services.withdraw(actor=FIRST, revision=second, reason="暂缓")
    first.refresh_from_db()
    assert (first.state, first.effective_to) == ("published", None)
    assert [holds(first.entry.code, day) for day in (TODAY, date(2027, 6, 1))] == [1, 1]
    third = make_next(first, date(2027, 1, 1))
    assert third.number == 3
    assert holds(first.entry.code, date(2027, 1, 1)) == 3


def test_cat_11_the_next_revision_cannot_begin_before_the_current() -> None:
    first = make_active()
    with pytest.raises(Refused) as refused:
        make_next(first, STARTS)
    assert refused.value.code == "CAT-11"


def test_repeal_of_the_last_sure_basis_ends_the_entry_and_the_measure() -> None:
    instrument = make_instrument()
    ref = f"{instrument.code}/第一条"
    revision = make_active(
        make_content(citations=(citation(ref),), measures=(measure(cite=(ref,)), measure("P14", cite=())))
    )
    article = revision.citations.get().article
    services.repeal_article(actor=FIRST, article=article, last_day=date(2026, 12, 31), reason="新法施行")
    code = revision.entry.code
    assert [holds(code, day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [1, None]
    assert why(code, date(2027, 1, 1)) == "CAT-25"
    assert selectors.executable_measures(revision, date(2026, 12, 31)) == {"P02", "P14"}
    assert selectors.executable_measures(revision, date(2027, 1, 1)) == set()
    class1 = RevisionMeasure.objects.get(revision=revision, measure__code="P02")
    assert selectors.class1_support(class1, date(2026, 12, 31)) == article
    assert selectors.class1_support(class1, date(2027, 1, 1)) is None


def test_repeal_of_a_class_one_basis_leaves_the_rest_of_the_entry() -> None:
    instrument = make_instrument()
    ref = f"{instrument.code}/第二条"
    base = make_content()
    revision = make_active(
        make_content(
            citations=(*base.citations, citation(ref)), measures=(measure(cite=(ref,)), measure("P14", cite=()))
        )
    )
    article = revision.citations.get(article__instrument=instrument).article
    services.repeal_article(actor=FIRST, article=article, last_day=TODAY, reason="新法施行")
    after = TODAY + DAY
    assert holds(revision.entry.code, after) == 1
    assert selectors.executable_measures(revision, after) == {"P14"}
    fgw = Organization.objects.get(code="fgw")
    assert [v.code for v in selectors.check_measure(revision, "P02", fgw, after)] == ["CAT-03"]


def test_check_measure_names_the_condition_that_failed() -> None:
    revision = make_active()
    fgw, swj = Organization.objects.get(code="fgw"), Organization.objects.get(code="swj")
    codes = lambda *args: [v.code for v in selectors.check_measure(revision, *args)]  # noqa: E731
    assert codes("P02", fgw, TODAY) == []
    assert codes("P03", fgw, TODAY) == ["CAT-26"]
    assert codes("P02", swj, TODAY) == ["CAT-27"]
    assert codes("P02", fgw, STARTS - DAY) == ["CAT-23"]
    assert [v.code for v in selectors.check_initiator(revision, swj)] == ["CAT-28"]
    assert selectors.check_initiator(revision, Organization.objects.get(code="rsj")) == []


def test_measures_of_gives_units_and_citations_in_order() -> None:
    prescribed = selectors.measures_of(make_active())
    assert [(item.code, item.unit_codes) for item in prescribed] == [("P02", ("fgw", "ggzy")), ("P14", ("czj",))]
    assert [citation.article.ref for citation in prescribed[0].citations] == ["nongmingong-gongzi/第四十八条"]


def test_queries_do_not_grow_with_the_catalogue() -> None:
    def count(ask) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask()
        return len(captured)

    unit = Organization.objects.get(code="fgw")
    asks = [
        lambda: list(selectors.revisions_in_force(TODAY)),
        lambda: selectors.public_catalogue(TODAY),
        lambda: selectors.impact_of(unit=unit, on=TODAY),
        lambda: selectors.entries_with_state(TODAY),
    ]
    before = [count(ask) for ask in asks]
    for _ in range(3):
        make_active()
    assert [count(ask) for ask in asks] == before
    assert before[1] <= 20


def test_public_catalogue_is_an_allow_list_of_what_holds() -> None:
    draft, active = make_draft(title="不应公开"), make_active(title="独特行为名称")
    found = selectors.public_catalogue(TODAY, q="独特行为")
    assert [item["code"] for item in found] == [active.entry.code]
    assert set(found[0]) == {
        "code", "polarity", "polarity_label", "domain", "title", "cause", "handling", "evidence", "subject_kinds",
        "initiating_units", "basis", "measures", "period", "repair_condition", "repair_needs_check", "severity",
        "severity_label", "governed_by", "revision", "warnings",
    }  # fmt: skip
    assert draft.entry.code not in {item["code"] for item in selectors.public_catalogue(TODAY)}
    assert {item["polarity"] for item in selectors.public_catalogue(TODAY, polarity="incentive")} == {"incentive"}


def test_entries_with_state_says_it_in_a_word() -> None:
    active, draft, waiting = make_active(), make_draft(), make_revision("published")
    words = selectors.entries_with_state(TODAY)
    assert words[active.entry_id] == "现行有效"
    assert words[draft.entry_id] == "尚未发布"
    assert words[waiting.entry_id] == "已发布，尚未生效或启用"


def test_cat_11_days_of_a_withdrawn_revision_stay_its_own() -> None:
    first = make_active()
    services.withdraw(actor=FIRST, revision=first, reason="依据调整")
    with pytest.raises(Refused) as refused:
        make_next(first, TODAY - DAY)
    assert refused.value.code == "CAT-11"
    refused_draft = first.entry.revisions.get(number=2)
    services.withdraw(actor=FIRST, revision=refused_draft, reason="生效日有误")
    second = make_next(first, TODAY)
    assert [holds(first.entry.code, day) for day in (TODAY - DAY, TODAY)] == [1, 3]
    assert second.number == 3
