"""A unit asks the filer for more: once at a time, with a term that is the filer's own and stops nothing."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.actors import Actor
from core.deadlines import deadlines_of
from core.models import Reminder
from core.problems import NotPermitted, Problem
from core.reminders import remind
from objections import permissions, selectors
from objections.services import asking, complaints, filing
from sanctions.models import Listing
from tests.factories import objections as make

DAY = date(2026, 3, 11)


def test_obj_61_papers_are_asked_for_once_at_a_time_and_supplied_or_not(listing: Listing) -> None:
    row = make.objection(listing, "checked", on=DAY)
    who = make.answerer(make.case_of(row))
    before = {due.rule.code: due.due_on for due in deadlines_of(row)}
    with clock.at(DAY):
        with pytest.raises(Problem) as refused:
            asking.ask_for_papers(actor=who, objection=row, reason="")
        assert refused.value.code == "CORE-07"
        with pytest.raises(Problem) as refused:
            asking.ask_for_papers(
                actor=make.answerer(make.case_of(listing), 9), objection=row, reason="身份证 11010519491231002X"
            )
        assert refused.value.code == "CORE-11"
        asking.ask_for_papers(actor=who, objection=row, reason="银行流水")
        with pytest.raises(Problem) as refused:
            asking.ask_for_papers(actor=who, objection=row, reason="再要一份")
        assert refused.value.code == "OBJ-61"
        assert selectors.public_view(row)["asked"][0]["what"] == "银行流水"
        assert row.subject.messages.filter(kind="objection.asking").count() == 1
    after = {due.rule.code: due.due_on for due in deadlines_of(row)}
    assert after == before | {"OBJ-T12": date(2026, 3, 18)}
    remind(actor=Actor.job("core.remind"), day=date(2026, 4, 30))
    told = Reminder.objects.filter(deadline__rule__code="OBJ-T12").values_list("level", flat=True)
    assert list(told) == [Reminder.Level.NEAR]  # nobody's delay but the filer's own: it does not climb
    with clock.at(date(2026, 3, 12)):
        filing.add_papers(actor=make.window(), objection=row, papers=make.papers("evidence"))
        assert selectors.public_view(row)["asked"] == []
        asking.ask_for_papers(actor=who, objection=row, reason="还缺授权委托书")
    make.accept(row, date(2026, 3, 12))
    make.answer(row, date(2026, 3, 18))
    with clock.at(date(2026, 3, 18)):
        assert selectors.public_view(row)["asked"] == []
        with pytest.raises(Problem) as refused:
            asking.ask_for_papers(actor=who, objection=row, reason="答复之后")
        assert refused.value.code == "CORE-04"


def test_obj_61_the_office_asks_who_complains_the_same_way(listing: Listing) -> None:
    answered = date(2026, 3, 18)
    row = make.objection(listing, "answered", on=DAY, answered_on=answered)
    complaint, ends, filer = make.complain(row, answered), make.office(), permissions.applicant("public")
    with clock.at(answered):
        with pytest.raises(NotPermitted):  # the unit that answered sees it and does not act
            asking.ask_complainant(actor=make.answerer(make.case_of(row)), complaint=complaint, reason="银行流水")
        asking.ask_complainant(actor=ends, complaint=complaint, reason="银行流水")
        with pytest.raises(Problem) as refused:
            asking.ask_complainant(actor=ends, complaint=complaint, reason="再要一份")
        assert refused.value.code == "OBJ-61"
        shown = selectors.public_complaint(complaint)
        assert shown["asked"][0]["what"] == "银行流水"
        assert row.subject.messages.get(kind="complaint.asking").body.count("银行流水") == 1
        handed_in = make.papers("evidence")
        complaints.add_papers(actor=filer, complaint=complaint, papers=handed_in)
        assert selectors.public_complaint(complaint)["asked"] == []
        assert complaint.papers.count() == 1
        with pytest.raises(Problem) as refused:
            complaints.add_papers(actor=filer, complaint=complaint, papers=[])
        assert refused.value.code == "OBJ-42"
        asking.ask_complainant(actor=ends, complaint=complaint, reason="授权委托书")
        complaints.withdraw_complaint(actor=filer, complaint=complaint, reason="已协商解决")
        assert not deadlines_of(complaint).filter(closed_on=None).exists()
        with pytest.raises(Problem) as refused:
            complaints.add_papers(actor=filer, complaint=complaint, papers=handed_in)
        assert refused.value.code == "CORE-04"
