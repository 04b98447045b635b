"""The workbook round-trips; what differs becomes a draft; every row is answered."""

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalog import selectors, services
from catalog.models import EntryRevision
from catalog.workbook import columns
from catalog.workbook.exporting import latest_revisions, write_workbook
from core.actors import Actor
from core.problems import NotPermitted, Problem
from tests.factories.catalog import FIRST, make_active, make_content, make_draft

pytestmark = pytest.mark.django_db


def edited(data: bytes, edit) -> bytes:
    book = load_workbook(BytesIO(data))
    edit(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def add_up(receipt: dict) -> bool:
    names = ("inserted", "updated", "unchanged", "duplicate", "questioned", "rejected")
    return sum(receipt[name] for name in names) == receipt["rows"]


def test_a_round_trip_leaves_everything_identical() -> None:
    make_active(title="有换行\n和“引号”=1+1的行为", governance_note="=HYPERLINK(1)")
    before = [content for _, content in selectors.contents_of(latest_revisions())]
    rows, history = EntryRevision.objects.count(), EntryRevision.history.count()
    receipt = services.import_workbook(actor=FIRST, data=services.export_workbook(actor=FIRST)).as_dict()
    assert receipt["errors"] == []
    assert receipt["unchanged"] == receipt["rows"] > 300
    assert (EntryRevision.objects.count(), EntryRevision.history.count()) == (rows, history)
    assert [content for _, content in selectors.contents_of(latest_revisions())] == before


def test_a_difference_becomes_a_draft_of_the_next_revision_and_nothing_published_changes() -> None:
    active = make_active()

    def edit(book) -> None:
        for row in book[columns.ENTRIES].iter_rows(min_row=2):
            if row[0].value == active.entry.code:
                row[3].value = "改写的行为"

    data = edited(services.export_workbook(actor=FIRST), edit)
    receipt = services.import_workbook(actor=FIRST, data=data)
    document = receipt.as_dict()
    assert [draft.state for draft in receipt.drafts] == ["drafted"]
    assert add_up(document)
    assert document["updated"] == 5
    active.refresh_from_db()
    assert active.title == "示例失信行为"
    assert services.import_workbook(actor=FIRST, data=data).as_dict()["updated"] == 0


def test_a_new_entry_is_inserted_as_a_draft() -> None:
    content = make_content()
    document = services.import_workbook(actor=FIRST, data=write_workbook([content])).as_dict()
    assert document["inserted"] == document["rows"] == 5
    revision = EntryRevision.objects.get(entry__code=content.entry_code)
    assert revision.state == "drafted"
    assert selectors.content_of(revision) == content


def test_bad_rows_are_answered_with_row_and_column_and_the_rest_goes_on() -> None:
    good, bad, banned = make_content(), make_content(), make_content(title="闯红灯")

    def edit(book) -> None:
        sheet = book[columns.ENTRIES]
        sheet.cell(3, 11).value = "十二"
        sheet.cell(3, 22).value = "2026-13-01"
        book[columns.MEASURES].append(
            ["CJ-777", "P02", "孤立措施", "fgw", "", "随名单期限", "", "", "否", "", "", "是", "是", "主体本身"]
        )
        book[columns.CITATIONS].append(["", "renshe-45"])

    data = edited(write_workbook([good, bad, banned]), edit)
    receipt = services.import_workbook(actor=FIRST, data=data)
    document = receipt.as_dict()
    assert add_up(document)
    assert document["inserted"] == 5
    assert document["rejected"] == 12
    found = {(e["sheet"], e["row"], e["column"], e["code"]) for e in document["errors"]}
    assert ("事项", 3, "最短（月）", "WB-04") in found
    assert ("事项", 4, "title", "CAT-09") in found
    assert any(e["code"] == "WB-07" and e["sheet"] == "措施" for e in document["errors"])
    assert any(e["code"] == "WB-03" for e in document["errors"])
    rejected = {(a.sheet, a.row) for a in receipt.answers if a.outcome == "rejected"}
    assert rejected == {(e.sheet, e.row) for e in receipt.errors}


def test_repeated_rows_are_duplicates() -> None:
    content = make_content()

    def edit(book) -> None:
        sheet = book[columns.MEASURES]
        sheet.append([cell.value for cell in sheet[2]])

    document = services.import_workbook(actor=FIRST, data=edited(write_workbook([content]), edit)).as_dict()
    assert (document["inserted"], document["duplicate"], document["errors"][0]["code"]) == (5, 1, "WB-05")


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_wb_01_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(Problem) as refused:
        services.import_workbook(actor=FIRST, data=data)
    assert refused.value.code == "WB-01"


def test_wb_02_missing_sheets_and_unknown_columns_are_named() -> None:
    data = write_workbook([make_content()])
    with pytest.raises(Problem) as refused:
        services.import_workbook(actor=FIRST, data=edited(data, lambda book: book.remove(book[columns.MEASURES])))
    assert refused.value.code == "WB-02"
    assert "措施" in refused.value.detail
    with pytest.raises(Problem) as refused:
        services.import_workbook(
            actor=FIRST, data=edited(data, lambda book: setattr(book[columns.ENTRIES].cell(1, 40), "value", "多余"))
        )
    assert "多余" in refused.value.detail


def test_import_and_export_need_permission_and_scope() -> None:
    stranger = Actor.job("stranger")
    with pytest.raises(NotPermitted):
        services.import_workbook(actor=stranger, data=b"")
    with pytest.raises(NotPermitted):
        services.export_workbook(actor=stranger)
    draft = make_draft()
    reader = Actor(kind="officer", key="r", label="读者", permissions=frozenset({"catalog.workbook.export"}))
    book = load_workbook(BytesIO(services.export_workbook(actor=reader)))
    assert draft.entry.code not in [row[0] for row in book[columns.ENTRIES].iter_rows(values_only=True)]


text = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u00a0"), min_size=1, max_size=40
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=text, note=text, months=st.integers(1, 1200))
def test_any_text_survives_the_round_trip(title: str, note: str, months: int) -> None:
    base = make_content()
    content = replace(
        base,
        title=f"例{title}例",
        governance_note=note,
        period_kind="fixed",
        period_min_months=None,
        period_max_months=None,
        period_default_months=months,
    )
    receipt = services.import_workbook(actor=FIRST, data=write_workbook([content]))
    if receipt.drafts:
        assert selectors.content_of(receipt.drafts[0]) == content
    else:
        assert {error.code for error in receipt.errors} <= {"CAT-09", "WB-06"}
