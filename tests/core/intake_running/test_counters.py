"""What becomes of each row, once and again: counters add up, a second run changes nothing."""

from __future__ import annotations

import pytest

from core.intake.receipts import receipt
from core.models import IntakeChunk, OutboxEvent, QuestionedRow
from organizations.models import Organization
from publicity.models import Penalty
from subjects.models import Subject
from tests.factories import intake as make
from tests.factories import subjects as people

pytestmark = pytest.mark.django_db


def codes(batch: object) -> list[tuple[int, str, str]]:
    """Return what was refused; that a row came late is told beside it."""
    found = receipt(batch)["errors"]  # type: ignore[arg-type]
    return [(row["row"], row["column"], row["code"]) for row in found if row["severity"] == "error"]


def test_right_rows_go_in_and_the_same_file_again_changes_nothing() -> None:
    rows = [make.penalty() for _ in range(5)]
    first = make.intake(rows)
    assert first.state == "done", first.problem
    assert make.counts(first) == {"rows": 5, "inserted": 5}
    assert Penalty.objects.count() == 5
    assert Subject.objects.filter(is_provisional=True).count() == 5
    told = OutboxEvent.objects.filter(event_type="disclosure.reported").count()
    history = Penalty.history.count()  # type: ignore[attr-defined]
    again = make.intake(rows)
    assert make.counts(again) == {"rows": 5, "unchanged": 5}
    assert Penalty.history.count() == history == 5  # type: ignore[attr-defined]
    assert OutboxEvent.objects.filter(event_type="disclosure.reported").count() == told == 5


def test_a_corrected_row_is_a_new_version_and_the_others_are_unchanged() -> None:
    rows = [make.penalty() for _ in range(3)]
    make.intake(rows)
    corrected = make.intake([rows[0], {**rows[1], "CF_NR_FK": "0.6"}, rows[2]])
    assert make.counts(corrected) == {"rows": 3, "updated": 1, "unchanged": 2}
    versions = list(Penalty.objects.filter(document_number=rows[1]["CF_WSH"]).order_by("version"))
    assert [(row.version, row.state, str(row.fine)) for row in versions] == [
        (1, "superseded", "0.500000"),
        (2, "reported", "0.600000"),
    ]
    assert versions[1].previous_id == versions[0].pk


def test_every_row_is_answered_once_whatever_is_wrong_with_it() -> None:
    good, other = make.penalty(), make.penalty()
    rows = [
        good,
        dict(good),
        {**good, "CF_NR_FK": "0.7"},
        make.penalty(CF_JDRQ="0202/03/02"),
        make.penalty(CF_NR_FK=""),
        other,
        make.penalty(CF_XDR_SHXYM="91510802MA6200001X"),
    ]
    batch = make.intake(rows, chunk_rows=2)
    assert make.counts(batch) == {"rows": 7, "inserted": 2, "duplicate": 1, "rejected": 4}
    assert {(row, code) for row, _, code in codes(batch)} >= {(4, "V11"), (5, "V06"), (6, "V09"), (8, "V03")}
    letters = "".join(IntakeChunk.objects.filter(batch=batch).order_by("number").values_list("outcomes", flat=True))
    assert letters.replace(".", "") == "idrrrir"


def test_v05_a_name_that_contradicts_its_code_is_held_and_never_merged() -> None:
    known = people.entity("广元测试已建档有限公司")
    code = known.identifiers.get().value
    former = people.entity("广元测试曾用名有限公司")
    rows = [
        make.penalty(CF_XDR_SHXYM=code, CF_XDR_MC="广元测试冒名有限公司"),
        make.penalty(CF_XDR_SHXYM=code, CF_XDR_MC="广元测试已建档 有限公司"),
        make.penalty(CF_XDR_SHXYM=former.identifiers.get().value, CF_XDR_MC="广元测试曾用名有限公司"),
    ]
    batch = make.intake(rows)
    assert make.counts(batch) == {"rows": 3, "inserted": 2, "questioned": 1}, codes(batch)
    held = QuestionedRow.objects.get()
    assert (held.row, held.code, held.facts["known_name"]) == (2, "V05", "广元测试已建档有限公司")
    assert ["行政处罚决定书文号", rows[0]["CF_WSH"]] in held.facts["shown"]  # what the officer decides about
    assert not {rows[0]["CF_XDR_MC"], rows[0]["CF_FRDB"], rows[0]["CF_SY"]} & {text for _, text in held.facts["shown"]}
    assert not Penalty.objects.filter(document_number=rows[0]["CF_WSH"]).exists()


def test_a_shop_without_a_code_is_found_by_its_registration_number() -> None:
    number = "510802600000019"
    rows = [
        make.penalty(
            CF_XDR_LB="个体工商户", CF_XDR_SHXYM="00000000000000000X", CF_XDR_GSZC=registration(number), CF_XDR_MC=name
        )
        for name in ("广元测试面馆", "广元测试面馆", "个体工商户")
    ]
    batch = make.intake(rows)
    assert make.counts(batch) == {"rows": 3, "inserted": 3}, codes(batch)
    assert Subject.objects.get().kind == "individual_business"


def registration(first: str) -> str:
    """Return a registration number with the right check digit."""
    part, digits = 10, first[:14]
    for digit in digits:
        part = (part + int(digit)) % 10 or 10
        part = part * 2 % 11
    return digits + str((11 - part) % 10)


def test_all_or_nothing_sends_the_whole_file_back_or_takes_it_in() -> None:
    rows = [make.penalty() for _ in range(4)]
    bad = make.intake([*rows, make.penalty(CF_NR_FK="")], mode="all_or_nothing", chunk_rows=2)
    assert bad.state == "failed"
    assert make.counts(bad) == {"rows": 5, "rejected": 5}
    assert bad.problem["code"] == "IN-55"
    assert not Penalty.objects.exists()
    assert not Subject.objects.exists()
    assert [row for row, _, _ in codes(bad)] == [6]
    good = make.intake(rows, mode="all_or_nothing", chunk_rows=2)
    assert (good.state, make.counts(good)) == ("done", {"rows": 4, "inserted": 4})


def test_a_file_that_cannot_be_read_is_one_clear_problem() -> None:
    batch = make.intake([{"甲": "1", "乙": "2"}])
    assert (batch.state, batch.rows) == ("failed", 0)
    assert batch.problem["code"].startswith("IN-")


def test_v07_whoever_follows_the_rule_of_his_own_authority_is_not_late_by_ours() -> None:
    own = Organization.objects.filter(vertical=True, uscc__isnull=False).first()
    assert own is not None
    batch = make.intake([make.penalty(), make.penalty(CF_CFJG=own.name, CF_CFJGDM=own.uscc)])
    assert make.counts(batch) == {"rows": 2, "inserted": 2}, codes(batch)
    assert [(row["row"], row["code"]) for row in receipt(batch)["errors"]] == [(2, "V07")]
