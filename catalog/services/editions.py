"""Editions of the whole catalogue."""

from __future__ import annotations

from datetime import date

from catalog.models import Edition, EditionItem
from catalog.permissions import EDITION_MAKE
from catalog.selectors.in_force import revisions_in_force
from core import clock, outbox
from core.actors import Actor, acting
from core.counters import next_number
from core.permissions import require
from core.problems import Violation, refuse


def make_edition(*, actor: Actor, label: str, effective_on: date | None = None, note: str = "") -> Edition:
    """Fix every revision in force on the day as a numbered edition that never changes.

    Raises NotPermitted, Refused CAT-36 (empty label, or nothing in force on the day).
    """
    require(actor, EDITION_MAKE)
    day = effective_on or clock.today()
    with acting(actor, "catalog.edition.make"):
        revisions = list(revisions_in_force(day))
        found = []
        if not label.strip():
            found.append(Violation("CAT-36", "版次须有名称", "label", "填写版次名称，如“2026年版”"))
        if not revisions:
            found.append(Violation("CAT-36", f"{day} 没有现行有效的事项", "effective_on", "先发布并启用清单事项"))
        refuse(found)
        number = f"{day.year}-{next_number('catalog.edition', 'office', day.year):02d}"
        edition = Edition.objects.create(
            number=number, label=label.strip(), effective_on=day, note=note, made_by_label=actor.label
        )
        EditionItem.objects.bulk_create(EditionItem(edition=edition, revision=revision) for revision in revisions)
        outbox.emit(
            "catalog.edition.made", edition, payload={"number": number, "entries": len(revisions), "on": str(day)}
        )
    return edition
