"""The route of a revision: only the table's steps, two people, nothing else."""

from dataclasses import replace
from datetime import date

import pytest

from catalog import selectors, services
from catalog.models import EntryRevision
from catalog.workflow import REVISION
from core import clock, workflow
from core.actors import Actor
from core.outbox import OutboxEvent
from core.problems import NotPermitted, Refused
from organizations.models import Organization
from tests.factories.catalog import FIRST, SECOND, make_active, make_content, make_draft, make_next, make_revision
from tests.support import workflow_matrix

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


def in_state(state: str) -> EntryRevision:
    if state == "superseded":
        first = make_active()
        make_next(first, date(2025, 1, 1))
        first.refresh_from_db()
        return first
    if state == "withdrawn":
        revision = make_draft()
        services.withdraw(actor=FIRST, revision=revision, reason="不再需要")
        return revision
    return make_revision(state)


@pytest.mark.parametrize("state", REVISION.states)
def test_every_state_allows_only_the_tables_steps(state: str) -> None:
    record = in_state(state)
    for transition in REVISION.transitions:
        workflow_matrix.check_cell(REVISION, record, state, transition.name)


def test_every_state_can_be_reached() -> None:
    assert workflow_matrix.reachable(REVISION) == set(REVISION.states)


def test_no_step_without_its_permission() -> None:
    stranger = Actor.job("stranger")
    for name, record in workflow_matrix.denied_without(REVISION, in_state):
        with pytest.raises(NotPermitted):
            workflow.check(record, REVISION, name, stranger, "理由")


def test_core_05_the_drafter_cannot_submit() -> None:
    revision = make_draft()
    with pytest.raises(Refused) as refused:
        services.submit(actor=FIRST, revision=revision)
    assert refused.value.code == "CORE-05"
    assert EntryRevision.objects.get(pk=revision.pk).state == "drafted"


def test_core_05_the_last_editor_cannot_submit() -> None:
    revision = make_draft()
    services.revise_draft(actor=SECOND, revision=revision, content=selectors.content_of(revision))
    with pytest.raises(Refused) as refused:
        services.submit(actor=SECOND, revision=revision)
    assert refused.value.code == "CORE-05"


def test_core_05_the_compiler_cannot_review() -> None:
    revision = make_revision("commented")
    with pytest.raises(Refused) as refused:
        services.review(actor=FIRST, revision=revision)
    assert refused.value.code == "CORE-05"


def test_redraft_needs_a_reason_and_gives_it_back() -> None:
    revision = make_revision("compiled")
    with pytest.raises(Refused) as refused:
        services.redraft(actor=FIRST, revision=revision, reason=" ")
    assert refused.value.code == "CORE-07"
    services.redraft(actor=FIRST, revision=revision, reason="措施内容不清")
    services.revise_draft(
        actor=FIRST, revision=revision, content=replace(selectors.content_of(revision), title="改后的行为")
    )
    services.submit(actor=SECOND, revision=revision)
    assert revision.state == "submitted"
    assert [row.transition for row in workflow.records_for(revision, REVISION)][-2:] == ["redraft", "submit"]


def test_cat_29_a_unit_drafts_only_what_it_answers_for() -> None:
    rsj, czj = Organization.objects.get(code="rsj"), Organization.objects.get(code="czj")
    rights = frozenset({"catalog.revision.draft", "catalog.revision.submit"})
    handler = Actor(kind="officer", key="A", label="人社甲", unit_id=rsj.pk, permissions=rights)
    stranger = Actor(kind="officer", key="B", label="财政乙", unit_id=czj.pk, permissions=rights)
    reviewer = Actor(kind="officer", key="C", label="人社丙", unit_id=rsj.pk, permissions=rights)
    with pytest.raises(Refused) as refused:
        services.draft_revision(actor=stranger, content=make_content())
    assert refused.value.code == "CAT-29"
    revision = services.draft_revision(actor=handler, content=make_content())
    assert revision.submitted_by_unit == rsj
    with pytest.raises(Refused) as refused:
        services.submit(actor=stranger, revision=revision)
    assert refused.value.code == "CAT-29"
    services.submit(actor=reviewer, revision=revision)
    assert revision.state == "submitted"


def test_cat_30_one_revision_under_way_at_a_time() -> None:
    content = make_content()
    make_draft(content)
    with pytest.raises(Refused) as refused:
        make_draft(content)
    assert refused.value.code == "CAT-30"


def test_cat_32_comment_only_while_open_and_by_a_unit() -> None:
    rsj = Organization.objects.get(code="rsj")
    speaker = Actor(
        kind="officer", key="A", label="人社甲", unit_id=rsj.pk, permissions=frozenset({"catalog.revision.comment"})
    )
    revision = make_revision("compiled")
    with pytest.raises(Refused) as refused:
        services.add_comment(actor=speaker, revision=revision, text="同意")
    assert refused.value.code == "CAT-32"
    services.open_comment(actor=FIRST, revision=revision)
    with pytest.raises(Refused):
        services.add_comment(actor=speaker, revision=revision, text="  ")
    comment = services.add_comment(actor=speaker, revision=revision, text="建议增加实施单位")
    assert comment.unit == rsj
    assert comment.on == TODAY


def test_publishing_tells_followers() -> None:
    revision = make_active()
    types = OutboxEvent.objects.filter(aggregate_id=revision.public_id).values_list("event_type", flat=True)
    assert {"catalog.revision.published", "catalog.revision.activated"} <= set(types)


def test_drafts_are_seen_by_their_unit_and_the_office_only() -> None:
    draft, open_one = make_draft(), make_revision("commented", initiating_units=("czj",))
    rsj, swj = Organization.objects.get(code="rsj"), Organization.objects.get(code="swj")
    ids = lambda actor: set(selectors.visible_revisions(actor).values_list("pk", flat=True))  # noqa: E731
    own = ids(Actor(kind="officer", key="A", label="人社", unit_id=rsj.pk))
    other = ids(Actor(kind="officer", key="B", label="税务", unit_id=swj.pk))
    public = ids(Actor.applicant("x"))
    assert draft.pk in own
    assert open_one.pk in own
    assert draft.pk not in other
    assert open_one.pk in other
    assert draft.pk not in public
    assert open_one.pk not in public
    assert draft.pk in ids(FIRST)
