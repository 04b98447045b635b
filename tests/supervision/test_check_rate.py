"""逢报必查率: which receipt belongs to which decision, what counts against a unit, and who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actors import Actor, acting
from core.models import Deadline, Reminder
from core.problems import NotPermitted
from core.reminders import remind
from organizations import selectors
from organizations.models import District
from sanctions.services.clocks import pause_listing
from subjects.models import CreditRecord
from supervision.checking.board import board
from supervision.checking.decisions import Asked, Fate, Source
from supervision.checking.feedback import keep_due_days
from tests.factories import checks as make
from tests.factories import publicity, subjects
from tests.factories import sanctions as chain
from tests.factories.organizations import make_actor
from tests.support.workbench import signed_in, words

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 11)
DECIDED = date(2026, 4, 10)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
WHEN = Asked(APRIL, APRIL)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(TODAY):
        yield


def licence(subject: Any, number: str, unit: str = "zjj", day: date = DECIDED, **more: Any) -> Any:
    return publicity.reported_licence(subject, selectors.unit(unit), day, document_number=number, **more)


def honour(subject: Any, title: str, unit: str = "zjj") -> CreditRecord:
    with acting(Actor.job("test"), "test.setup"):
        return CreditRecord.objects.create(
            kind="honours", subject=subject, party_name=subject.name, document_number=title, title=title,
            decided_on=DECIDED, authority_name="测试", unit=selectors.unit(unit), batch_no="t", batch_row=1,
            reported_on=DECIDED, content_digest=title.encode()[:32],
        )  # fmt: skip


def found(actor: Actor, fate: str = "", **narrowed: Any) -> set[str]:
    return {row.number for row in Source(actor, Asked(APRIL, APRIL, fate=fate, **narrowed)).rows(None, 100)}


def test_chr02_which_receipt_belongs_to_which_decision() -> None:
    office = make_actor("office", "fgw")
    plain, old, numbered, other, after, praised, mixed = (subjects.entity() for _ in range(7))
    make.asked("zjj", DECIDED - timedelta(days=30), plain)
    licence(plain, "在期内")
    make.asked("zjj", DECIDED - timedelta(days=31), old)
    licence(old, "已过期")
    make.asked("zjj", DECIDED - timedelta(days=200), numbered, number="同一编号")
    licence(numbered, "同一编号")
    make.asked("scjgj", DECIDED, other)
    licence(other, "别的单位查的")
    make.asked("zjj", DECIDED + timedelta(days=1), after)
    licence(after, "办后才查")
    make.asked("zjj", DECIDED, praised, kind="honour")
    honour(praised, "先进单位")
    make.asked("zjj", DECIDED, mixed, kind="honour")
    licence(mixed, "查的是荣誉")
    licence(mixed, "资质", licence_kind="认可", certificate_name="建筑业企业资质证书")
    recalled = licence(plain, "已撤回")
    with acting(Actor.job("test"), "test.setup"):
        type(recalled).objects.filter(pk=recalled.pk).update(state="recalled")

    assert found(office, Fate.CHECKED) == {"在期内", "同一编号", "先进单位"}
    assert found(office, Fate.UNCHECKED) == {"已过期", "别的单位查的", "办后才查", "查的是荣誉", "资质"}
    assert found(office, kind="qualification") == {"资质"}
    figures = board(office, WHEN)
    assert (figures.total.checked, figures.total.decisions) == (3, 8)
    assert [(line.key, line.figures.decisions) for line in figures.units] == [("zjj", 8)]
    assert {line.name for line in figures.matters} >= {"先进单位", "建筑业企业资质证书"}


def test_chr03_chr04_despite_and_silent_and_their_due_days() -> None:
    office = make_actor("office", "fgw")
    task = chain.task("P02", at="zjj")
    make.rule(task, "licence", "forbid")
    listed = task.listing.subject
    check = make.asked("zjj", date(2026, 4, 2), listed)
    assert check.lines.get().action == "forbid"
    licence(listed, "仍准予")
    held = chain.task("P02", at="zjj", start=date(2026, 2, 2))
    make.asked("zjj", date(2026, 4, 2), held.listing.subject)
    with clock.at(date(2026, 4, 7)):
        lead, reason = chain.lead_of(held.listing.case_subject.case), "异议已受理"
        with acting(lead, "test.pause"):
            pause_listing(
                actor=lead, listing=held.listing, ref="T1", cause="objection", on=date(2026, 4, 7), reason=reason
            )
    licence(held.listing.subject, "暂停期间准予")

    assert found(office, Fate.DESPITE) == {"仍准予"}  # a paused measure is no ground: nobody is blamed for granting
    assert found(office, Fate.SILENT) == {"仍准予", "暂停期间准予"}
    job = Actor.job("test")
    assert keep_due_days(actor=job)["opened"] == 2
    assert keep_due_days(actor=job) == {"opened": 0, "closed": 0}
    due = Deadline.objects.get(aggregate_type="sanctions.check", object_id=check.pk)
    assert (due.rule.code, due.due_on) == ("SUP-T02", date(2026, 4, 17))
    remind(actor=job)
    assert Reminder.objects.filter(deadline=due).count() == 4
    with acting(job, "test.setup"):
        assert chain.fresh(task).state == "assigned"
    make.told(check, task, "granted_despite", TODAY, "联席会议同意（示例）")
    assert found(office, Fate.SILENT) == {"暂停期间准予"}
    assert keep_due_days(actor=job)["closed"] == 1
    due.refresh_from_db()
    assert (due.closed_on, due.closed_by) == (TODAY, "已反馈")


def test_a_unit_sees_its_own_a_district_its_own_the_office_all_in_constant_queries() -> None:
    district = District.objects.get(code="510802")
    county = selectors.units_in_force(TODAY).filter(district=district).first()
    assert county is not None
    licence(subjects.entity(), "市级")
    licence(subjects.entity(), "县级", unit=county.code)
    person = subjects.person("测试乙丙")
    licence(person, "自然人")
    office, own = make_actor("office", "fgw"), chain.actor_of("zjj", "handler")
    place = chain.actor_of("lzq_fgj", "district_credit")
    assert found(office) == {"市级", "县级", "自然人"}
    assert found(own) == {"市级", "自然人"}
    assert found(place) == {"县级"}
    assert found(own, unit=county.code) == set()
    with pytest.raises(NotPermitted):
        board(make_actor("window", "ggzy"), WHEN)

    with CaptureQueriesContext(
        connection,
    ) as few:
        board(office, WHEN)
    for number in range(12):
        licence(subjects.entity(), f"再{number}", unit=("zjj", "scjgj", county.code)[number % 3])
    with CaptureQueriesContext(connection) as many:
        board(office, WHEN)
    assert len(many) == len(few)

    page = signed_in(own).get(
        reverse("admin:supervision_checkrate_changelist"), {"first": "2026-04", "last": "2026-05"}
    )
    assert page.status_code == 200
    assert "未查即办" in words(page)
    assert county.name not in words(page)
    listed = signed_in(own).get(
        reverse("admin:supervision_checkrate_decisions"), {"first": "2026-04", "last": "2026-04", "fate": "unchecked"}
    )
    assert "市级" in words(listed)
    assert "县级" not in words(listed)
    assert "测试乙丙" not in words(listed)
    refused = signed_in(own).get(reverse("admin:supervision_checkrate_decisions"), {"unit": county.code})
    assert refused.status_code == 200
    assert "县级" not in words(refused)
    excel = signed_in(own).get(reverse("admin:supervision_checkrate_excel"), {"first": "2026-04", "last": "2026-04"})
    book = openpyxl.load_workbook(BytesIO(excel.content))
    assert book.sheetnames == ["单位", "事项", "县区", "月份", "需核对的决定", "口径"]
    assert {row[2].value for row in book["需核对的决定"].iter_rows(min_row=2)} >= {"市级", "自然人"}
    assert signed_in(make_actor("window", "ggzy")).get(
        reverse("admin:supervision_checkrate_changelist")
    ).status_code in {302, 403}
