"""What the portal and the public API read of licences and penalties: the one allow-list, paged by key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from core.paging import COUNT_CAP, Page, keyset_page, page_of
from publicity import selectors as publicity
from publicity.enums import RecordKind
from repair.selectors import penalties_under_repair

FOUND_CAP = 1_000  # nobody reads on so far; counting further among a million would take longer than the page itself
KINDS = {"licence": "行政许可", "penalty": "行政处罚"}


def disclosure_page(
    day: date, kind: str, query: dict[str, Any], *, cursor: str | None, limit: int
) -> Page[dict[str, Any]]:
    """Return one page of what is public on the day, the newest decision first; a constant number of queries."""
    asked: dict[str, Any] = {
        "name": query.get("name") or "",
        "code": query.get("code") or "",
        "number": query.get("number") or "",
        "authority": query.get("authority") or "",
        "decided_from": query.get("decided_from"),
        "decided_to": query.get("decided_to"),
    }
    cap, order = FOUND_CAP if any(asked.values()) else COUNT_CAP, publicity.NEWEST_FIRST
    first = publicity.first_page(day, kind, **asked) if not cursor else None
    if first is not None:
        page: Page[Any] = page_of(first, order=order, limit=limit, cap=cap)
    else:
        rows = publicity.public_records(day, kind, **asked)
        page = keyset_page(rows, order=order, cursor=cursor, limit=limit, cap=cap)
    return Page(publicity.shown(page.items), page.next, page.count, page.count_capped)


def persons_on_list(day: date, kind: str, name: str) -> list[dict[str, Any]]:
    """Return what is published of the persons with exactly this full name, their names as the rule has them shown."""
    return publicity.shown(publicity.persons_named(day, kind, name))


def record_on(public_id: str, day: date) -> Any | None:
    """Return the record of either kind that the public sees under this id on the day, or None."""
    return publicity.find_public(day, public_id)


def disclosure_of(record: Any) -> dict[str, Any]:
    """Return one record as the public sees it, with why it ends when it does."""
    return publicity.shown([record])[0] | {"explanation": publicity.why_ends(record, public=True)}


def is_under_repair(record: Any) -> bool:
    """Tell whether somebody has applied to end the publication of this record, as only penalties end."""
    if publicity.kind_of(record) != RecordKind.PENALTY:
        return False
    return record.pk in penalties_under_repair([record.pk])


ON_A_PAGE = 20


def records_of(keys: Sequence[int], day: date) -> dict[str, list[Any]]:
    """Return by kind the newest public licences and penalties under these keys, one more than a page shows."""
    return {kind: publicity.records_of(keys, day, kind, ON_A_PAGE + 1) for kind in KINDS}


def disclosures_of(
    records: Mapping[str, Sequence[Any]], contested: Collection[tuple[str, str]], repairing: Collection[int]
) -> dict[str, dict[str, Any]]:
    """Return by kind what a subject's page says of these records, each with its reasons, and if there are more.

    contested, repairing: what is being contested and which penalties are under repair, asked once for the page.
    """
    return {
        kind: {
            "kind": kind,
            "title": label,
            "rows": [
                row | {"repairing": kind == RecordKind.PENALTY and record.pk in repairing}
                for record, row in zip(
                    records[kind][:ON_A_PAGE],
                    publicity.shown_with_reasons(records[kind][:ON_A_PAGE], contested),
                    strict=True,
                )
            ],
            "more": len(records[kind]) > ON_A_PAGE,
        }
        for kind, label in KINDS.items()
    }


def latest_licences(day: date, most: int) -> list[dict[str, Any]]:
    """Return the newest public licences of organisations; no penalties: robots keep the page on which these stand."""
    return publicity.shown(publicity.newest_of_entities(day, RecordKind.LICENCE.value, most))
