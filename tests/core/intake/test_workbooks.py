"""What officers get to fill in and to correct: sent back as it is, it is read as it was meant."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from core.intake.profiles import PROFILES
from core.intake.workbooks import WHY, template, wrong_rows
from core.problems import Problem
from publicity.profiles import PENALTIES
from tests.support.tables import COLUMNS, HEADERS, SETTINGS, csv_file, outcome, penalty


def test_every_template_is_recognised_and_holds_no_row(tmp_path: Path) -> None:
    for profile in PROFILES.values():
        path = template(profile, settings=SETTINGS, to=tmp_path / f"{profile.code}.xlsx")
        with pytest.raises(Problem) as refused:
            outcome(path, profile=profile)
        assert refused.value.code == "IN-02"


def test_a_filled_template_goes_in_and_offers_the_words_of_the_vocabularies(tmp_path: Path) -> None:
    path = template(PENALTIES, settings=SETTINGS, to=tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    paper = book.worksheets[0]
    assert paper.cell(2, 1).comment is not None
    assert len(paper.data_validations.dataValidation) == sum(1 for column in COLUMNS if column.vocabulary)
    for place, column in enumerate(COLUMNS, 1):
        paper.cell(3, place, penalty(1).get(column.field))
    book.save(path)
    assert outcome(path).accepted == [3]


def test_wrong_rows_are_only_those_marked_neutral_and_ready_to_send_back(tmp_path: Path) -> None:
    rows = [penalty(1), penalty(2, fine=""), penalty(3, remark="=1+1"), penalty(4)]
    path = csv_file(tmp_path / "a.csv", rows)
    errors = outcome(path).errors
    made = wrong_rows(path, profile=PENALTIES, settings=SETTINGS, errors=errors, to=tmp_path / "wrong.xlsx")
    book = openpyxl.load_workbook(made)
    paper = book.worksheets[0]
    assert [cell.value for cell in paper[1]] == [WHY, *HEADERS]
    assert paper.max_row == 3
    assert paper.cell(2, 1).value.startswith("原文件第 3 行\nV09 ")
    assert paper.freeze_panes == "B2"
    choices = {str(one.sqref) for one in paper.data_validations.dataValidation}
    assert len(choices) == sum(1 for column in COLUMNS if column.vocabulary)
    assert all(one.endswith("3") for one in choices)
    fine = paper.cell(2, HEADERS.index("罚款金额(万元)") + 2)
    assert "V09" in fine.comment.text
    risky = paper.cell(3, HEADERS.index("备注") + 2)
    assert (risky.value, risky.data_type, risky.quotePrefix) == ("=1+1", "s", True)
    fine.value, risky.value = "0.5", "无"
    book.save(made)
    found = outcome(made)
    assert found.accepted == [2, 3]
    assert found.about.ignored == (WHY,)
    assert found.errors.filter(pl.col("severity") == "error").height == 0
