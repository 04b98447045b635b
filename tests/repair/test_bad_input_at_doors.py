"""Bad input of repair at the counter's and the officers' forms and the public API: refused with code, Chinese words and
field; what was typed stays, files stay taken in, and nothing else is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from core import clock
from core.periods import Period
from repair.models import Application
from tests.factories import repair as make
from tests.factories import sanctions as chain
from tests.repair.test_admin import ADD, act, counter_form, paper
from tests.repair.test_api import body, post
from tests.support.forms import shows_refusal, tokens
from tests.support.threads import at_once
from tests.support.workbench import signed_in

STATEMENT = "隐患已整改并通过验收"


@pytest.fixture(autouse=True)
def no_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def at_the_counter(listing: Any, day: date = make.APPLIED, **fields: Any) -> Any:
    with clock.at(day):
        return signed_in(make.window()).post(ADD, counter_form(listing.subject, **fields))


def by_api(listing: Any, day: date = make.APPLIED, **changes: Any) -> Any:
    with clock.at(day):
        return post(body(listing, **changes))


def refused_by_api(answer: Any, code: str, field: str = "") -> None:
    document = answer.json()
    assert answer.status_code == 409, document
    found = {row["code"]: row for row in document.get("errors", [document])}
    assert code in found, document
    assert found[code]["detail"]
    assert found[code]["remedy"]
    assert not field or found[code].get("field") == field, document


@pytest.mark.django_db
def test_rep_06_before_the_minimum_period_at_both_doors() -> None:
    listing = make.listing()
    early = listing.starts_on.replace(year=listing.starts_on.year + 1) - timedelta(days=1)
    answer = at_the_counter(listing, early)
    shows_refusal(answer, "REP-06", typed=(STATEMENT,), kept=1)
    assert f"{early + timedelta(days=1)} 起" in answer.content.decode()
    refused_by_api(by_api(listing, early), "REP-06", "on")
    assert Application.objects.count() == 0
    with clock.at(make.APPLIED):  # later, without choosing the file again
        form = counter_form(listing.subject) | {"performance": ""} | tokens(answer)
        assert signed_in(make.window()).post(ADD, form).status_code == 200
    assert Application.objects.get().materials.count() == 1


@pytest.mark.django_db
def test_rep_04_an_act_that_cannot_be_repaired_at_both_doors() -> None:
    listing = make.listing(entry="CJ-013", initiator="czj", decision={"period": Period(months=24)})
    shows_refusal(at_the_counter(listing), "REP-04", typed=(STATEMENT,), kept=1)
    refused_by_api(by_api(listing), "REP-04")
    assert Application.objects.count() == 0


@pytest.mark.django_db
def test_rep_09_rep_10_rep_42_without_evidence_without_promise_and_by_a_stranger_at_the_counter() -> None:
    listing = make.listing()
    answer = at_the_counter(listing, performance="", commitment="", identity=paper("身份证件.txt"))
    shows_refusal(answer, "REP-09", "performance", typed=(STATEMENT, make.CHIEF), kept=1)
    shows_refusal(answer, "REP-10", "commitment", typed=(STATEMENT,), kept=1)
    stranger = at_the_counter(listing, applicant_name="测试路人")
    shows_refusal(stranger, "REP-42", "applicant_name", typed=(STATEMENT, "测试路人"), kept=1)
    agent = at_the_counter(listing, applicant_name="测试乙", applicant_role="agent")
    shows_refusal(agent, "REP-42", "mandate", typed=(STATEMENT, "测试乙"), kept=1)
    refused_by_api(by_api(listing, materials=[]), "REP-09", "evidence")
    assert Application.objects.count() == 0


@pytest.mark.django_db
def test_rep_05_through_the_wrong_channel_at_both_doors() -> None:
    court = make.listing(entry="CJ-001", initiator="zy")
    refused_by_api(by_api(court, channel="city"), "REP-05", "channel")
    assert at_the_counter(court).status_code == 200  # received, to be forwarded: the counter sends nobody away
    application = make.check(Application.objects.get())
    answer = act(make.handler(application), application, "accept", make.APPLIED)
    shows_refusal(answer, "REP-05")
    assert chain.fresh(application).state == "received"


@pytest.mark.django_db
def test_rep_07_while_barred_and_rep_08_twice_at_both_doors() -> None:
    listing = make.listing()
    application = make.filed(listing).application
    shows_refusal(at_the_counter(listing), "REP-08", typed=(STATEMENT,), kept=1)
    refused_by_api(by_api(listing), "REP-08")
    make.check(application)
    make.accept(application)
    make.verify(application)
    for step in (make.opine, make.sign, make.publish, make.propose, make.revoke):
        step(application)
    later = make.after(40)
    shows_refusal(at_the_counter(listing, later), "REP-07", typed=(STATEMENT,), kept=1)
    refused_by_api(by_api(listing, later), "REP-07", "on")
    assert Application.objects.count() == 1


@pytest.mark.django_db
def test_rep_02_rep_03_what_is_over_and_rewards_at_both_doors() -> None:
    over = make.application_in("published").listing
    shows_refusal(at_the_counter(over, make.after(10)), "REP-02", typed=(STATEMENT,), kept=1)
    refused_by_api(by_api(over, make.after(10)), "REP-02")
    reward = chain.listing(entry=chain.REWARD, start=make.START, subjects=[make.company()])
    day = date(2025, 3, 10)
    shows_refusal(at_the_counter(reward, day), "REP-03", typed=(STATEMENT,), kept=1)
    refused_by_api(by_api(reward, day), "REP-03")
    unknown = at_the_counter(over, code="91510802TESTTEST00")
    assert unknown.status_code == 422
    assert "NOT-FOUND" in str(unknown.context["form"].errors["code"])
    assert STATEMENT in unknown.content.decode()
    assert Application.objects.count() == 1


@pytest.mark.django_db
def test_core_05_rep_22_rep_49_who_signs_and_on_which_day_at_the_form() -> None:
    application = make.application_in("opined")
    drafter = chain.actor_of("yjj", "reviewer")
    where = reverse("admin:repair_application_act", args=[application.public_id, "approve"])
    early = act(drafter, application, "approve", make.APPLIED, reason="同意")
    shows_refusal(early, "REP-22", "on", typed=("同意",))
    for day, code in ((make.after(7), "CORE-02"), (make.APPLIED, "REP-22")):
        with clock.at(make.after(6)):
            dated = signed_in(drafter).post(where, {"reason": "同意", "on": day.isoformat()})
        shows_refusal(dated, code, "on", typed=("同意", day.isoformat()))
    assert act(make.handler(application), application, "approve", make.after(6)).status_code == 403  # no right to sign
    shows_refusal(
        act(drafter, application, "reject", make.after(6), reason="不同意拟办意见"), "REP-47", typed=("不同意拟办意见",)
    )
    own = make.application_in("verified")
    words = {"outcome": "approve", "text": "核实无误，建议同意"}
    assert act(drafter, own, "opine", make.after(3), **words).status_code in {302, 403}
    if chain.fresh(own).state == "opined":
        shows_refusal(act(drafter, own, "approve", make.after(6)), "CORE-05")
    assert chain.fresh(application).state == "opined"


def test_two_reviewers_sign_at_once_at_the_form(own_database: str) -> None:
    application = make.application_in("opined")
    reviewers = [make.reviewer(application, number) for number in (1, 2)]
    address = reverse("admin:repair_application_act", args=[application.public_id, "approve"])
    with clock.at(make.after(6)):
        clients = [signed_in(who) for who in reviewers]
        given, raised = at_once(*[lambda c=c: c.post(address, {"reason": "同意修复"}) for c in clients])
    assert not raised
    done, late = sorted(given, key=lambda answer: answer.status_code)
    assert done.status_code == 302
    shows_refusal(late, "REP-21", typed=("同意修复",))
    assert chain.fresh(application).number == 1


@pytest.mark.django_db
def test_a_day_beyond_the_known_calendar_is_marked_provisional_at_both_doors() -> None:
    listing, last = make.listing(), date(2026, 12, 31)
    told = at_the_counter(listing, last)
    assert told.status_code == 200
    assert "暂定" in told.content.decode()
    with clock.at(last):
        make.filing.withdraw(actor=make.window(), application=Application.objects.get(), reason="书面撤回")
    due = by_api(listing, last).json()["due"]
    assert due
    assert all("暂定" in row["explanation"] for row in due)
