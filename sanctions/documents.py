"""The document of a public listing as columns of one statement: dates only, so that it says the same on every day.

Whoever holds it knows the state of a day from them: before `starts_on` nothing, inside a pause paused, after
`last_public_day` it must not be shown any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, CharField, DateField, F, JSONField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from sanctions.enums import Polarity
from sanctions.models.listings import OfRow
from sanctions.selectors import public_listings

# As known on the day (ADR 0024): while a pause by silence stands only a cut is an end. Twin of `known_end`.
KNOWN_END_SQL = (
    "CASE WHEN {t}.ends_on IS NULL OR {t}.tacit_from IS NULL OR {t}.tacit_from > %s OR {t}.ends_on < {t}.tacit_from"
    " THEN {t}.ends_on ELSE least({t}.over_from, {t}.revoked_from) - 1 END"
)
PAUSES_SQL = (
    "SELECT coalesce(json_agg(json_build_array(span.from_on, span.to_on) ORDER BY span.from_on, span.to_on), '[]')"
    " FROM (SELECT from_on, to_on FROM sanctions_listingpause WHERE listing_id = {t}.id AND cause <> 'lapse'"
    " UNION ALL SELECT {t}.tacit_from, NULL WHERE {t}.tacit_from <= %s) span"
)
NUMBER = Concat(
    Value("广信联认〔"),
    Cast("determination__number_year", CharField()),
    Value("〕"),
    Cast("determination__number", CharField()),
    Value("号（"),
    F("determination__lead_unit__short_name"),
    Value("）"),
    output_field=CharField(),
)


def columns(day: date, last_shown_sql: str) -> dict[str, Any]:
    """Return the document's members with their columns.

    last_shown_sql: SQL of the last day of publicity of the row {t}, which a higher floor knows; null for none.
    """
    last = f"least({KNOWN_END_SQL}, {last_shown_sql})"
    return {
        "id": "public_id",
        "kind": "polarity",
        "subject": "subject__public_id",
        "entry": "revision__entry__code",
        "title": "revision__title",
        "decided_by": "determination__lead_unit__name",
        "document": Case(
            When(~Q(determination__official_number=""), then=F("determination__official_number")),
            When(determination__number__isnull=True, then=Value("")),
            default=NUMBER,
            output_field=CharField(),
        ),
        "basis": "determination__basis",
        "governed_by": "governed_by",
        "starts_on": "starts_on",
        "ends_on": OfRow(KNOWN_END_SQL, [day], output_field=DateField(null=True)),
        "pauses": OfRow(PAUSES_SQL, [day], output_field=JSONField()),
        "last_public_day": OfRow(last, [day], output_field=DateField(null=True)),
    }


def rows(
    day: date, polarity: str | None = None, ids: Sequence[str] | None = None, world: bool | None = None
) -> QuerySet[Any]:
    """Return the listings that stand on the public lists on the day, of verified legal entities only.

    world: as for the other documents, those of demo subjects or of real ones only.
    """
    found = public_listings(day, polarity=polarity).filter(subject__is_provisional=False).prefetch_related(None)
    if world is not None:
        found = found.filter(subject__is_demo=world)
    return found if ids is None else found.filter(public_id__in=ids)


POLARITIES = {"incentives": Polarity.INCENTIVE.value, "disciplines": Polarity.DISCIPLINE.value}
