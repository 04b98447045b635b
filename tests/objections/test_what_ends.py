"""What ends without an answer: the person has died, or the published decision was withdrawn meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import clock
from core.models import Deadline
from core.periods import Period
from objections.models import Objection
from objections.selectors import public_view
from objections.services import acceptance, complaints
from objections.services.filing import Filer
from objections.tasks import close_moot_job
from publicity.services import changing
from sanctions.models import Listing
from subjects.models import Message
from subjects.services import record_death
from tests.factories import objections as make
from tests.factories import publicity
from tests.factories import repair as repairs
from tests.factories import sanctions as chain
from tests.factories import subjects as people

pytestmark = pytest.mark.django_db
RECEIVED, DIED = date(2026, 3, 24), date(2026, 4, 2)


def of_person(number: str, name: str) -> Listing:
    terms = {"period": Period(months=36), "starts_on": date(2026, 3, 16)}
    with clock.at(date(2026, 1, 5)):
        subject = people.person(name, number=number)
    return chain.listing(start=date(2026, 1, 5), decision=terms, subjects=[subject])


def test_what_is_open_about_a_person_who_died_ends_with_a_letter() -> None:
    number = people.new_id_number()
    listing = of_person(number, "测试丁")
    me = Filer("测试丁", "self", id_number=number)
    row = make.file(listing, RECEIVED, filer=me, papers=make.papers("identity")).record
    assert isinstance(row, Objection)
    other = make.file(
        listing, DIED - timedelta(days=1), filer=me, papers=make.papers("identity"),
        target_kind="facts", target_key=listing.case_subject.public_id,
    ).record  # fmt: skip
    with clock.at(DIED):
        note = "死亡医学证明（示例）第1号"
        record_death(chain.actor_of("fgw", "office"), subject=listing.subject, note=note)
        row, other = chain.fresh(row), chain.fresh(other)
        assert (row.state, row.closed_on, row.by_silence) == ("moot", DIED, True)
        assert (other.state, other.closed_on, other.accepted_on) == ("moot", DIED, None)
        shown = public_view(row)
        assert (shown["state"], shown["reason"]) == ("moot", "当事人已经死亡")
        assert close_moot_job() == 0
    told = Message.objects.filter(kind="objection.moot", subject=listing.subject)
    assert {letter.about_id for letter in told} == {row.public_id, other.public_id}
    assert all("当事人已于2026年4月2日死亡" in letter.body for letter in told)
    assert [(p.from_on, p.to_on) for p in listing.pauses.all()] == [(date(2026, 3, 26), DIED)]
    listing = chain.fresh(listing)
    assert (listing.tacit_from, listing.over_from) == (None, DIED)
    assert listing.ends_on == listing.recorded().projected_ends_on() == DIED - timedelta(days=1)
    assert not Deadline.objects.filter(aggregate_type__startswith="objections.", closed_on=None).exists()


def test_an_application_for_repair_ends_with_the_person() -> None:
    number, applied = people.new_id_number(), date(2026, 3, 20)
    terms = {"period": Period(days=60)}
    made = chain.listing(entry="CJ-025", initiator="jfq", subjects=[people.person(number=number)], decision=terms)
    own = {"applicant_role": "person", "applicant_name": made.subject.name, "id_type": "id_card", "id_number": number}
    papers = repairs.pieces("performance", "commitment", "identity")
    row = repairs.filed(made, on=applied, materials=papers, **own).application
    with clock.at(DIED):
        record_death(chain.actor_of("fgw", "office"), subject=made.subject, note="死亡医学证明（示例）第2号")
    assert chain.fresh(row).state == "moot"
    assert Message.objects.get(kind="repair.ended").about_id == row.public_id


@pytest.mark.parametrize("accepted", [False, True])
def test_a_withdrawn_disclosure_leaves_nothing_to_answer(accepted: bool) -> None:
    day = date(2026, 3, 2)
    with clock.at(day):
        record = publicity.published_penalty("rsj", day)
    with clock.at(RECEIVED):
        ready = make.Request(
            target_kind="disclosure",
            target_key=record.public_id,
            filer=Filer(record.subject.name, "self"),
            grounds=make.GROUNDS,
            claims=make.CLAIMS,
            papers=make.papers(),
        )
        row = make.filing.file_objection(actor=make.window(), request=ready).record
        assert isinstance(row, Objection)
        if accepted:
            make.check(row, RECEIVED)
            unit = chain.actor_of(row.answering_unit.code, "handler", 5)
            acceptance.accept_objection(actor=unit, objection=row)
    with clock.at(RECEIVED + timedelta(days=1)):
        handler, reviewer = publicity.handler_of(record), publicity.reviewer_of(record)
        call = {"ground": "revoked", "changed_on": RECEIVED, "document": "测撤〔2026〕1号", "reason": "处罚决定撤销"}
        changing.note_change(actor=handler, record=record, **call)
        changing.withdraw(actor=reviewer, record=record, reason="处罚决定撤销")
        assert (chain.fresh(row).state, chain.fresh(row).closed_on) == ("moot", RECEIVED + timedelta(days=1))
        assert close_moot_job() == 0
    assert "公示信息已于2026年3月25日撤下" in Message.objects.get(kind="objection.moot").body
    assert chain.fresh(record).contested_on is None


def test_a_complainant_is_known_by_his_papers_not_by_his_name() -> None:
    number, stranger = people.new_id_number(), people.new_id_number()
    listing = of_person(number, "测试戊")
    me = Filer("测试戊", "self", id_number=number)
    row = make.file(listing, RECEIVED, filer=me, papers=make.papers("identity")).record
    assert isinstance(row, Objection)
    make.check(row, RECEIVED)
    make.accept(row, RECEIVED)
    answered = make.answer(row, RECEIVED)
    same = make.complain(answered, DIED)
    assert complaints.same_filer(same, answered)
    namesake = Filer("测试戊", "agent", id_number=stranger)
    same.filer_identifier_id, same.filer_name = None, "测试 戊"
    assert complaints.same_filer(same, answered)  # no papers to go by: the name, however it is written
    same.filer_identifier = complaints.protected(namesake)["filer_identifier"]
    assert not complaints.same_filer(same, answered)
