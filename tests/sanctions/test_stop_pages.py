"""Stop notices, court documents and a switched regime by clicks; and which act the case page puts first."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actors import acting
from repair.models import RegimeChoice
from repair.terms import publicity_of
from sanctions.models import TaskStop
from sanctions.services.tasks import acknowledge_task, apply_task
from tests.factories import repair as repair_factory
from tests.factories import sanctions as make
from tests.sanctions.test_clocks import DAY, act, pause
from tests.support.workbench import act_of, do, page_of, signed_in, words

pytestmark = pytest.mark.django_db
LIST = "/admin/sanctions/taskstop/"


@pytest.fixture
def stop() -> Any:
    """A notice of a pause that the unit has to confirm."""
    listing = make.listing()
    task = listing.tasks.filter(duty="duty", stops_on_pause=True).select_related("unit").order_by("pk")[0]
    who = make.actor_of(task.unit.code, "handler")
    with clock.at(listing.starts_on):
        acknowledge_task(actor=who, task=task)
        apply_task(actor=who, task=task, done=make.done(who, listing.starts_on))
    pause(listing, listing.starts_on + DAY)
    return TaskStop.objects.get(task=task, kind="suspend")


def test_the_unit_finds_the_notice_on_its_list_and_confirms_it(stop: TaskStop) -> None:
    own, other = make.actor_of(stop.unit.code, "handler"), make.actor_of("ggzy", "handler")
    with clock.at(stop.sent_on + DAY):
        landing = words(signed_in(own).get("/admin/"))
        assert "停止执行通知待确认" in landing
        assert f'href="{LIST}"' in landing
        assert stop.public_id in words(signed_in(own).get(f"{LIST}?todo=confirm"))
        page = words(signed_in(own).get(page_of(stop)))
        assert "确认落实" in page
        assert "OBJ-T07" in page or "个工作日" in page
        assert page_of(stop) in words(signed_in(own).get(page_of(stop.task)))
        assert stop.public_id not in words(signed_in(other).get(LIST))
        assert signed_in(other).get(page_of(stop)).status_code == 404
        assert signed_in(other).post(act_of(stop, "confirm"), {"done": "已停用"}).status_code == 404
        assert do(own, stop, "confirm", done="业务系统已停用该限制").status_code == 302
        again = do(own, stop, "confirm", done="再次")
        assert again.status_code == 409 or "SAN-57" in words(again)
    stop.refresh_from_db()
    assert (stop.done, stop.confirmed_by_key) == ("业务系统已停用该限制", own.key)


def test_the_list_takes_no_query_per_row(stop: TaskStop) -> None:
    own = make.actor_of(stop.unit.code, "handler")
    client = signed_in(own)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    rows = [TaskStop(task=stop.task, unit=stop.unit, kind="release", sent_on=stop.sent_on) for _ in range(10)]
    with acting(own, "test.more"):
        TaskStop.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few)


def test_a_court_stays_lifts_and_revokes_by_clicks() -> None:
    listing = make.listing()
    lead, day = make.lead_of(listing.case_subject.case), listing.starts_on + 10 * DAY
    facts = {"court": "示例市中级人民法院", "made_on": day.isoformat()}
    with clock.at(day):
        assert "登记法院停止执行" in words(signed_in(lead).get(page_of(listing)))
        short = do(lead, listing, "court-stay", **(facts | {"document": ""}))
        assert short.status_code == 422
        assert "请按裁判文书填写文书号" in words(short)
        early = do(lead, listing, "court-stay", **(facts | {"document": "甲", "made_on": "2001-01-01"}))
        assert "OBJ-30" in words(early)
        assert do(lead, listing, "court-stay", document="甲", **facts).status_code == 302
        assert listing.pauses.get().cause == "court"
        assert "登记解除停止执行" in words(signed_in(lead).get(page_of(listing)))
        assert do(lead, listing, "court-lift", document="乙", **facts).status_code == 302
        handler = make.actor_of(listing.case_subject.case.unit.code, "handler")
        assert "登记法院停止执行" not in words(signed_in(handler).get(page_of(listing)))
        assert do(lead, listing, "court-revoke", document="丙", **facts).status_code == 302
    assert make.fresh(listing).state == "revoked"


def test_a_stay_of_what_is_over_holds_no_clock_and_is_still_lifted_by_clicks() -> None:
    listing = make.listing()
    lead, day = make.lead_of(listing.case_subject.case), listing.starts_on + 100 * DAY
    facts = {"court": "示例市中级人民法院", "made_on": day.isoformat()}
    act("repair", listing, day)
    with clock.at(day):
        assert do(lead, listing, "court-stay", document="甲", **facts).status_code == 302
        assert not listing.pauses.exists()
        page = words(signed_in(lead).get(page_of(listing)))
        assert "登记解除停止执行" in page
        assert "登记法院停止执行" not in page
        assert do(lead, listing, "court-lift", document="乙", **facts).status_code == 302
        assert "登记法院停止执行" in words(signed_in(lead).get(page_of(listing)))


def test_the_office_switches_the_regime_of_one_record_with_a_reason() -> None:
    listing = repair_factory.listing()
    office = make.actor_of("fgw", "office")
    with clock.at(repair_factory.APPLIED):
        page = words(signed_in(office).get(act_of(listing, "regime")))
        assert publicity_of(listing).regime.name in page
        assert do(office, listing, "regime", regime_code="order-36", reason="").status_code == 422
        assert do(office, listing, "regime", regime_code="order-36", reason="新规对当事人更有利").status_code == 302
    assert RegimeChoice.objects.get(listing=listing).regime_code == "order-36"
    assert publicity_of(listing).regime.code == "order-36"


def test_who_came_is_recorded_before_the_decision_and_the_buttons_say_so() -> None:
    case = make.case_in("convened")
    lead = make.lead_of(case)
    page = signed_in(lead).get(page_of(case))
    known = case.meetings.get().invitees.filter(attended=True).exists()
    first = {row.label for row in page.context["main_acts"]}
    assert ("登记到会" in first, "记录议决" in first) == (not known, known)
    came = case.meetings.get().invitees.order_by("pk")
    with acting(lead, "test.attendance"):
        came.update(attended=not known)
    page = signed_in(lead).get(page_of(case))
    first = {row.label for row in page.context["main_acts"]}
    assert ("登记到会" in first, "记录议决" in first) == (known, not known)
