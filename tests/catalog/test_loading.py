"""初始装载: 44 measures, 40 entries; what a sure citation carries is active, the rest waits as drafts."""

from datetime import date

import pytest

from catalog import selectors, services
from catalog.enums import STRONG_KINDS
from catalog.fixture_files import read_entries, read_instruments
from catalog.models import Entry, EntryRevision, LegalInstrument, Measure, RevisionMeasure
from catalog.workflow import REVISION
from core import clock
from core.actors import Actor
from core.problems import NotPermitted
from core.workflow import records_for
from tests.factories.catalog import make_next

pytestmark = pytest.mark.django_db
WAITING = {"CJ-008", "CJ-019", "CJ-020", "CJ-023", "CJ-024", "CJ-026", "JL-007", "JL-011"}
LOADER = Actor.job("load_reference")


def test_forty_entries_are_loaded_and_32_are_active() -> None:
    assert (Measure.objects.count(), Entry.objects.count()) == (44, 40)
    assert Entry.objects.filter(polarity="discipline").count() == 26
    active = set(selectors.revisions_in_force(date(2026, 11, 23)).values_list("entry__code", flat=True))
    assert set(Entry.objects.values_list("code", flat=True)) - active == WAITING
    for code in WAITING:
        assert selectors.why_not_in_force(code, date(2026, 11, 23)).code == "CAT-21"


def test_a_second_load_changes_nothing() -> None:
    before = EntryRevision.history.count()
    report = services.load_reference(LOADER)
    assert (report.instruments, report.measures, report.entries, report.unchanged) == (0, 0, 0, 40)
    assert EntryRevision.history.count() == before


def test_a_load_leaves_what_officers_changed() -> None:
    current = selectors.revision_in_force("CJ-003", date(2026, 11, 23))
    make_next(current, date(2026, 1, 1), title="本市改写的行为")
    report = services.load_reference(LOADER)
    assert report.unchanged == 40
    assert selectors.revision_in_force("CJ-003", date(2026, 11, 23)).title == "本市改写的行为"


def test_loading_needs_the_permission() -> None:
    with pytest.raises(NotPermitted):
        services.load_reference(Actor(kind="officer", key="x", label="甲"))


def test_every_effective_day_lies_within_its_law_and_not_on_the_load_day() -> None:
    for revision in selectors.revisions_in_force(date(2026, 11, 23)):
        assert revision.effective_from < date(2026, 1, 1)
        assert selectors.revision_in_force(revision.entry.code, revision.effective_from) is not None


def test_the_two_signatures_are_recorded_as_the_initial_load() -> None:
    revision = selectors.revision_in_force("CJ-003", clock.today())
    assert (revision.first_confirmed_label, revision.second_confirmed_label) == ("初始装载（一）", "初始装载（二）")
    reasons = {row.reason for row in records_for(revision, REVISION) if row.transition != "draft"}
    assert all(reason.startswith("初始装载") for reason in reasons)


def test_no_supported_class_one_measure_without_a_strong_sure_citation() -> None:
    rows = RevisionMeasure.objects.filter(supported=True, measure__measure_class=1, measure__polarity="discipline")
    assert rows.count() > 25
    for row in rows:
        links = row.citation_links.filter(
            citation__needs_check=False, citation__article__instrument__kind__in=STRONG_KINDS
        )
        assert links.exists(), str(row)
    unsupported = RevisionMeasure.objects.filter(supported=False, revision__activated_on__isnull=False)
    assert {(row.revision.entry.code, row.measure.code) for row in unsupported} == {
        ("CJ-001", "P02"), ("CJ-002", "P05"), ("CJ-005", "P05"), ("CJ-006", "P05"), ("CJ-007", "P05"),
        ("CJ-010", "P03"), ("CJ-015", "P01"), ("CJ-015", "P02"),
    }  # fmt: skip


def test_the_files_agree_with_what_is_loaded() -> None:
    loaded = {
        content.entry_code: content for _, content in selectors.contents_of(EntryRevision.objects.filter(number=1))
    }
    assert {content.entry_code: content for content in read_entries()} == loaded
    assert LegalInstrument.objects.count() == len(read_instruments())


@pytest.mark.parametrize(
    ("entry", "code", "months"),
    [
        ("CJ-007", "P01", (36, 36)),
        ("CJ-005", "P13", (60, 60)),
        ("CJ-010", "P02", (12, 24)),
        ("CJ-011", "P02", (12, 36)),
        ("CJ-012", "P02", (24, 60)),
        ("CJ-013", "P03", (12, 36)),
        ("CJ-025", "P11", (24, 24)),
    ],
)
def test_statutory_ranges_come_from_their_articles(entry: str, code: str, months: tuple[int, int]) -> None:
    row = RevisionMeasure.objects.get(revision__entry__code=entry, measure__code=code)
    assert (row.mode, row.statutory_min_months, row.statutory_max_months) == ("statutory", *months)
    assert not row.ends_on_repair
    assert not row.stops_on_pause


def test_lists_of_the_court_and_the_tax_office_are_governed_by_their_source() -> None:
    assert set(EntryRevision.objects.filter(governed_by="source").values_list("entry__code", flat=True)) == {
        "CJ-001",
        "CJ-002",
    }
