"""A unit asks the applicant for more: once at a time, answered by the applicant himself with receipt and secret."""

from __future__ import annotations

import pytest

from core import clock
from core.deadlines import deadlines_of
from core.problems import Problem
from repair import selectors
from repair.services import asking, filing
from tests.factories import repair as make
from tests.factories import sanctions as chain

pytestmark = pytest.mark.django_db


def test_rep_61_material_is_asked_for_once_at_a_time_and_stops_no_term() -> None:
    filed = make.filed()
    row = filed.application
    who, before = make.handler(row), {due.rule.code: due.due_on for due in deadlines_of(row)}
    with clock.at(make.APPLIED):
        asking.ask_for_material(actor=who, application=row, reason="验收意见书")
        with pytest.raises(Problem) as refused:
            asking.ask_for_material(actor=who, application=chain.fresh(row), reason="再要一份")
        assert refused.value.code == "REP-61"
        assert selectors.followed_state(row)["asked"][0]["what"] == "验收意见书"
        mine = filing.followed(row.receipt, filed.secret)
        with pytest.raises(Problem) as refused:
            filing.add_materials(actor=make.public(), application=mine, pieces=[])
        assert refused.value.code == "REP-43"
        filing.add_materials(actor=make.public(), application=mine, pieces=make.pieces("performance", "other"))
        assert selectors.followed_state(row)["asked"] == []
        assert row.materials.count() == 4
    terms = {due.rule.code: due.due_on for due in deadlines_of(row) if due.rule.code != "REP-T07"}
    assert terms == before
    make.check(row)
    make.accept(row)
    make.verify(row)
    with clock.at(make.after(4)), pytest.raises(Problem) as refused:
        asking.ask_for_material(actor=who, application=chain.fresh(row), reason="核实之后")
    assert refused.value.code == "CORE-04"
