"""The impact preview: what a repealed article, a dissolved unit or a dropped measure touches; it writes nothing."""

from datetime import date

import pytest

from catalog import impact, selectors
from catalog.models import Article, EntryRevision, Measure
from organizations.models import Organization
from tests.factories.catalog import citation, make_active, make_content, make_draft, make_instrument, measure

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)


def by_code(found: impact.Impact) -> dict[str, impact.ImpactEntry]:
    return {entry.entry_code: entry for entry in found.entries}


def test_a_repealed_article_says_which_entries_and_measures_lose_their_basis() -> None:
    article = Article.objects.get(instrument__code="nongmingong-gongzi", label="第四十八条")
    found = selectors.impact_of(article=article, on=DAY)
    entry = by_code(found)["CJ-003"]
    assert entry.is_serious
    assert any("失去最后一条确定依据" in effect for effect in entry.effects)
    assert sum("失去依据" in effect for effect in entry.effects) == 2
    assert found.question.startswith("自 2026-12-01 起废止《保障农民工工资支付条例》")


def test_an_article_with_another_beside_it_is_not_serious() -> None:
    instrument = make_instrument()
    ref = f"{instrument.code}/第九条"
    base = make_content()
    revision = make_active(make_content(citations=(*base.citations, citation(ref))))
    article = Article.objects.get(instrument=instrument)
    entry = by_code(selectors.impact_of(article=article, on=DAY))[revision.entry.code]
    assert not entry.is_serious


def test_a_dissolved_unit_says_where_it_was_alone() -> None:
    unit = Organization.objects.get(code="rsj")
    found = by_code(selectors.impact_of(unit=unit, on=DAY))
    assert found["CJ-003"].is_serious
    assert any("唯一的发起单位" in effect for effect in found["CJ-003"].effects)
    assert not found["CJ-001"].is_serious


def test_a_dropped_measure_touches_drafts_too() -> None:
    draft = make_draft(measures=(measure("P20", cite=()),))
    found = by_code(selectors.impact_of(measure=Measure.objects.get(code="P20"), on=DAY))
    assert set(found) == {"CJ-002", draft.entry.code}
    assert found[draft.entry.code].is_serious
    assert not found["CJ-002"].is_serious


def test_higher_floors_add_their_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[impact.ImpactQuestion] = []

    def contributor(question: impact.ImpactQuestion):
        asked.append(question)
        return [impact.ImpactLine("在办案件", 3, "3 件在办案件依据该事项")]

    monkeypatch.setattr(impact, "_contributors", [contributor])
    unit = Organization.objects.get(code="rsj")
    found = selectors.impact_of(unit=unit, on=DAY)
    assert [line.count for line in found.lines] == [3]
    assert asked[0].unit_id == unit.pk
    assert asked[0].revision_ids == {entry.revision_id for entry in found.entries}


def test_the_preview_writes_nothing() -> None:
    before = EntryRevision.history.count()
    selectors.impact_of(unit=Organization.objects.get(code="fgw"), on=DAY)
    assert EntryRevision.history.count() == before


def test_it_asks_about_one_thing() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        selectors.impact_of(on=DAY)
