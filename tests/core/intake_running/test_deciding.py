"""Taking a batch back, and what people decide about rows that were held."""

from __future__ import annotations

import pytest

from core.intake import deciding
from core.models import QuestionedRow
from core.problems import NotFound, NotPermitted
from publicity.models import Penalty
from tests.factories import intake as make
from tests.factories import subjects as people
from tests.factories.organizations import make_actor
from tests.support.refusals import refused

pytestmark = pytest.mark.django_db


def held() -> QuestionedRow:
    known = people.entity("广元测试在册有限公司")
    make.intake(
        [
            make.penalty(),
            make.penalty(CF_XDR_SHXYM=known.identifiers.get().value, CF_XDR_MC="广元测试不同有限公司"),
            make.penalty(),
        ]
    )
    return QuestionedRow.objects.get()


def test_a_held_row_goes_in_by_the_decision_of_another_officer() -> None:
    question = held()
    reviewer = make_actor("reviewer", make.UNIT)
    refused("CORE-07", deciding.accept_row, actor=reviewer, question=question, reason="")
    deciding.accept_row(reviewer, question=question, reason="名称已核实，为更名前的名称")
    question.refresh_from_db()
    assert question.state == "accepted"
    assert make.counts(question.batch) == {"rows": 3, "inserted": 3}
    assert Penalty.objects.count() == 3
    refused("CORE-04", deciding.refuse_row, actor=reviewer, question=question, reason="再次")


def test_a_refused_row_stays_out() -> None:
    question = held()
    deciding.refuse_row(make_actor("reviewer", make.UNIT), question=question, reason="名称填错，退回更正")
    assert Penalty.objects.count() == 2
    assert make.counts(question.batch) == {"rows": 3, "inserted": 2, "questioned": 1}


def test_rows_of_another_unit_do_not_exist() -> None:
    question = held()
    stranger = make_actor("reviewer", "sthjj")
    assert not QuestionedRow.objects.visible_to(stranger).exists()
    with pytest.raises(NotFound):
        deciding.accept_row(stranger, question=question, reason="越权")
    with pytest.raises(NotFound):
        deciding.withdraw(stranger, batch=question.batch, reason="越权")
    with pytest.raises(NotPermitted):
        deciding.withdraw(make_actor("handler", make.UNIT), batch=question.batch, reason="越权")
