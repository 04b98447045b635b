"""What the catalogue, and every floor that adds to its impact preview, holds of a unit that would end."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from catalog.selectors import impact_of
from organizations.impact import Part, Touched
from organizations.models import Organization


def parts(unit: Organization, on: date) -> list[Part]:
    """Return the revisions that name the unit, those that could not go on first, and what hangs on them."""
    impact = impact_of(unit=unit, on=on)
    rows = [
        Touched(
            f"{entry.entry_code} 第{entry.number}版 {entry.title}（{entry.state}）",
            "；".join(entry.effects),
            reverse("admin:catalog_entryrevision_change", args=[entry.public_id]),
            entry.is_serious,
        )
        for entry in impact.entries
    ]
    told = "名称由承继单位接替；没有承继单位且为唯一发起、实施单位的，须先修订目录"
    return [
        Part("目录事项", len(rows), told, rows),
        *(Part(line.source, line.count, line.detail) for line in impact.lines),
    ]
