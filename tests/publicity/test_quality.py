"""Timeliness and quality: what is counted, on which day, for whom, and who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from core import clock
from core.actors import Actor, acting
from core.attachments import store
from core.models.intake import IntakeBatch, QuestionedRow
from core.problems import NotFound, NotPermitted, Refused
from organizations.models import District, Organization
from publicity import loading
from publicity.models import LedgerCount, Licence, Penalty, QualitySample
from publicity.quality.board import Asked, board
from publicity.quality.timeliness import times
from publicity.services import quality as services
from tests.factories import organizations, subjects
from tests.factories import publicity as make
from tests.support.workbench import signed_in

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 1)
DAY = date(2026, 5, 11)  # a Monday; the seventh working day after it is Wednesday 20 May
TODAY = date(2026, 6, 15)
ONE_MONTH = Asked(MAY, MAY)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(TODAY):
        loading.load_reference(Actor.job("test"))
        yield


def decided(unit: Organization, received: date, visible: date | None, day: date = DAY, **changes: Any) -> Penalty:
    record = make.reported_penalty(
        subjects.entity(), unit, day, reported_on=received, first_reported_on=received, **changes
    )
    if visible is not None:
        make.shown([record], visible)
    return record


@contextmanager
def refuses(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert code in [row.code for row in caught.value.errors]


def only(unit: Organization) -> Any:
    return times(MAY, date(2026, 5, 31), today=TODAY)[unit.pk, MAY]


# Counted by hand on the State Council's calendar: off 15 to 23 February 2026, worked on Saturdays 14 and 28 February.
SPRING = {
    "2026-02-12": 0, "2026-02-13": 1, "2026-02-14": 2, "2026-02-15": 3, "2026-02-23": 3, "2026-02-24": 3,
    "2026-02-25": 4, "2026-02-26": 5, "2026-02-27": 6, "2026-02-28": 7, "2026-03-01": 8, "2026-03-02": 8,
    "2026-04-30": 8,
}  # fmt: skip
# A plain fortnight in May: 16 and 17 are a weekend; the 7th working day after Monday 11 May is Wednesday 20 May.
PLAIN = {
    "2026-05-11": 0, "2026-05-12": 1, "2026-05-13": 2, "2026-05-14": 3, "2026-05-15": 4, "2026-05-16": 5, "2026-05-17": 5,
    "2026-05-18": 5, "2026-05-19": 6, "2026-05-20": 7, "2026-05-21": 8, "2026-05-22": 8,
}  # fmt: skip
# Decided on a day off (Saturday 2 May, in the holiday of 1 to 5 May; Saturday 9 May is worked).
OFF = {
    "2026-05-02": 0,
    "2026-05-03": 1,
    "2026-05-05": 1,
    "2026-05-06": 1,
    "2026-05-09": 4,
    "2026-05-13": 7,
    "2026-05-14": 8,
}


@pytest.mark.parametrize("days", [SPRING, PLAIN, OFF], ids=["spring festival", "plain", "decided on a day off"])
def test_qlt02_qlt03_each_working_day_counted_by_hand(days: dict[str, int]) -> None:
    unit = organizations.make_unit()
    first = date.fromisoformat(next(iter(days)))
    expected = [0] * 9
    for text, number in days.items():
        day = date.fromisoformat(text)
        decided(unit, day, day, day=first)
        expected[number] += 1
    month = first.replace(day=1)
    counted = times(month, date(month.year, month.month, 28), today=TODAY)[unit.pk, month]
    assert counted.received == counted.visible == expected
    assert counted.received_in_time == counted.shown_in_time == sum(expected[:8])
    assert (counted.shown_late, counted.decisions, counted.shown_due) == (expected[8], len(days), len(days))
    figures = board(organizations.make_actor("office", "fgw"), Asked(month, month)).total
    in_time = sum(number <= 7 for number in days.values())
    assert (
        (figures.received.part, figures.received.whole)
        == (figures.shown.part, figures.shown.whole)
        == (in_time, len(days))
    )


def test_qlt01_a_decision_counts_once_for_its_first_report() -> None:
    unit = organizations.make_unit()
    first = decided(unit, DAY + timedelta(days=1), None)
    with acting(Actor.job("test"), "test.return"):
        Penalty.objects.filter(pk=first.pk).update(state="returned")
    kept = ("subject", "document_number", "authority_code")
    again = make.reported_penalty(
        first.subject, unit, DAY, reported_on=DAY + timedelta(days=20), first_reported_on=first.first_reported_on,
        version=2, previous=first, **{name: getattr(first, name) for name in kept[1:]},
    )  # fmt: skip
    make.shown([again], DAY + timedelta(days=21))
    gone = decided(unit, DAY, None)
    with acting(Actor.job("test"), "test.recall"):
        Penalty.objects.filter(pk=gone.pk).update(state="recalled")
    counted = only(unit)
    assert counted.decisions == 1
    assert counted.received[1] == counted.received_in_time == 1
    assert (counted.shown_late, counted.visible[8]) == (1, 1)


def test_qlt04_closed_waiting_and_overdue() -> None:
    unit = organizations.make_unit()
    decided(unit, DAY, None, scope="not_open", scope_reason="涉及国家秘密")
    decided(unit, DAY, None)
    with clock.at(DAY + timedelta(days=3)):
        early = times(MAY, date(2026, 5, 31), today=clock.today())[unit.pk, MAY]
    assert (early.closed, early.waiting, early.overdue, early.shown_due) == (1, 1, 0, 0)
    late = only(unit)
    assert (late.closed, late.waiting, late.overdue, late.shown_due) == (1, 0, 1, 1)


def test_both_kinds_are_one_sum_and_can_be_asked_alone() -> None:
    unit = organizations.make_unit()
    decided(unit, DAY, DAY)
    make.reported_licence(subjects.entity(), unit, DAY)
    assert only(unit).decisions == 2
    alone = times(MAY, date(2026, 5, 31), today=TODAY, kinds=["licence"])
    assert alone[unit.pk, MAY].decisions == 1


def test_qlt09_vertical_units_are_apart_and_ranks_are_of_all() -> None:
    office = organizations.make_actor("office", "fgw")
    good, bad = organizations.make_unit(), organizations.make_unit()
    tied, vertical = organizations.make_unit(), organizations.make_unit(vertical=True)
    for unit, day in ((good, DAY), (tied, DAY), (bad, DAY + timedelta(days=20)), (vertical, DAY + timedelta(days=20))):
        decided(unit, day, day)
    found = board(office, ONE_MONTH)
    assert {line.unit: line.rank for line in found.lines} == {good: 1, tied: 1, bad: 3}
    assert [line.unit for line in found.vertical] == [vertical]
    assert found.vertical[0].rank is None
    assert found.total.times.decisions == 3
    own = board(organizations.make_actor("handler", bad), ONE_MONTH)
    assert [(line.unit, line.rank) for line in own.lines] == [(bad, 3)]
    assert own.ranked == 3


def test_a_district_office_sees_its_districts_units_and_a_stranger_nothing() -> None:
    places = list(District.objects.filter(credit_office__isnull=False).order_by("code")[:2])
    here = organizations.make_unit(district=places[0], level="county")
    there = organizations.make_unit(district=places[1], level="county")
    for unit in (here, there):
        decided(unit, DAY, DAY)
    officer = organizations.make_actor("district_credit", places[0].credit_office, district=places[0])
    found = board(officer, ONE_MONTH)
    assert [line.unit for line in found.lines] == [here]
    assert [name for name, _ in found.districts] == [places[0].name]
    office = board(organizations.make_actor("office", "fgw"), Asked(MAY, MAY, district=places[1].code))
    assert [line.unit for line in office.lines] == [there]
    with pytest.raises(NotPermitted):
        board(organizations.make_actor("system_admin", "fgw"), ONE_MONTH)


def test_qlt05_the_larger_ledger_counts_and_nothing_is_above_all() -> None:
    unit = organizations.make_unit()
    reviewer = organizations.make_actor("reviewer", unit)
    decided(unit, DAY, DAY)
    services.fill_ledger(actor=reviewer, unit=unit, kind="penalty", month=DAY, decisions=2)
    line = board(reviewer, ONE_MONTH).lines[0].figures
    assert (line.reporting.part, line.reporting.whole) == (1, 2)
    job = Actor.job("platform", [services.FILL])
    counts = [(unit, DAY, 3), (unit, DAY + timedelta(days=1), 1)]
    assert services.take_platform_counts(actor=job, kind="penalty", counts=counts) == 2
    assert services.take_platform_counts(actor=job, kind="penalty", counts=counts) == 0
    line = board(reviewer, ONE_MONTH).lines[0].figures
    assert (line.reporting.part, line.reporting.whole) == (1, 4)


def test_qlt10_to_qlt12_the_ledger_is_the_units_own_and_corrected_with_a_reason() -> None:
    unit = organizations.make_unit()
    reviewer = organizations.make_actor("reviewer", unit)
    services.fill_ledger(actor=reviewer, unit=unit, kind="penalty", month=DAY, decisions=2)
    services.fill_ledger(actor=reviewer, unit=unit, kind="penalty", month=DAY, decisions=2)
    with refuses("QLT-12"):
        services.fill_ledger(actor=reviewer, unit=unit, kind="penalty", month=DAY, decisions=3)
    row = services.fill_ledger(actor=reviewer, unit=unit, kind="penalty", month=DAY, decisions=3, reason="漏记一件")
    assert LedgerCount.objects.get() == row
    assert list(LedgerCount.history.order_by("history_id").values_list("decisions", flat=True)) == [2, 3]
    with refuses("QLT-10"):
        services.fill_ledger(actor=reviewer, unit=organizations.make_unit(), kind="penalty", month=DAY, decisions=3)
    with refuses("QLT-11"):
        services.fill_ledger(actor=reviewer, unit=unit, kind="penalty", month=date(2026, 7, 1), decisions=3)


def batch(unit: Organization, **counters: Any) -> IntakeBatch:
    return IntakeBatch.objects.create(
        attachment=store(BytesIO(b"a,b\n1,2\n"), actor=Actor.job("t"), name="示例.csv"),
        profile="penalties", unit_id=unit.pk, actor_kind="job", actor_key="t",
        actor_label="t", received_on=DAY, rows=sum(counters.values()), state="done", **counters,
    )  # fmt: skip


def test_qlt06_qlt07_rows_that_pass_and_rows_that_enter(as_job: Actor) -> None:
    unit = organizations.make_unit()
    held = batch(unit, inserted=5, updated=1, unchanged=4, duplicate=1, questioned=2, rejected=2)
    taken_back = batch(unit, inserted=7)
    IntakeBatch.objects.filter(pk=taken_back.pk).update(state="withdrawn")
    QuestionedRow.objects.create(batch=held, row=3, code="V05", detail="名称不符", state="accepted", decided_on=DAY)
    line = board(organizations.make_actor("handler", unit), ONE_MONTH).lines[0].figures
    assert (line.passing.part, line.passing.whole) == (8, 10)
    assert (line.stored.part, line.stored.whole) == (7, 10)


def test_qlt08_qlt16_qlt17_a_draw_is_compared_by_somebody_else_once() -> None:
    unit = organizations.make_unit()
    for _ in range(5):
        decided(unit, DAY, DAY)
    office, reviewer = organizations.make_actor("office", "fgw"), organizations.make_actor("reviewer", unit)
    sample = services.draw_sample(actor=office, kind="penalty", month=DAY, size=3, unit=unit)
    assert (sample.population, sample.size, sample.records.count()) == (5, 3, 3)
    again = list(
        Penalty.objects.annotate(
            order=services.DrawOrder(services.Value(sample.seed), services.F("public_id"))
        ).order_by("order")[:3]
    )
    rows = list(sample.records.order_by("rank"))
    assert [row.penalty for row in rows] == again
    services.record_comparison(actor=reviewer, sampled=rows[0], columns=[])
    services.record_comparison(actor=reviewer, sampled=rows[1], columns=["fine", "fine"], note="文书为三万元")
    with refuses("QLT-16"):
        services.record_comparison(actor=office, sampled=rows[0], columns=["fine"])
    with acting(Actor.job("test"), "test.pass"):
        Penalty.objects.filter(pk=rows[2].penalty_id).update(passed_by_key=reviewer.key)
    with refuses("QLT-17"):
        services.record_comparison(actor=reviewer, sampled=rows[2], columns=[])
    with refuses("CORE-11"):
        services.record_comparison(actor=office, sampled=rows[2], columns=[], note="联系13800138000")
    with pytest.raises(NotFound):
        services.record_comparison(actor=organizations.make_actor("reviewer"), sampled=rows[2], columns=[])
    figures = board(office, ONE_MONTH).lines[0].figures
    assert (figures.accuracy.part, figures.accuracy.whole) == (1, 2)


def test_qlt13_to_qlt15_what_cannot_be_drawn() -> None:
    district = District.objects.filter(credit_office__isnull=False).order_by("code")[0]
    credit = organizations.make_actor("district_credit", district.credit_office, district=district)
    office = organizations.make_actor("office", "fgw")
    with refuses("QLT-13"):
        services.draw_sample(actor=credit, kind="penalty", month=DAY, size=3)
    with refuses("QLT-14"):
        services.draw_sample(actor=office, kind="licence", month=DAY, size=3)
    with refuses("QLT-15"):
        services.draw_sample(actor=office, kind="licence", month=DAY, size=501)
    assert not QualitySample.objects.exists()


def test_the_page_the_workbook_and_the_acts_in_the_workbench() -> None:
    unit = organizations.make_unit(name="=HYPERLINK(1)示例局")
    decided(unit, DAY, DAY)
    decided(unit, DAY, DAY + timedelta(days=20))
    reviewer = organizations.make_actor("reviewer", unit)
    client, address = signed_in(reviewer), reverse("admin:publicity_qualityboard_changelist")
    page = client.get(address).content.decode()
    assert "公示及时率" in page
    assert "50.0%" in page
    empty = client.get(address, {"first": "2020-01", "last": "2020-02"}).content.decode()
    assert "还没有可以统计的决定" in empty
    assert "截止月份早于起始月份" in client.get(address, {"first": "2026-03", "last": "2026-02"}).content.decode()
    assert "不是有效的月份" in client.get(address, {"first": "2026-99"}).content.decode()
    answer = client.get(reverse("admin:publicity_qualityboard_excel"))
    book = openpyxl.load_workbook(BytesIO(answer.content))
    row = [cell.value for cell in book["单位"][2]]
    assert row[1] == "=HYPERLINK(1)示例局"
    assert book["单位"]["B2"].data_type == "s"
    assert row[3:5] == [1, 0.5]
    posted = client.post(
        reverse("admin:publicity_ledgercount_add"),
        {"unit": unit.public_id, "month": "2026-05", "kind": "penalty", "decisions": "4"},
    )
    assert posted.status_code == 302, posted.content.decode()
    assert "50.0%" in client.get(address).content.decode()
    office = signed_in(organizations.make_actor("office", "fgw"))
    drawn = office.post(
        reverse("admin:publicity_qualitysample_add"),
        {"unit": unit.public_id, "month": "2026-05", "kind": "penalty", "size": "2"},
    )
    assert drawn.status_code == 302, drawn.content.decode()
    sample = QualitySample.objects.get()
    record = sample.records.order_by("rank")[0]
    act = reverse("admin:publicity_qualitysample_act_on", args=[sample.public_id, "compare", record.public_id])
    assert "违法事实" in office.get(act).content.decode()
    assert office.post(act, {"columns": ["facts"], "note": "日期不同"}).status_code == 302
    shown_page = office.get(reverse("admin:publicity_qualitysample_change", args=[sample.public_id])).content.decode()
    assert "与文书不一致" in shown_page
    assert "违法事实；日期不同" in shown_page
    stranger = signed_in(organizations.make_actor("reviewer"))
    assert stranger.get(act).status_code == 404
    assert signed_in(organizations.make_actor("window")).get(address).status_code == 403


def test_a_year_of_both_tables_is_counted_in_a_fixed_number_of_queries(django_assert_max_num_queries: Any) -> None:
    office = organizations.make_actor("office", "fgw")
    for month in range(1, 6):
        decided(organizations.make_unit(), date(2026, month, 12), date(2026, month, 12), day=date(2026, month, 12))
    with django_assert_max_num_queries(20):
        found = board(office, Asked(date(2026, 1, 1), date(2026, 5, 1)))
    assert [figures.times.decisions for _, figures in found.months] == [1, 1, 1, 1, 1]
    assert Licence.objects.count() == 0
