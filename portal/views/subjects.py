"""One legal entity: who it is, and what it is listed for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from core import clock
from core.text import zh_day
from portal import measures, selectors, timeline
from portal.disclosures import disclosures_of, records_of
from portal.views.base import page
from repair.selectors import being_repaired
from sanctions.consulting import NO_MEASURE, public_external
from sanctions.selectors import contestable_in, known_of, marked_among, public_listing
from subjects.enums import LifeEventKind, SubjectKind, SubjectStatus
from subjects.in_public import Entity, entity
from subjects.marks import marks_of


@page()
def subject(request: HttpRequest, code: str) -> HttpResponse:
    """Show a legal entity under its code or public id; former and merged codes redirect; persons are not found.

    Eight statements, and four more where it is on a list, however much stands on the page.
    """
    who = entity(code)
    if who.moved or who.asked != code:
        return HttpResponseRedirect(reverse("portal:subject", args=[who.code]))
    today = clock.today()
    known, records = known_of(who.keys), records_of(who.keys, today)
    listed = selectors.listings_of(who.keys, today) if known.listings else []
    marks = marks_of(_contestable(who, listed, records))
    listings, penalties = being_repaired([row.pk for row in listed], [row.pk for row in records["penalty"]])
    rows = _listings(listed, today, marks, listings)
    disclosed = disclosures_of(records, marks, penalties)
    external = public_external(who.keys) if known.external else []
    by_kind = {kind: [row for row in rows if row["kind"] == kind] for kind in ("discipline", "incentive")}
    context = {
        "who": who,
        "code": who.code,
        "status": SubjectStatus(who.status).label,
        "ended": who.status != SubjectStatus.ACTIVE,
        "events": [(event.on, LifeEventKind(event.kind).label, event.detail) for event in who.life_events],
        "facts": _facts(who),
        "address": _address(who),
        "listings": by_kind,
        "paused": any(row["state"] == "paused" for row in rows),
        "contested": any(row["mark"] and row["state"] != "paused" for row in rows),
        "repairing": any(row["repairing"] for row in rows),
        "disclosed": disclosed,
        "external": external,
        "no_measure": NO_MEASURE,
        "tabs": _tabs(by_kind, disclosed, len(external)),
        "mark": marks.get(("base_record", who.public_id), ""),
        "today": today,
        "at": "search",
    }
    return render(request, "portal/subject.html", context)


def _contestable(who: Entity, listed: Sequence[Any], records: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
    """Return everything on the page that may be contested, for one question."""
    return {
        "base_record": [who.public_id],
        "measure": [task.public_id for row in listed for task in row.tasks.all()],
        "disclosure": [row.public_id for rows in records.values() for row in rows],
        **contestable_in(listed),
    }


def _tabs(
    by_kind: Mapping[str, list[Any]], disclosed: Mapping[str, Any], external: int
) -> list[tuple[str, str, int, bool]]:
    """Return the sections that this page can fill, as (anchor, title, number, whether there are more)."""
    listed = [("serious", "严重失信", len(by_kind["discipline"]), False)]
    listed.append(("honesty", "诚实守信", len(by_kind["incentive"]), False))
    for anchor in ("penalty", "licence"):
        block = disclosed[anchor]
        listed.append((anchor, block["title"], len(block["rows"]), block["more"]))
    listed.append(("external", "外部名单", external, False))
    return [*listed, ("elsewhere", "其他信息", 0, False)]


def _listings(
    listed: Sequence[Any], today: date, marks: Mapping[tuple[str, str], str], repairing: Collection[int]
) -> list[dict[str, Any]]:
    contested = marked_among(listed, marks)
    of_tasks = {key: words for (kind, key), words in marks.items() if kind == "measure"}
    return [
        public_listing(row, contested.get(row.pk, ""))
        | {
            "laws": measures.laws(row.determination.basis),
            "points": timeline.points(row, today),
            "measures": measures.rows(row, of_tasks),
            "repairing": row.pk in repairing,
        }
        for row in listed
    ]


def _facts(who: Entity) -> list[tuple[str, Any]]:
    """Return the identity block: what the registration authority itself publishes."""
    sole = who.kind == SubjectKind.INDIVIDUAL_BUSINESS
    rows: list[tuple[str, Any]] = [
        ("公开编号" if who.code == who.public_id else "统一社会信用代码", who.code),
        ("主体类型", SubjectKind(who.kind).label),
        ("成立日期", zh_day(who.established_on)),
        ("经营者" if sole else "法定代表人", who.legal_representative),
        ("登记机关", who.registrar),
        ("行业", who.industry),
        ("所在区县", who.district),
    ]
    return [(label, value) for label, value in rows if value]


def _address(who: Entity) -> tuple[str, str] | None:
    label = "经营场所" if who.kind == SubjectKind.INDIVIDUAL_BUSINESS else "住所"
    return (label, who.address) if who.address else None
