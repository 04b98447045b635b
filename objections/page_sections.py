"""Open objections and complaints on a listing's page: where they stand, until when an answer is due, what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html

from core import clock
from core.actors import Actor
from objections.enums import TargetKind
from objections.models import Complaint, Objection
from objections.selectors import COMPLAINT_STEP, NEXT_STEP, due_days, open_about, step_words
from objections.standing import as_it_stands
from organizations.acts.pages import Row, Section, address
from organizations.acts.words import zh
from publicity.selectors import versions_of
from sanctions.models import Listing
from sanctions.page_sections import PageSection

SHOWN = 10
CORRECTED_NEXT = ("upheld", "partly_upheld")
CORRECT = "异议成立：报送更正的版本，或者登记变动后撤下公示；办结后在异议页登记更正，标注随即解除"


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


def of_disclosure(actor: Actor, record: Any) -> Section | None:
    """Return the objections to a decision in any of its versions, newest first; nothing where there are none."""
    keys = list(versions_of(record).values_list("public_id", flat=True))
    about = Objection.objects.filter(target_kind=TargetKind.DISCLOSURE, target_key__in=keys)
    rows = [as_it_stands(row, clock.today()) for row in about.order_by("-pk")[:SHOWN]]
    if not rows:
        return None
    opens = set(
        Objection.objects.visible_to(actor).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    return Section(
        "异议",
        ("收到", "状态", "进展"),
        [
            Row(
                (
                    format_html('<a href="{}">{}</a>', address(row), zh(row.received_on))
                    if row.pk in opens
                    else zh(row.received_on),
                    row.get_state_display(),
                    CORRECT if row.state in CORRECTED_NEXT else NEXT_STEP[row.state].format(**step_words(row)),
                )
            )
            for row in rows
        ],
        note="异议处理期间公示照常进行，各页面和接口标注“异议中”。",
    )
