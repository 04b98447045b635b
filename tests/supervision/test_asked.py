"""谁查过我: told to the subject alone, at the two doors that prove who asks, and not before the rule's days are over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from core import clock
from core.problems import NotPermitted, Refused
from portal.online import followed
from supervision import asked
from supervision.asked import Request
from supervision.models import AskedStatement
from tests.factories import checks as make
from tests.factories import repair as repairing
from tests.factories import sanctions as chain
from tests.factories import subjects
from tests.factories.organizations import make_actor
from tests.support.workbench import signed_in, words

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 11)


def codes(refused: Any) -> set[str]:
    return {row.code for row in refused.value.errors}


def test_at_the_window_once_papers_were_seen_and_later_by_the_rule() -> None:
    body, person = subjects.entity(), subjects.person("测试甲乙", number=(number := subjects.new_id_number()))
    code = body.identifiers.get(type="uscc").value
    early = make.asked("zjj", TODAY - timedelta(days=40), body, name="施工许可")
    make.asked("scjgj", TODAY - timedelta(days=3), body, name="食品经营许可")
    window = make_actor("window", "ggzy")
    with clock.at(TODAY):
        told = asked.asked_about(body, TODAY)
        assert [(row.on, row.matter, row.number) for row in told.rows] == [
            (TODAY - timedelta(days=40), "施工许可", early.public_id)
        ]
        assert (told.sure, told.days) == (False, 30)
        with pytest.raises(NotPermitted):
            asked.issue(actor=chain.actor_of("zjj", "handler"), request=Request("representative", "甲", True, code))
        for given, expected in (
            (Request("representative", "甲", False, code), "ASK-01"),
            (Request("agent", "甲", True, code), "ASK-03"),
            (Request("self", "甲", True, code), "ASK-04"),
            (Request("representative", "甲", True, "91510899MA0000000X"), "ASK-02"),
            (Request("self", "甲", True, "", "测试别名", "id_card", number), "ASK-02"),
        ):
            with pytest.raises(Refused) as refused:
                asked.issue(actor=window, request=given)
            assert expected in codes(refused), given
        assert AskedStatement.objects.count() == 0

        client = signed_in(window)
        posted = {"presented": "representative", "presenter": "测试来人", "code": code, "checked": "on"}
        answer = client.post(reverse("admin:supervision_askedstatement_add"), posted)
        assert answer.status_code == 302, words(answer)
        kept = AskedStatement.objects.get()
        assert (kept.lines, kept.until) == (1, TODAY - timedelta(days=30))
        page, paper = (
            client.get(answer["Location"]),
            reverse("admin:supervision_askedstatement_paper", args=[kept.public_id]),
        )
        assert "施工许可" in words(page)
        assert "食品经营许可" not in words(client.get(paper))
        assert early.public_id in words(client.get(paper))
        own = asked.issue(actor=window, request=Request("self", "测试甲乙", True, "", person.name, "id_card", number))
        assert own.lines == 0
        other = chain.actor_of("lzq_fgj", "district_credit")
        assert not AskedStatement.objects.visible_to(other).exists()
        assert not AskedStatement.objects.visible_to(make_actor("office", "fgw")).exists()
    with clock.at(TODAY + timedelta(days=1)):
        assert signed_in(window).get(paper).status_code == 404


def test_on_the_followed_page_once_identity_was_verified() -> None:
    record = repairing.filed().application
    code = record.subject.identifiers.get(type="uscc").value
    make.asked("zjj", repairing.APPLIED - timedelta(days=60), record.subject, name="施工许可")
    with clock.at(repairing.APPLIED):
        assert followed.readers(record) is None
        checked = repairing.check(record)
        told = followed.readers(checked)
        assert told is not None
        assert [row.matter for row in told.rows] == ["施工许可"]
        assert code not in str(told)
        checked.subject.kind = "natural_person"  # a person asks at the window only
        assert followed.readers(checked) is None
