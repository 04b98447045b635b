"""Writing past the services: raw SQL and COPY without an actor, deleting, truncating, and rewriting what was decided."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from core import clock
from core.actors import acting
from core.history import tracked_models
from sanctions.models import ExternalListing
from sanctions.services.external import ExternalRow, record_external
from sanctions.services.tasks import acknowledge_task, apply_task
from tests.factories import sanctions as make
from tests.support.refusals import ANYBODY, database_refuses, nothing_written, sql

pytestmark = pytest.mark.django_db
TRACKED = sorted(m._meta.db_table for m in tracked_models(apps) if m._meta.app_label == "sanctions")
# Nobody acts, or the row may not change whoever acts.
WITHOUT_ACTOR = ("CR001", "CR002", "CR200", "CR202", "CR207", "CR217", "CR220", "CR221")


def whole_chain() -> None:
    """Fill every tracked table of the chain that its services fill."""
    with clock.at(make.START):
        record_external(
            actor=make.actor_of("fgw", "office"),
            row=ExternalRow("信用中国", "A-1", "异常名录", None, "某公司", make.START),
        )
    case = make.case_in("convened")
    meeting = case.meetings.get()
    with clock.at(make.days_of(case).convened):
        from_lead = make.lead_of(case)
        draw = make.meetings.prepare_draw(actor=from_lead, meeting=meeting, demand={"law": 1})
        make.meetings.draw_experts(actor=from_lead, draw=draw)
    for step in (make.vote, make.decide, make.issue, make.serve):
        step(case)
    task = make.ExecutionTask.objects.filter(unit__code="zjj").first()
    with clock.at(make.days_of(case).served):
        acknowledge_task(actor=make.actor_of("zjj", "handler"), task=task)
        done = make.done(make.actor_of("zjj", "handler"), make.days_of(case).served)
        apply_task(actor=make.actor_of("zjj", "handler"), task=task, done=done)


def bare(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.long
def test_every_tracked_table_of_the_chain_refuses_nobody() -> None:
    assert len(TRACKED) >= 17
    whole_chain()
    filled = [table for table in TRACKED if sql(f'SELECT 1 FROM "{table}" LIMIT 1')]
    empty = (
        "amendment",
        "courtorder",
        "listingpause",
        "taskstop",
        "groupsummary",
        "checkpageorigin",
        "externalnomination",
    )
    assert set(TRACKED) - set(filled) <= {f"sanctions_{name}" for name in empty}
    for table in filled:
        with nothing_written(), database_refuses(*WITHOUT_ACTOR):
            bare(f'UPDATE "{table}" SET id = id')
        with nothing_written(), database_refuses(*WITHOUT_ACTOR):
            bare(f'DELETE FROM "{table}"')
    bare("SET CONSTRAINTS ALL IMMEDIATE")  # what is pending would stop TRUNCATE before the trigger does
    for table in TRACKED:
        with nothing_written(), database_refuses("CR002"):
            bare(f'TRUNCATE "{table}" CASCADE')


COPIED = "信用中国\tB-2\t异常名录\t某公司\t\t2026-03-02\t2026-03-02\t0TEST0COPY0000Q1\n"
COPY = (
    "COPY sanctions_externallisting (source, source_number, list_name, reported_name, basis, listed_on, received_on,"
    " public_id) FROM STDIN"
)


def copy() -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.copy_expert(COPY, io.StringIO(COPIED))


def test_copy_without_an_actor_is_refused() -> None:
    with nothing_written(), database_refuses("CR001"):
        copy()


def test_copy_with_an_actor_leaves_its_rows_in_history() -> None:
    with acting(ANYBODY, "external.load", reason="批量装载"):
        copy()
    kept = ExternalListing.history.get(source_number="B-2")
    assert (kept.history_type, kept.history_act, kept.history_change_reason) == ("+", "external.load", "批量装载")
    assert kept.history_actor["key"] == ANYBODY.key


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("sanctions_case", "revision_id = revision_id + 1"),
        ("sanctions_case", "state = 'draft'"),
        ("sanctions_case", "recognized_on = '2026-01-01'"),
        ("sanctions_casesubject", "decision = 'not_listed'"),
        ("sanctions_determination", "years = 9"),
        ("sanctions_determination", "number = 99"),
        ("sanctions_determination", "issued_on = NULL, number = NULL"),
        ("sanctions_listing", "starts_on = '2027-01-01'"),
        ("sanctions_listing", "original_ends_on = NULL"),
        ("sanctions_listing", "polarity = 'incentive'"),
        ("sanctions_executiontask", "content = '别的措施'"),
        ("sanctions_executiontask", "unit_id = named_unit_id + 1"),
    ],
)
def test_what_was_decided_is_not_rewritten(table: str, change: str) -> None:
    make.listing()
    with nothing_written(), database_refuses("CR202", "CR214"):
        sql(f"UPDATE {table} SET {change}")


@pytest.mark.parametrize(
    "table", ["sanctions_case", "sanctions_determination", "sanctions_listing", "sanctions_executiontask"]
)
def test_what_was_decided_is_not_deleted(table: str) -> None:
    make.listing()
    with nothing_written(), database_refuses("CR202"):
        sql(f"DELETE FROM {table}")


def test_history_of_a_case_tells_who_did_what() -> None:
    case = make.case_in("decided")
    rows: Any = case.history.order_by("history_id")
    told = [(row.history_act, row.state, row.history_on) for row in rows]
    days = make.days_of(case)
    assert told == [
        ("case.draft", "draft", days.drafted),
        ("case.submit", "submitted", days.submitted),
        ("case.accept", "accepted", days.accepted),
        ("notice.issue", "noticed", days.noticed),
        ("meeting.convene", "convened", days.convened),
        ("determination.decide", "decided", days.held),
    ]
    assert len({row.history_actor["key"] for row in rows}) == 3
