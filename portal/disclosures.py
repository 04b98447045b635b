"""What the portal and the public API read of licences and penalties: the one allow-list, paged by key."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.paging import COUNT_CAP, Page, keyset_page
from publicity import selectors as publicity
from publicity.enums import Party, RecordKind
from repair.selectors import penalties_under_repair
from subjects.models import Subject

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
    rows = publicity.public_records(day, kind, **asked)
    cap = FOUND_CAP if any(asked.values()) else COUNT_CAP
    page = keyset_page(rows, order=publicity.NEWEST_FIRST, cursor=cursor, limit=limit, cap=cap)
    return Page(publicity.shown(page.items), page.next, page.count, page.count_capped)


def persons_on_list(day: date, kind: str, name: str) -> list[dict[str, Any]]:
    """Return what is published of the persons with exactly this full name, their names as the rule has them shown."""
    return publicity.shown(publicity.persons_named(day, kind, name))


def disclosure_on(public_id: str, day: date) -> dict[str, Any] | None:
    """Return one record as the public sees it on the day, with why it ends when it does; None where it sees none."""
    found = publicity.find_public(day, public_id)
    if found is None:
        return None
    return publicity.shown([found])[0] | {"explanation": publicity.why_ends(found, public=True)}


def is_under_repair(public_id: str, day: date) -> bool:
    """Tell whether somebody has applied to end the publication of this penalty."""
    found = publicity.publicly_visible(day, RecordKind.PENALTY).filter(public_id=public_id).first()
    return found is not None and found.pk in penalties_under_repair([found.pk])


ON_A_PAGE = 20


def disclosures_of(subject: Subject, day: date) -> dict[str, dict[str, Any]]:
    """Return by kind the newest public licences and penalties of a subject, each with its reasons, and if there are more."""
    records = {kind: publicity.records_of_subject(subject, day, kind, ON_A_PAGE + 1) for kind in KINDS}
    shown = publicity.shown_with_reasons([row for rows in records.values() for row in rows[:ON_A_PAGE]])
    penalties = records[RecordKind.PENALTY.value]
    asked = penalties_under_repair([row.pk for row in penalties])
    repairing = {row.public_id for row in penalties if row.pk in asked}
    return {
        kind: {
            "kind": kind,
            "title": label,
            "rows": [row | {"repairing": row["id"] in repairing} for row in shown if row["kind"] == kind],
            "more": len(records[kind]) > ON_A_PAGE,
        }
        for kind, label in KINDS.items()
    }


def latest_licences(day: date, most: int) -> list[dict[str, Any]]:
    """Return the newest public licences of organisations; no penalties: robots keep the page on which these stand."""
    rows = publicity.publicly_visible(day, RecordKind.LICENCE).exclude(party=Party.PERSON)
    return publicity.shown(list(rows.order_by(*publicity.NEWEST_FIRST)[:most]))
