"""One legal entity: who it is, and what it is listed for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
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
from repair.selectors import under_repair
from sanctions.selectors import contested_among, public_listing
from subjects.enums import SubjectKind
from subjects.marks import marks_of
from subjects.models import Subject
from subjects.selectors import lookup, profile, require_legal_entity

UNKNOWN = "该代码对应的主体"
# Sections of the national report that no unit of the city fills here: where they are found instead.
ELSEWHERE = (
    ("经营异常信息", "由市场监督管理部门在国家企业信用信息公示系统公示，本站不转载。"),
    ("信用承诺信息", "各单位报送的承诺尚未开放公示，可以向受理承诺的单位查询。"),
    ("信用评价信息", "由行业主管部门按各自办法评价和公布；本站只列事实，不打分、不评级。"),
    ("司法判决信息", "由人民法院在中国执行信息公开网、中国裁判文书网公开。"),
)


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
    rows = _listings(selectors.listings_of_subject(shown, today), today)
    disclosed = disclosures_of(shown, today)
    by_kind = {kind: [row for row in rows if row["kind"] == kind] for kind in ("discipline", "incentive")}
    context = {
        "subject": shown,
        "code": found.code,
        "profile": record,
        "facts": _facts(shown, found.code),
        "address": _address(shown),
        "former_codes": [
            row.value for row in record.identifiers if row.type == IdentifierType.USCC and row.value != found.code
        ],
        "listings": by_kind,
        "paused": any(row["state"] == "paused" for row in rows),
        "contested": any(row["mark"] and row["state"] != "paused" for row in rows),
        "repairing": any(row["repairing"] for row in rows),
        "disclosed": disclosed,
        "tabs": _tabs(by_kind, disclosed),
        "elsewhere": ELSEWHERE,
        "mark": selectors.base_marks([shown.public_id]).get(shown.public_id, ""),
        "today": today,
        "at": "search",
    }
    return render(request, "portal/subject.html", context)


def _tabs(by_kind: Mapping[str, list[Any]], disclosed: Mapping[str, Any]) -> list[tuple[str, str, int, bool]]:
    """Return the sections that this page can fill, as (anchor, title, number, whether there are more)."""
    listed = [("serious", "严重失信", len(by_kind["discipline"]), False)]
    listed.append(("honesty", "诚实守信", len(by_kind["incentive"]), False))
    for anchor in ("penalty", "licence"):
        block = disclosed[anchor]
        listed.append((anchor, block["title"], len(block["rows"]), block["more"]))
    return [*listed, ("elsewhere", "其他信息", 0, False)]


def _listings(listed: list[Any], today: date) -> list[dict[str, Any]]:
    contested = contested_among(listed)
    marked = marks_of({"measure": [task.public_id for row in listed for task in row.tasks.all()]})
    marks = {key: words for (_, key), words in marked.items()}
    repairing = under_repair([row.pk for row in listed])
    return [
        public_listing(row, contested.get(row.pk, ""))
        | {
            "laws": measures.laws(row.determination.basis),
            "points": timeline.points(row, today),
            "measures": measures.rows(row, marks),
            "repairing": row.pk in repairing,
        }
        for row in listed
    ]


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
