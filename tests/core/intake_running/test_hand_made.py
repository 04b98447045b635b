"""The first Shows line of double publicity: a file made by hand after real exports, through the command as it is run."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command

from core import clock
from core.intake.preferences import settings_for
from core.intake.receipts import errors_of
from core.intake.workbooks import WHY, wrong_rows
from core.models import IntakeBatch, IntakeChunk, OutboxEvent
from core.models.intake import COUNTERS, Outcome
from organizations import selectors
from publicity.models import Penalty
from publicity.profiles import PENALTIES
from subjects.models import Subject
from tests.factories import intake as make
from tests.factories import subjects as people
from tests.support import hand_made

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
LETTERS = "".join(line.outcome for line in hand_made.LINES)


def command(path: Path) -> dict[str, Any]:
    out = io.StringIO()
    with clock.at(TODAY):
        call_command("intake", "penalties", str(path), "--as", make.UNIT, "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


def counted(receipt: dict[str, Any]) -> dict[str, int]:
    assert sum(receipt[name] for name in COUNTERS) == receipt["rows"]
    return {name: receipt[name] for name in COUNTERS if receipt[name]}


def written() -> tuple[int, ...]:
    """Return how much there is of everything that a change would add to."""
    return (
        Penalty.objects.count(),
        Penalty.history.count(),  # type: ignore[attr-defined]
        Subject.objects.count(),
        Subject.history.count(),  # type: ignore[attr-defined]
        OutboxEvent.objects.exclude(event_type__startswith="intake.").count(),
    )


def test_a_file_made_by_hand_its_correction_and_both_again(tmp_path: Path) -> None:
    unit = selectors.unit(make.UNIT)
    known = people.demo_entity("广元示例在册食品有限公司")
    names = {"body": (unit.name, str(unit.uscc)), "known": (known.name, known.identifiers.get().value)}
    first = hand_made.write(tmp_path / "11月处罚.xlsx", **names)
    corrected = hand_made.write(tmp_path / "11月处罚（更正）.xlsx", corrected=True, **names)
    assert len(hand_made.LINES) == 20

    receipt = command(first)
    assert counted(receipt) == {Outcome(letter).name.lower(): number for letter, number in Counter(LETTERS).items()}
    told = [(row["row"], row["column"], row["code"], row["severity"]) for row in receipt["errors"]]
    assert sorted(told) == hand_made.expected()
    assert receipt["errors_total"] == len(told)
    batch = IntakeBatch.objects.get(public_id=receipt["receipt"])
    answers = "".join(IntakeChunk.objects.filter(batch=batch).values_list("outcomes", flat=True))
    assert answers.replace(".", "") == LETTERS  # each row by itself, in the order of the file
    _check_wrong_rows(batch, first, tmp_path / "错误行.xlsx")

    went_in = LETTERS.count("i")
    accepted = command(corrected)
    assert counted(accepted) == {"inserted": 20 - went_in, "unchanged": went_in}
    assert {row["severity"] for row in accepted["errors"]} <= {"warning"}
    assert Penalty.objects.filter(version=1, state="reported").count() == 20

    before = written()
    assert counted(command(corrected)) == {"unchanged": 20}
    again = command(first)
    assert (again["inserted"], again["updated"], again["unchanged"]) == (0, 0, went_in)
    assert sorted((row["row"], row["column"], row["code"], row["severity"]) for row in again["errors"]) == sorted(told)
    assert written() == before


def _check_wrong_rows(batch: IntakeBatch, path: Path, to: Path) -> None:
    """The workbook sent back holds every row with a finding, marked in its cells, and nothing that a sheet computes."""
    errors, left = errors_of(batch)
    made = wrong_rows(path, profile=PENALTIES, settings=settings_for(PENALTIES, TODAY), errors=errors, to=to)
    paper = openpyxl.load_workbook(made).worksheets[0]
    findings = [told for told in hand_made.expected() if told[3] == "error"]
    assert left == 0
    assert paper.max_row == 1 + len({row for row, *_ in findings})
    why = [cell.value for cell in paper[1]].index(WHY)
    for row in paper.iter_rows(min_row=2):
        assert row[why].value
        assert all(cell.data_type in {"s", "n", "inlineStr"} for cell in row)
    marked = sum(cell.comment is not None for row in paper.iter_rows(min_row=2) for cell in row)
    assert marked == len({(row, column) for row, column, *_ in findings})
