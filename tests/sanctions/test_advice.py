"""提示函: a first slight failing is answered with a letter, once a year, and with nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from catalog.models import EntryRevision
from core import clock
from core.actors import Actor, acting
from core.problems import NotPermitted, Refused
from sanctions.models import Advice, Case, Listing
from sanctions.services.advice import Letter, issue_advice
from subjects.models import Message, Subject
from tests.factories import catalog as catalog_factory
from tests.factories import sanctions as make
from tests.factories import subjects as subject_factory
from tests.support.refusals import refused
from tests.support.threads import at_once
from tests.support.workbench import signed_in

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today() -> Any:
    with clock.at(TODAY):
        yield


def minor(**changes: Any) -> EntryRevision:
    return catalog_factory.make_active(title="示例轻微失信行为", **{"severity": "minor", **changes})


def issue(
    entry: EntryRevision, subject: Subject | None = None, *, actor: Actor | None = None, **changes: Any
) -> Advice:
    facts = {
        "entry_code": entry.entry.code,
        "subject": subject or subject_factory.entity(),
        "number": f"广人社提〔2026〕{Advice.objects.count() + 1}号",
        "act_on": TODAY - 30 * DAY,
        "recognized_on": TODAY - 2 * DAY,
        "facts": "未按时足额缴存工资保证金，数额较小",
        "request": "十日内补足并报告",
        **changes,
    }
    more = {name: facts.pop(name) for name in ("channels", "phone") if name in facts}
    return issue_advice(actor=actor or make.actor_of("rsj", "reviewer"), letter=Letter(**facts), **more)


@pytest.mark.django_db
class TestLetters:
    def test_a_letter_is_recorded_and_sent_and_nothing_else_follows(self, client: Client) -> None:
        advice = issue(minor())
        message = Message.objects.get()
        assert (message.about_type, message.about_id) == ("sanctions.advice", advice.public_id)
        assert dict(message.deliveries.values_list("channel", "state")) == {"site": "sent", "print": "queued"}
        assert "十日内补足并报告" in message.body
        assert not Case.objects.exists()
        assert not Listing.objects.exists()
        for address in (f"/api/v1/public/subjects/{advice.subject.public_id}", "/api/v1/public/listings"):
            answer = client.get(address)
            assert answer.status_code == 200
            assert advice.number not in answer.content.decode()
        with pytest.raises(DatabaseError, match="只增不改"), acting(Actor.job("t"), "t"), connection.cursor() as cursor:
            cursor.execute("UPDATE sanctions_advice SET facts = 'x'")

    @pytest.mark.parametrize("severity", ["serious", "ordinary"])
    def test_adv_02_what_is_not_slight_takes_the_ordinary_way(self, severity: str) -> None:
        entry = minor(severity=severity)
        refused("ADV-02", lambda: issue(entry))
        assert not Message.objects.exists()

    def test_adv_01_rewards_have_no_letters(self) -> None:
        entry = EntryRevision.objects.filter(entry__polarity="incentive", activated_on__isnull=False).first()
        with pytest.raises(Refused) as caught:
            unit = entry.initiators.first().unit
            subject = subject_factory.entity()
            issue(entry, subject, actor=make.actor_of(unit.code, "reviewer"))
        assert "ADV-01" in {row.code for row in caught.value.errors}

    def test_adv_03_once_a_year_for_the_same_entry_also_after_a_merge(self) -> None:
        entry, other = minor(), minor()
        subject, folded = subject_factory.entity(), subject_factory.entity()
        with clock.at(TODAY - 30 * DAY):
            issue(entry, folded, recognized_on=TODAY - 31 * DAY, act_on=TODAY - 40 * DAY)
        issue(entry, subject_factory.entity())
        with acting(Actor.job("test"), "test.fold"):
            Subject.objects.filter(pk=folded.pk).update(canonical=subject)
        refused("ADV-03", lambda: issue(entry, subject))
        issue(other, subject)
        last = date(2027, 2, 7)  # issued on 2026-02-08
        with clock.at(last):
            refused("ADV-03", lambda: issue(entry, subject))
        with clock.at(last + DAY):
            issue(entry, subject)

    def test_adv_04_an_open_case_or_a_listing_is_not_the_first_time(self) -> None:
        entry = minor(measures=(catalog_factory.measure(units=("scjgj", "zjj")),), initiating_units=("rsj",))
        subject = subject_factory.entity()
        make.draft(entry=entry.entry.code, subjects=[subject], start=TODAY - 5 * DAY)
        refused("ADV-04", lambda: issue(entry, subject))
        listing = make.listing(start=TODAY - 60 * DAY)
        with pytest.raises(Refused) as caught:
            issue(listing.revision, listing.subject)
        assert [row.code for row in caught.value.errors] == ["ADV-02", "ADV-04"]

    def test_the_catalogue_and_its_units_hold_for_letters_too(self) -> None:
        entry = minor()
        refused("SAN-02", lambda: issue(entry, actor=make.actor_of("cgj", "reviewer")))
        refused("SAN-05", lambda: issue(entry, make.social_org()))
        refused("SAN-03", lambda: issue(entry, act_on=TODAY))
        with pytest.raises(NotPermitted):
            issue(entry, actor=make.actor_of("rsj", "handler"))
        with pytest.raises(Refused, match="CJ-000"):
            issue(entry, entry_code="CJ-000")
        young = subject_factory.person(birth=date(2008, 3, 1))
        refused("SAN-06", lambda: issue(entry, young))
        assert not Advice.objects.exists()

    def test_adv_05_and_core_11_what_the_letter_says(self) -> None:
        entry = minor()
        for name in ("number", "facts", "request"):
            refused("ADV-05", lambda name=name: issue(entry, **{name: " "}))
        refused("CORE-11", lambda: issue(entry, facts="当事人电话 13812345678"))
        refused("DEL-03", lambda: issue(entry, channels=("sms",)))
        issue(entry, number="广人社提〔2026〕1号")
        refused("ADV-05", lambda: issue(entry, number="广人社提〔2026〕1号"))
        assert Advice.objects.count() == Message.objects.count() == 1


def test_two_letters_at_once_are_one(own_database: str) -> None:
    entry, subject = minor(), subject_factory.entity()
    make.actor_of("rsj", "reviewer")
    given, raised = at_once(lambda: issue(entry, subject, number="甲"), lambda: issue(entry, subject, number="乙"))
    assert len(given) == 1
    assert [error.code for error in raised] == ["ADV-03"]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_the_form_offers_slight_entries_of_the_own_unit_and_leads_to_the_letter() -> None:
    entry, subject = minor(), subject_factory.entity()
    client = signed_in(make.actor_of("rsj", "reviewer"))
    address = reverse("admin:sanctions_advice_add")
    shown = client.get(address).content.decode()
    assert entry.entry.code in shown
    assert "CJ-003" not in shown
    typed = {
        "entry_code": entry.entry.code, "subject": subject.public_id, "number": "广人社提〔2026〕9号",
        "act_on": "2026-03-20", "recognized_on": "2026-03-09", "facts": "未按时报告", "request": "补报", "phone": "",
    }  # fmt: skip
    wrong = client.post(address, typed)
    assert wrong.status_code == 409
    assert "广人社提〔2026〕9号" in wrong.content.decode()
    done = client.post(address, typed | {"act_on": "2026-02-20"})
    assert done.status_code == 302, done.content.decode()
    page = client.get(done["Location"]).content.decode()
    assert "补报" in page
    assert "书面送达" in page
    assert signed_in(make.stranger()).get(done["Location"]).status_code == 404
    assert signed_in(make.actor_of("rsj", "handler")).get(address).status_code == 403
