"""The whole way of an application, day by day, and what each step leaves behind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import clock, deadlines, workflow
from core.actors import acting
from core.models import OutboxEvent
from core.problems import NotFound
from repair.enums import State
from repair.models import Application
from repair.selectors import followed_state, propagation, timeline
from repair.services import filing
from repair.tasks import announce_job
from repair.workflow import APPLICATION
from sanctions.models import Listing, TaskStop
from sanctions.services import stops, tasks
from sanctions.services.clocks import revoke_listing
from sanctions.services.court import Ruling, court_revoke
from subjects.models import Message
from subjects.services import deregister, record_death
from tests.factories import repair as make
from tests.factories import sanctions as chain
from tests.support.refusals import refused

pytestmark = pytest.mark.django_db


def state_on(listing: Listing, day: date) -> str:
    return Listing.objects.with_state_on(day).get(pk=listing.pk).state_on


def due_days(application: Application) -> dict[str, tuple[date, bool]]:
    return {row.rule.code: (row.due_on, row.closed_on is None) for row in deadlines.deadlines_of(application)}


def test_from_filing_to_publication_the_listing_ends_on_the_publication_day() -> None:
    listing = make.listing()
    filed = make.filed(listing)
    application = filed.application
    assert due_days(application) == {"REP-T01": (date(2026, 3, 13), True), "REP-T03": (date(2026, 3, 24), True)}
    make.check(application)
    make.accept(application)
    assert due_days(application)["REP-T01"][1] is False
    assert due_days(application)["REP-T02"] == (date(2026, 3, 20), True)
    make.verify(application)
    make.opine(application)
    signed = make.sign(application)
    assert signed.state == State.APPROVED
    assert state_on(listing, make.after(6)) == "in_force"  # consent takes effect with its publication
    assert signed.numbered().startswith("广信修〔2026〕1号")
    published = make.publish(application)
    assert (published.state, published.published_on) == (State.PUBLISHED, make.after(7))
    assert state_on(listing, make.after(6)) == "in_force"
    assert state_on(listing, make.after(7)) == "ended"
    assert chain.fresh(listing).ends_on == make.after(6)
    assert not any(is_open for _, is_open in due_days(published).values())
    names = [row.transition for row in workflow.records_for(published, APPLICATION)]
    assert names == ["file", "check_identity", "accept", "verify", "opine", "approve", "publish"]
    told = OutboxEvent.objects.filter(aggregate_id=published.public_id).values_list("event_type", flat=True)
    assert "repair.published" in set(told)
    assert [row["label"] for row in timeline(published) if row["kind"] == "act"][-1] == "公布修复结果"


def test_a_refusal_tells_reasons_and_remedies_and_a_new_application_is_possible() -> None:
    listing = make.listing()
    application = make.application_in("rejected", listing)
    shown = followed_state(application)
    assert shown["state"] == "rejected"
    assert shown["answer"] == "理由成立"
    assert "异议" in shown["remedies"]
    assert state_on(listing, make.after(30)) == "in_force"
    again = make.filed(listing, on=make.after(30)).application
    assert again.state == State.RECEIVED


def test_REP_23_a_party_whose_application_lost_its_object_is_told() -> None:
    """By death, by deregistration, by a court's judgment: each of them a letter, once."""
    number = chain.subject_factory.new_id_number()
    person = chain.subject_factory.person("测试丙", number=number)
    mine = {"applicant_name": "测试丙", "applicant_role": "person", "id_type": "id_card", "id_number": number}
    of_person = make.filed(make.listing(subjects=[person]), **mine).application
    of_company, of_other = (make.application_in("accepted") for _ in range(2))
    day, keeper = make.after(5), chain.actor_of("fgw", "office")
    with clock.at(day):
        record_death(keeper, subject=person, note="死亡医学证明（示例）第1号")
        deregister(keeper, subject=of_company.listing.subject, note="注销登记通知（示例）第1号")
        judged = of_other.listing
        ruling = Ruling("示例市中级人民法院", "（2026）测08行初1号", day)
        court_revoke(actor=chain.lead_of(judged.case_subject.case), listing=judged, ruling=ruling)
        for _ in range(2):
            announce_job()
    for application in (of_person, of_company, of_other):
        assert chain.fresh(application).state == State.MOOT
        told = Message.objects.get(kind="repair.ended", about_id=application.public_id)
        assert (told.subject, told.acted_on) == (application.listing.subject, day)


