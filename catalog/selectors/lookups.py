"""Finding entries, revisions, articles and measures, scoped to who asks."""

from __future__ import annotations

from datetime import date

from django.db.models import BooleanField, DateField, F, Func, Q, QuerySet, Value

from catalog.enums import FROZEN_STATES, RevisionState
from catalog.models import Article, Entry, EntryRevision, Measure
from core.actors import Actor
from core.problems import NotFound

IN_FORCE, PREPARED, ENDED, NONE = "现行有效", "已发布，尚未生效或启用", "已失效", "尚未发布"


class InForce(Func):
    """`catalog_revision_in_force(revision, day)`: the one definition of in force."""

    function = "catalog_revision_in_force"
    output_field = BooleanField()


class Executable(Func):
    """`catalog_measure_executable(revision, measure, day)`: in force, supported, and carried on the day."""

    function = "catalog_measure_executable"
    output_field = BooleanField()


def day_value(on: date) -> Value:
    return Value(on, output_field=DateField())


def visible_revisions(actor: Actor) -> QuerySet[EntryRevision]:
    """Return the revisions this actor may read."""
    return EntryRevision.objects.all().visible_to(actor).select_related("entry", "submitted_by_unit")


def entry(code: str) -> Entry:
    found = Entry.objects.filter(Q(code=code) | Q(public_id=code)).first()
    if found is None:
        raise NotFound(f"清单事项 {code}")
    return found


def revision(public_id: str, actor: Actor | None = None) -> EntryRevision:
    """Return the revision, if the actor may read it; NotFound otherwise."""
    rows = visible_revisions(actor) if actor else EntryRevision.objects.select_related("entry")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("清单版本")
    return found


def article(public_id: str) -> Article:
    found = Article.objects.select_related("instrument").filter(public_id=public_id).first()
    if found is None:
        raise NotFound("条款")
    return found


def measure(code: str) -> Measure:
    found = Measure.objects.filter(Q(code=code) | Q(public_id=code)).first()
    if found is None:
        raise NotFound(f"措施 {code}")
    return found


def previous_of(current: EntryRevision) -> EntryRevision | None:
    """Return the revision of the same entry that was published before this one, for comparison."""
    return (
        EntryRevision.objects.filter(entry_id=current.entry_id, number__lt=current.number, state__in=FROZEN_STATES)
        .filter(effective_from__isnull=False)
        .select_related("entry")
        .order_by("-number")
        .first()
    )


def with_holding(revisions: QuerySet[EntryRevision], on: date) -> QuerySet[EntryRevision]:
    """Return the revisions, each knowing as `holds` whether it is in force on the day."""
    return revisions.annotate(holds=InForce(F("pk"), day_value(on)))


def word_for(revision: EntryRevision, holds: bool, on: date) -> str:
    """Return what a revision is on the day in a word."""
    if holds:
        return IN_FORCE
    if revision.state in (RevisionState.PUBLISHED, RevisionState.SUPERSEDED):
        return ENDED if revision.effective_to is not None and revision.effective_to < on else PREPARED
    withdrawn = revision.state == RevisionState.WITHDRAWN and revision.effective_from is not None
    return ENDED if withdrawn else NONE


def entries_with_state(on: date) -> dict[int, str]:
    """Return, for every entry, its best revision's state on the day in a word; one query."""
    rank = {IN_FORCE: 3, PREPARED: 2, ENDED: 1, NONE: 0}
    words: dict[int, str] = {}
    for row in with_holding(EntryRevision.objects.all(), on):
        word = word_for(row, bool(getattr(row, "holds", False)), on)
        if rank[word] >= rank[words.get(row.entry_id, NONE)]:
            words[row.entry_id] = word
    return words
