"""Bad input, line by line of the issue: refused by the service with what is missing and who mends it, and by the
database where a constraint can say it, with nothing half-written."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from catalog.selectors import check_measure, executable_measures
from core import clock
from core.attachments import store
from core.identifiers import make_uscc
from core.problems import NotFound, Problem
from organizations.selectors import unit
from sanctions.services import cases, meetings
from sanctions.services.cases import ReportedSubject
from subjects import services as subjects
from tests.factories import sanctions as make
from tests.factories import subjects as subject_factory
from tests.support.refusals import copied, database_refuses, nothing_written, refused, sql

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.at(date(2026, 6, 1)):
        yield


def report(**changes: object) -> dict[str, object]:
    """What a correct report says, with some things changed."""
    facts: dict[str, object] = {
        "actor": make.actor_of("rsj", "handler"),
        "entry_code": make.WAGES,
        "unit": unit("rsj"),
        "recognized_on": date(2026, 5, 20),
        "act_on": date(2026, 4, 1),
        "document_number": "测试罚〔2026〕1号",
        "facts": "拖欠工资",
        "subjects": [ReportedSubject(make.legal_entity())],
    }
    return {**facts, **changes}


def refuse_report(code: str, **changes: object) -> None:
    facts = report(**changes)
    with nothing_written():
        refused(code, cases.open_case, **facts)


# --- who and what is reported ----------------------------------------------------------------------------------------


def test_wrong_check_digits() -> None:
    right = subject_factory.new_code()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    with nothing_written():
        refused(
            "ID-04",
            lambda: subjects.register_subject(subject_factory.keeper(), kind="enterprise", name="测试公司", code=wrong),
        )
    number = subject_factory.new_id_number()
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    with nothing_written():
        refused("ID-04", lambda: subject_factory.person(number=wrong))


def test_a_code_of_another_kind() -> None:
    code = make_uscc("51", "510802", "T9000901")
    with nothing_written():
        refused(
            "SUB-02",
            lambda: subjects.register_subject(subject_factory.keeper(), kind="enterprise", name="测试公司", code=code),
        )
    refuse_report("SAN-05", subjects=[ReportedSubject(make.social_org())])


def test_san_06_a_minor() -> None:
    with nothing_written():
        refused("SUB-05", lambda: make.person(birth_on=date(2008, 6, 2)))
    grown = make.person(birth_on=date(2008, 5, 1))
    refuse_report("SAN-06", act_on=date(2008, 5, 1).replace(year=2026) - DAY, subjects=[ReportedSubject(grown)])
    case = cases.open_case(**report(act_on=date(2026, 4, 30), recognized_on=date(2026, 5, 20)))
    with nothing_written(), database_refuses("CR210"):
        copied("sanctions_casesubject", case.subjects.get().pk, subject_id=grown.pk)


def test_an_unknown_unit() -> None:
    with pytest.raises(NotFound) as caught:
        unit("no-such-unit")
    assert caught.value.remedy
    case = make.draft()
    with nothing_written(), database_refuses("23503", "sanctions_initiator_named"):
        copied("sanctions_case", case.pk, named_unit_id=987654321)


@pytest.mark.parametrize("field", ["document_number", "facts"])
def test_san_11_an_empty_report(field: str) -> None:
    refuse_report("SAN-11", **{field: "  "})
    refuse_report("SAN-04", subjects=[])


def test_san_04_a_subject_reported_twice() -> None:
    company = make.legal_entity()
    refuse_report("SAN-04", subjects=[ReportedSubject(company), ReportedSubject(company)])
    case = make.draft(subjects=[company])
    with nothing_written(), database_refuses("sanctions_subject_once"):
        copied("sanctions_casesubject", case.subjects.get().pk)


def test_an_entry_not_in_force_on_that_day() -> None:
    refuse_report("CAT-20", entry_code="CJ-999")
    refuse_report("CAT-23", recognized_on=date(2020, 4, 30), act_on=date(2020, 4, 1))
    case = make.draft()
    with nothing_written(), database_refuses("CR201"):
        copied("sanctions_case", case.pk, recognized_on=date(2020, 4, 30), act_on=date(2020, 4, 1))


def test_san_01_a_dissolved_unit() -> None:
    gone = unit("gsj")
    ghost = replace(make.actor_of("scjgj", "handler"), unit_id=gone.pk)
    refuse_report("SAN-01", actor=ghost, unit=gone)
    case = make.case_in("heard", start=date(2026, 5, 11))
    with nothing_written(), clock.at(date(2026, 5, 20)):
        refused(
            "SAN-27",
            meetings.convene_meeting,
            actor=make.lead_of(case),
            case=case,
            held_on=date(2026, 5, 25),
            place="",
            units=[case.unit, gone],
        )
    with nothing_written(), database_refuses("23503"):
        copied("sanctions_case", case.pk, named_unit_id=gone.pk)


def test_san_02_a_unit_that_the_entry_does_not_name() -> None:
    refuse_report("SAN-02", actor=make.actor_of("zjj", "handler"), unit=unit("zjj"))
    refuse_report("SAN-09", actor=make.actor_of("zjj", "handler"))
    case = make.draft()
    with nothing_written(), database_refuses("sanctions_initiator_named"):
        copied("sanctions_case", case.pk, named_unit_id=unit("zjj").pk)


# --- measures --------------------------------------------------------------------------------------------------------


def test_a_measure_that_is_not_in_the_entry() -> None:
    task = make.task("P02", "zjj")
    assert [v.code for v in check_measure(task.revision, "P28", unit("zjj"), task.assigned_on)] == ["CAT-26"]
    measure = sql("SELECT id FROM catalog_measure WHERE code = 'P28'")[0][0]
    with nothing_written(), database_refuses("CR206", "sanctions_task_in_catalogue"):
        copied("sanctions_executiontask", task.pk, measure_id=measure)


def test_san_23_a_period_for_a_measure_without_one() -> None:
    case = make.case_in("voted")
    for code in ("P28", "P02"):
        with nothing_written():
            refused("SAN-23", make.decide, case=case, measure_months={code: 12})


def test_a_unit_that_the_measure_does_not_name() -> None:
    task = make.task("P02", "zjj")
    assert [v.code for v in check_measure(task.revision, "P02", unit("wjw"), task.assigned_on)] == ["CAT-27"]
    with nothing_written(), database_refuses("sanctions_task_in_catalogue"):
        copied("sanctions_executiontask", task.pk, named_unit_id=unit("wjw").pk)


def test_a_class_1_measure_that_only_a_normative_document_carries() -> None:
    """CJ-001 P02 rests on a judicial interpretation alone: shown in the catalogue, never tasked."""
    listing = make.listing(entry=make.COURT, initiator="zy", units=("fgw", "scjgj"))
    assert "P02" in set(listing.revision.measures.values_list("measure__code", flat=True))
    assert "P02" not in executable_measures(listing.revision, date(2026, 3, 1))
    assert "P02" not in set(listing.tasks.values_list("measure__code", flat=True))
    assert [v.code for v in check_measure(listing.revision, "P02", None, date(2026, 3, 1))] == ["CAT-03"]
    measure, named = sql(
        "SELECT measure_id, unit_id FROM catalog_revisionmeasureunit cell JOIN catalog_measure m ON m.id = measure_id"
        " WHERE revision_id = %s AND m.code = 'P02' LIMIT 1",
        [listing.revision_id],
    )[0]
    task = listing.tasks.first()
    with nothing_written(), database_refuses("CR206"):
        copied("sanctions_executiontask", task.pk, measure_id=measure, named_unit_id=named, unit_id=named)


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"x" * 1025, "big.txt", "ATT-01"),
        (b"MZ\x90\x00 this program cannot be run", "order.pdf", "ATT-02"),
        (b"%PDF-1.7\n", "order.docx", "ATT-02"),
        (b"", "empty.txt", "ATT-03"),
        (b"#!/bin/sh\n", "run.sh", "ATT-04"),
    ],
)
def test_files_too_large_or_disguised(content: bytes, name: str, code: str) -> None:
    with nothing_written(), pytest.raises(Problem) as caught:
        store(io.BytesIO(content), actor=make.actor_of("rsj", "handler"), name=name, limit=1024)
    assert caught.value.code == code
    assert caught.value.remedy
