"""Who follows a notice, since when and who is late, on the listing's page; confirming from the task's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import clock
from core.models import Attachment
from sanctions import propagation
from sanctions.models import TaskStop
from sanctions.services.tasks import acknowledge_task, apply_task
from tests.factories import sanctions as make
from tests.sanctions.test_clocks import DAY, pause, resume
from tests.support.workbench import act_of, do, page_of, signed_in, words

pytestmark = pytest.mark.django_db
LIST = "/admin/sanctions/taskstop/"


@pytest.fixture
def listing() -> Any:
    """A listing with two measures being applied, paused on its second day."""
    made = make.listing()
    tasks = made.tasks.filter(duty="duty", stops_on_pause=True).select_related("unit").order_by("pk")[:2]
    with clock.at(made.starts_on):
        for task in tasks:
            who = make.actor_of(task.unit.code, "handler")
            acknowledge_task(actor=who, task=task)
            apply_task(actor=who, task=task, done=make.done(who, made.starts_on))
    pause(made, made.starts_on + DAY)
    return made


def shown(listing: Any, actor: Any, day: Any) -> propagation.Propagation:
    section = propagation.of_listing(actor, listing, day)
    assert section is not None
    found: propagation.Propagation = section.shown
    return found


def test_the_listing_shows_who_follows_and_who_is_late(listing: Any) -> None:
    first, second = TaskStop.objects.waiting().select_related("unit").order_by("pk")
    lead, late = make.lead_of(listing.case_subject.case), listing.starts_on + 30 * DAY
    with clock.at(first.sent_on):
        own = make.actor_of(first.unit.code, "handler")
        task_page = words(signed_in(own).get(page_of(first.task)))
        assert act_of(first, "confirm") in task_page
        assert do(own, first, "confirm", done="审批系统已停用该限制").status_code == 302
        assert act_of(first, "confirm") not in words(signed_in(own).get(page_of(first.task)))
    found = shown(listing, lead, late)
    assert (found.confirmed, found.waiting, found.late) == (1, 1, 1)
    assert [told.stop.pk for told in found.latest if told.late] == [second.pk]
    with clock.at(late):
        page = words(signed_in(lead).get(page_of(listing)))
        assert "停止、恢复通知的落实" in page
        assert "逾期 1" in page
        assert "审批系统已停用该限制" in page
        waiting = words(signed_in(lead).get(LIST, {"progress": "waiting", "due": "late", "kind__exact": "suspend"}))
        assert second.public_id in waiting
        assert first.public_id not in waiting
        assert first.public_id in words(signed_in(lead).get(LIST, {"progress": "confirmed"}))
        assert second.public_id not in words(signed_in(lead).get(LIST, {"due": "later"}))


def test_only_the_latest_notice_counts_and_each_unit_sees_its_own(listing: Any) -> None:
    resume(listing, listing.starts_on + 9 * DAY)
    found = shown(listing, make.lead_of(listing.case_subject.case), listing.starts_on + 9 * DAY)
    assert {told.stop.kind for told in (*found.latest, *found.only_told)} == {"resume"}
    assert all(told.stop.must_confirm for told in found.latest)
    assert not any(told.stop.must_confirm for told in found.only_told)
    assert {told.stop.kind for told in found.earlier} == {"suspend"}
    unit = found.latest[0].stop.unit
    seen = shown(listing, make.actor_of(unit.code, "handler"), listing.starts_on + 9 * DAY)
    assert {told.stop.unit_id for told in seen.latest} == {unit.pk}
    assert propagation.of_listing(make.stranger(), make.listing(), listing.starts_on) is None


def test_SAN_11_what_was_restored_is_asked_for_and_a_refusal_keeps_what_was_typed(listing: Any) -> None:
    lead, day = make.lead_of(listing.case_subject.case), listing.starts_on + 10 * DAY
    paper = SimpleUploadedFile("判决书.txt", "判决撤销\n".encode(), content_type="text/plain")
    facts = {"court": "示例市中级人民法院", "document": "（2026）测08行初9号", "attachment": paper}
    with clock.at(day):
        early = do(lead, listing, "court-revoke", made_on="2020-01-01", **facts)
        assert early.status_code in {409, 422}
        for kept in ("OBJ-30", "（2026）测08行初9号", "示例市中级人民法院", "判决书.txt"):
            assert kept in words(early)
        assert signed_in(make.stranger()).get(act_of(listing, "court-revoke")).status_code in {403, 404}
        other = make.actor_of("gaj", "group_lead")
        assert signed_in(other).get(act_of(listing, "court-revoke")).status_code == 404
        paper.seek(0)
        assert do(lead, listing, "court-revoke", made_on=str(day), **facts).status_code == 302
        page = words(signed_in(lead).get(page_of(listing)))
        file = reverse("admin:sanctions_attachment", args=[Attachment.objects.latest("pk").public_id])
        assert file in page
        initiator = make.actor_of(listing.case_subject.case.unit.code, "reviewer")
        assert signed_in(initiator).get(file).status_code == 200
        assert signed_in(make.stranger()).get(file).status_code == 404
        stop = TaskStop.objects.waiting().filter(kind="restore").select_related("unit").first()
        assert stop is not None
        own = make.actor_of(stop.unit.code, "reviewer")
        empty = do(own, stop, "confirm", done=" ")
        assert empty.status_code == 422
        assert "请填写恢复原状的情况" in words(empty)
        number = do(own, stop, "confirm", done="已退回保证金，联系 13812345678")
        assert number.status_code in {409, 422}
        assert "已退回保证金，联系" in words(number)
        assert do(own, stop, "confirm", done="已退回保证金、恢复评分").status_code == 302
