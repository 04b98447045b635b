"""The measures behind the tasks that were found: state, dates, basis and why, of one snapshot, in one statement."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import JSONField

from core.periods import PeriodState
from sanctions.models import Amendment, ExecutionTask, ListingPause
from sanctions.models.listings import OfRow
from sanctions.showing import lifted_on

TOLD = (PeriodState.PENDING, PeriodState.IN_FORCE, PeriodState.PAUSED)
PAUSES_SQL = (
    "(SELECT jsonb_agg(jsonb_build_array(p.cause, p.from_on, p.to_on) ORDER BY p.from_on)"
    " FROM sanctions_listingpause p WHERE p.listing_id = {t}.listing_id)"
)
AMENDMENTS_SQL = (
    "(SELECT jsonb_agg(jsonb_build_array(a.issued_on, a.official_number, a.years, a.months, a.days, a.permanent,"
    " a.until_performed) ORDER BY a.id) FROM sanctions_amendment a WHERE a.listing_id = {t}.listing_id)"
)
BASIS_SQL = (
    "(SELECT jsonb_agg('《' || law.title || '》' || article.label ORDER BY link.id) FROM catalog_revisionmeasure prescribed"
    " JOIN catalog_revisionmeasurecitation link ON link.revision_measure_id = prescribed.id"
    " JOIN catalog_revisioncitation citation ON citation.id = link.citation_id"
    " JOIN catalog_article article ON article.id = citation.article_id"
    " JOIN catalog_legalinstrument law ON law.id = article.instrument_id"
    " WHERE prescribed.revision_id = {t}.revision_id AND prescribed.measure_id = {t}.measure_id)"
)
RULE_SQL = (
    "(SELECT jsonb_build_array(r.effect, r.confidence) FROM sanctions_matterrule r"
    " WHERE r.measure_id = {t}.measure_id AND r.matter_kind = %s AND r.confirmed_by_key <> '' AND r.replaced_on IS NULL"
    " AND r.valid_from <= %s AND (r.valid_to IS NULL OR r.valid_to >= %s) ORDER BY r.valid_from DESC LIMIT 1)"
)
# Decisions and catalogue texts are long, and hundreds of tasks are read at once.
COLUMNS = [
    *("public_id", "content", "duty", "starts_on", "ends_on", "follows_listing", "stops_on_pause", "over_from"),
    *("measure__code", "measure__name", "measure__measure_class", "measure__sort"),
    *(f"listing__{name}" for name in ("public_id", "polarity", "state", "served_on", "starts_on", "original_ends_on")),
    *(f"listing__{name}" for name in ("ends_on", "over_from", "revoked_from", "tacit_from")),
    *(f"listing__determination__{name}" for name in ("years", "months", "days", "permanent", "until_performed")),
    *(f"listing__determination__{name}" for name in ("period_source", "official_number", "number", "number_year")),
    *(f"listing__determination__{name}" for name in ("basis", "remedies")),
    *("listing__determination__lead_unit__name", "listing__determination__lead_unit__short_name"),
    *("listing__revision__title", "listing__revision__entry__code"),
]


def measures_of(tasks: Collection[int], kind: str, day: date) -> dict[int, Any]:
    """Return the tasks whose measure is not over on `day`, by key, each knowing its state on the day and, as
    `matter_rule`, what it comes to for this kind of matter; none where there is no task. One statement.
    """
    if not tasks:
        return {}
    rows = (
        ExecutionTask.objects.filter(pk__in=tasks)
        .exclude(lifted_on(day))
        .with_state_on(day)
        .filter(state_on__in=TOLD)
        .annotate(
            told_pauses=OfRow(PAUSES_SQL, [], output_field=JSONField()),
            told_amendments=OfRow(AMENDMENTS_SQL, [], output_field=JSONField()),
            told_basis=OfRow(BASIS_SQL, [], output_field=JSONField()),
            matter_rule=OfRow(RULE_SQL, [kind, day, day], output_field=JSONField()),
        )
        .select_related("listing__revision__entry", "listing__determination__lead_unit", "measure")
        .only(*COLUMNS)
    )
    return {task.pk: _told(task) for task in rows}


def _told(task: Any) -> Any:
    """Return the task whose listing knows its pauses and amendments as the statement read them."""
    listing = task.listing
    listing._prefetched_objects_cache = {
        "pauses": [_pause(listing, *values) for values in task.told_pauses or ()],
        "amendments": [_amendment(*values) for values in task.told_amendments or ()],
    }
    return task


def _pause(listing: Any, cause: str, from_on: str, to_on: str | None) -> ListingPause:
    end = date.fromisoformat(to_on) if to_on else None
    return ListingPause(listing=listing, cause=cause, from_on=date.fromisoformat(from_on), to_on=end)


def _amendment(
    issued_on: str, number: str, years: int, months: int, days: int, permanent: bool, until_performed: bool
) -> Amendment:
    return Amendment(
        issued_on=date.fromisoformat(issued_on),
        official_number=number,
        years=years,
        months=months,
        days=days,
        permanent=permanent,
        until_performed=until_performed,
    )
