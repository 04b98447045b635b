"""One legal entity: who it is, and what it is listed for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from core import clock
from core.identifiers import IdentifierType, normalize
from core.problems import NotFound
from organizations.selectors import district
from portal import measures, selectors, timeline
from portal.disclosures import disclosures_of
from portal.views.base import page
from sanctions.selectors import contested_among, public_listing
from subjects.enums import SubjectKind
from subjects.marks import marks_of
from subjects.models import Subject
from subjects.selectors import lookup, profile, require_legal_entity

UNKNOWN = "该代码对应的主体"


@page()
def subject(request: HttpRequest, code: str) -> HttpResponse:
    """Show a legal entity under its code or public id; former and merged codes redirect; persons are not found."""
    found = lookup(code)
    if found is None:
        raise NotFound(UNKNOWN)
    shown = require_legal_entity(found.subject)
    asked = normalize(IdentifierType.USCC, code)
    if asked not in (found.code, shown.public_id) or asked != code:
        return HttpResponseRedirect(reverse("portal:subject", args=[found.code]))
    today = clock.today()
    record = profile(shown)
    listed = selectors.listings_of_subject(shown, today)
    contested = contested_among(listed)
    marked = marks_of({"measure": [task.public_id for row in listed for task in row.tasks.all()]})
    rows = [_listing(row, today, contested.get(row.pk, ""), marked) for row in listed]
    context = {
        "subject": shown,
        "code": found.code,
        "profile": record,
        "facts": _facts(shown, found.code),
        "address": _address(shown),
        "former_codes": [
            row.value for row in record.identifiers if row.type == IdentifierType.USCC and row.value != found.code
        ],
        "listings": rows,
        "discipline": sum(row["kind"] == "discipline" for row in rows),
        "incentive": sum(row["kind"] == "incentive" for row in rows),
        "paused": any(row["state"] == "paused" for row in rows),
        "disclosures": disclosures_of(shown, today),
        "mark": selectors.base_marks([shown.public_id]).get(shown.public_id, ""),
        "today": today,
    }
    return render(request, "portal/subject.html", context)


def _listing(listing: Any, today: Any, contested: str, marked: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    return public_listing(listing, contested) | {
        "laws": measures.laws(listing.determination.basis),
        "points": timeline.points(listing, today),
        "measures": measures.rows(listing, {key: words for (_, key), words in marked.items()}),
    }


def _facts(shown: Subject, code: str) -> list[tuple[str, Any]]:
    """Return the identity block: what the registration authority itself publishes."""
    sole = shown.kind == SubjectKind.INDIVIDUAL_BUSINESS
    rows: list[tuple[str, Any]] = [
        ("公开编号" if code == shown.public_id else "统一社会信用代码", code),
        ("主体类型", shown.get_kind_display()),
        ("成立日期", shown.established_on),
        ("经营者" if sole else "法定代表人", shown.legal_representative),
        ("登记机关", shown.registrar),
        ("行业", shown.industry),
        ("所在区县", _district(shown.district_code)),
    ]
    return [(label, value) for label, value in rows if value]


def _address(shown: Subject) -> tuple[str, str] | None:
    label = "经营场所" if shown.kind == SubjectKind.INDIVIDUAL_BUSINESS else "住所"
    return (label, shown.address) if shown.address else None


def _district(code: str) -> str:
    if not code:
        return ""
    try:
        return district(code).name
    except NotFound:
        return ""
