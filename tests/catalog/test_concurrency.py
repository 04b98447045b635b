"""Two officers at once: one of them is told, nothing is half-written."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from catalog import selectors, services
from catalog.models import EntryRevision
from core.problems import Refused
from tests.factories.catalog import FIRST, SECOND, make_active, make_content, make_revision

pytestmark = pytest.mark.usefixtures("own_database")


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run the acts in threads that start together; return 'done' or the code of the refusal, in order."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        try:
            barrier.wait()
            act()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("is_new", [True, False])
def test_two_drafts_of_one_entry(is_new: bool) -> None:
    content = make_content()
    if not is_new:
        content = selectors.content_of(make_active(content))
    outcome = at_once(
        lambda: services.draft_revision(actor=FIRST, content=content),
        lambda: services.draft_revision(actor=SECOND, content=content),
    )
    assert sorted(outcome) == ["CAT-30", "done"]
    assert EntryRevision.objects.filter(entry__code=content.entry_code, state="drafted").count() == 1


def test_two_clicks_on_publish() -> None:
    revision = make_revision("reviewed")
    copies = [EntryRevision.objects.get(pk=revision.pk) for _ in range(2)]
    outcome = at_once(*(lambda row=row: services.publish(actor=FIRST, revision=row) for row in copies))
    assert sorted(outcome) == ["CORE-04", "done"]


def test_publish_against_withdraw() -> None:
    first = make_active()
    second = make_revision("reviewed", make_content(entry_code=first.entry.code, effective_from=date(2025, 1, 1)))
    outcome = at_once(
        lambda: services.publish(actor=FIRST, revision=second),
        lambda: services.withdraw(actor=SECOND, revision=first, reason="不再需要"),
    )
    assert "done" in outcome
    held = EntryRevision.objects.filter(entry=first.entry, state="published")
    assert held.count() <= 1


def test_both_confirmations_at_once_activate_once() -> None:
    revision = make_revision("published")
    copies = [EntryRevision.objects.get(pk=revision.pk) for _ in range(2)]
    outcome = at_once(
        lambda: services.confirm_activation(actor=FIRST, revision=copies[0]),
        lambda: services.confirm_activation(actor=SECOND, revision=copies[1]),
    )
    assert outcome == ["done", "done"]
    revision.refresh_from_db()
    assert revision.activated_on is not None
