"""Open objections and complaints on a listing's page: where they stand, until when an answer is due, what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.actors import Actor
from objections.models import Complaint, Objection
from objections.selectors import COMPLAINT_STEP, NEXT_STEP, due_days, open_about, step_words
from organizations.acts.pages import address
from sanctions.models import Listing
from sanctions.page_sections import PageSection


@dataclass(frozen=True, slots=True)
class Shown:
    """One open remedy without a word of its grounds; its page only for those who may open it."""

    kind: str
    state: str
    received_on: date
    step: str
    due: list[dict[str, Any]]
    page: str


def of_listing(actor: Actor, listing: Listing, day: date) -> PageSection | None:
    """Return what is open about the listing; nothing where nothing is."""
    objection, complaint = open_about(listing)
    rows = []
    if objection is not None:
        step = NEXT_STEP[objection.state].format(**step_words(objection))
        rows.append(_shown("异议", objection, step, Objection.objects.visible_to(actor)))
    if complaint is not None:
        step = COMPLAINT_STEP[complaint.state].format(**step_words(complaint.objection))
        rows.append(_shown("投诉", complaint, step, Complaint.objects.visible_to(actor)))
    return PageSection("在办的异议和投诉", "objections/parts/open.html", rows) if rows else None


def _shown(kind: str, record: Objection | Complaint, step: str, mine: Any) -> Shown:
    page = address(record) if mine.filter(pk=record.pk).exists() else ""
    due = [row for row in due_days(record) if row["closed_on"] is None]
    return Shown(kind, record.get_state_display(), record.received_on, step, due, page)
