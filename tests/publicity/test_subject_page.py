"""What stands about a subject on its page in the workbench: scoped or public, a page at a time, in few questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actors import Actor, acting
from publicity.permissions import FROM_ABOVE
from publicity.services import adjusting
from subjects.models import CreditRecord
from tests.factories import publicity as make
from tests.factories import repair as repairs
from tests.factories import sanctions as chain
from tests.factories import subjects
from tests.support.workbench import signed_in

pytestmark = pytest.mark.django_db
DAY, TODAY = date(2026, 5, 6), date(2026, 5, 8)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(TODAY):
        yield


def page(actor: Any, subject: Any, **cursors: str) -> str:
    answer = signed_in(actor).get(reverse("admin:subjects_subject_change", args=[subject.public_id]), cursors)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def test_decisions_about_a_subject_scoped_or_public_a_page_at_a_time() -> None:
    subject = subjects.entity()
    rows = [make.published_penalty("scjgj", DAY - timedelta(days=n), subject=subject) for n in range(12)]
    adjusting.contest(actor=Actor.job("test.above", FROM_ABOVE), record=rows[0], since=TODAY)
    waiting = make.penalty("scjgj", DAY, subject=subject, document_number="未审核文号一")
    closed = make.publish(
        make.licence(
            "scjgj", DAY, subject=subject, document_number="不公开文号一", scope="not_open", scope_reason="涉密"
        )
    )
    own, other = chain.actor_of("scjgj", "handler"), chain.actor_of("yjj", "handler")
    shown = page(own, subject)
    assert "行政处罚（13 条）" in shown
    assert "异议中" in shown
    assert waiting.document_number in shown
    assert closed.document_number in shown
    assert "再往后 10 条" in shown
    assert rows[11].document_number not in shown
    second = page(own, subject, penalties=unquote(shown.split("?penalties=")[1].split("#")[0]))
    assert rows[11].document_number in second
    assert rows[0].document_number not in second
    assert "回到最前" in second
    seen = page(other, subject)
    assert "行政处罚（12 条）" in seen  # what the public sees anyway
    assert waiting.document_number not in seen
    assert closed.document_number not in seen
    assert reverse("admin:publicity_penalty_change", args=[rows[0].public_id]) not in seen
    broken = signed_in(own).get(
        reverse("admin:subjects_subject_change", args=[subject.public_id]), {"penalties": "nonsense"}
    )
    assert broken.status_code == 400


def test_listings_and_other_records_stand_there_too_in_a_constant_number_of_questions() -> None:
    listing = repairs.listing()
    subject = listing.subject
    with acting(Actor.job("test"), "test.record"):
        for number in range(3):
            CreditRecord.objects.create(
                kind="honours", subject=subject, party_name=subject.name, title=f"示例诚信企业{number}", level="市级",
                decided_on=DAY, authority_name="示例局", unit=make.unit("scjgj"), batch_no="B1", batch_row=number,
                reported_on=DAY, content_digest=bytes(32),
            )  # fmt: skip
    make.published_penalty("scjgj", DAY, subject=subject)
    office = chain.actor_of("fgw", "office")
    shown = page(office, subject)
    assert "联合奖惩认定（1 条）" in shown
    assert reverse("admin:sanctions_listing_change", args=[listing.public_id]) in shown
    assert "示例诚信企业2 市级" in shown
    counts = set()
    for number in (1, 6):
        for step in range(number):
            make.published_penalty("scjgj", DAY - timedelta(days=number + step), subject=subject)
        client = signed_in(office)
        address = reverse("admin:subjects_subject_change", args=[subject.public_id])
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.add(len(asked))
    assert len(counts) == 1