def test_a_revoked_repair_gives_the_remainder_back_and_bars_new_applications() -> None:
    listing = make.listing()
    before = chain.fresh(listing).ends_on
    application = make.application_in("revoked", listing)
    assert application.state == State.REVOKED
    restored = chain.fresh(listing)
    assert state_on(listing, make.after(20)) == "ended"
    assert state_on(listing, make.after(31)) == "in_force"
    assert restored.ends_on == before + timedelta(days=31 - 7)  # the days the repair took are given back
    bar = application.revocation.bar
    assert (bar.from_on, bar.until) == (make.after(31), date(2029, 4, 10))


def test_receipt_and_secret_follow_an_application_and_neither_alone_does() -> None:
    filed = make.filed()
    assert filing.followed(filed.application.receipt, filed.secret) == filed.application
    other = make.filed()
    for receipt, secret in (
        (filed.application.receipt, other.secret),
        (filed.application.receipt, ""),
        ("0000000000000000", filed.secret),
    ):
        with pytest.raises(NotFound):
            filing.followed(receipt, secret)
    assert filed.secret not in str(Application.objects.filter(pk=filed.application.pk).values())
    assert "secret_digest" not in {field.name for field in Application.history.model._meta.fields}


def test_a_lost_secret_is_replaced_after_the_identity_check() -> None:
    filed = make.filed()
    call = {"actor": make.window(), "application": filed.application, "reason": "交法定代表人本人，核对身份证"}
    with clock.at(make.APPLIED):
        refused("REP-44", filing.renew_secret, **call)
        make.check(filed.application)
        refused("CORE-07", filing.renew_secret, **{**call, "reason": ""})
        renewed = filing.renew_secret(**call)
    assert filing.followed(filed.application.receipt, renewed.secret) == filed.application
    with pytest.raises(NotFound):
        filing.followed(filed.application.receipt, filed.secret)


def test_the_applicant_withdraws_and_may_come_again() -> None:
    filed = make.filed()
    with clock.at(make.after(1)):
        filing.withdraw(actor=make.public(), application=filed.application)
    assert chain.fresh(filed.application).state == State.WITHDRAWN
    assert make.filed(filed.application.listing, on=make.after(2)).application.state == State.RECEIVED


def test_who_has_followed_a_repair_since_when() -> None:
    listing = make.listing()
    task = listing.tasks.get(unit__code="zjj", measure__code="P01")
    with clock.at(date(2025, 3, 3)):
        who = chain.actor_of("zjj", "handler")
        tasks.acknowledge_task(actor=who, task=task)
        tasks.apply_task(actor=who, task=task, done=chain.done(who, date(2025, 3, 3)))
    application = make.application_in("published", listing)
    found = propagation(application)
    assert found[0].followed_on == make.after(7)
    waiting = [row for row in found if row.waiting]
    assert [(row.who, row.told_on) for row in waiting] == [("广元市住房和城乡建设局", make.after(7))]
    with clock.at(make.after(8)):
        stop = TaskStop.objects.get(task=task, kind="release")
        stops.confirm_stop(actor=who, stop=stop)
    assert not any(row.waiting for row in propagation(application))
    assert len({row.who for row in found}) > 3


def test_a_revoked_determination_ends_its_repair_at_once() -> None:
    application = make.application_in("accepted")
    with clock.at(make.after(2)):
        who = make.handler(application)
        with acting(who, "test.revoke", reason="撤销"):
            revoke_listing(actor=who, listing=application.listing, on=make.after(2), reason="异议成立")
    assert chain.fresh(application).state == State.MOOT
    assert not any(is_open for _, is_open in due_days(application).values())
