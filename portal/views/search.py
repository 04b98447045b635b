"""Search of legal entities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from core.api.params import Param
from core.paging import Page
from core.problems import Problem
from organizations.selectors import districts
from portal import selectors
from portal.api.shapes import POLARITIES
from portal.views.base import CURSOR, PAGE_LENGTH, asked, page
from subjects.enums import LEGAL_ENTITY_KINDS, MatchReason, SubjectKind, SubjectStatus
from subjects.selectors import Among, Hit, search

KINDS = [(kind, SubjectKind(kind).label) for kind in LEGAL_ENTITY_KINDS]
TAGS = [("incentive", "守信激励对象"), ("discipline", "失信惩戒对象")]
PARAMS = (
    Param("q", label="名称或者代码", limit=2000),
    Param("kind", label="主体类型", choices=LEGAL_ENTITY_KINDS),
    Param("district", label="区县", limit=6),
    Param("tag", label="名单", choices=POLARITIES),
    CURSOR,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit in the words of the page."""

    hit: Hit
    kind: str
    district: str
    status: str
    ended: bool
    why: str
    standing: list[tuple[str, str]]
    mark: str


@page()
def results(request: HttpRequest) -> HttpResponse:
    """List who is meant by the words, why each stands there, and what lists it is on; say what to do where none is."""
    query = asked(request, *PARAMS)
    places = districts()
    if query["district"] and query["district"] not in places:
        raise Problem("bad_parameter", "没有这个区县", field="district", remedy="从列出的区县中选择")
    found: Page[Hit] | None = None
    problem: Problem | None = None
    if query["q"]:
        try:
            found = _search(query)
        except Problem as refusal:
            if refusal.code == "bad_cursor":
                raise
            problem = refusal
    context = {
        "q": query["q"] or "",
        "query": query,
        "filters": _filters(query, places),
        "narrowed": any(query[name] for name in ("kind", "district", "tag")),
        "found": found,
        "rows": _rows(found, places, query["tag"]) if found else [],
        "problem": problem,
        "first_page": not query["cursor"],
        "at": "search",
    }
    return render(request, "portal/search.html", context, status=problem.status if problem else 200)


def _filters(query: dict[str, Any], places: dict[str, str]) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Return what the results may be narrowed by, each choice with the address that takes it."""
    given = {name: query[name] for name in ("q", "kind", "district", "tag") if query[name]}
    groups = (
        ("kind", "主体类型", "全部", KINDS),
        ("district", "区县", "全部", places.items()),
        ("tag", "名单", "不限", TAGS),
    )
    found = []
    for name, title, everything, choices in groups:
        others = {key: value for key, value in given.items() if key != name}
        rows = [(everything, "?" + urlencode(others), not query[name])]
        rows += [
            (str(label), "?" + urlencode(others | {name: value}), query[name] == value) for value, label in choices
        ]
        found.append((name, title, rows))
    return found


def _search(query: dict[str, Any]) -> Page[Hit]:
    tag = query["tag"]
    among = Among(tag, selectors.subjects_on_list(clock.today(), tag)) if tag else None
    return search(
        query["q"],
        kind=query["kind"],
        district=query["district"],
        among=among,
        cursor=query["cursor"],
        limit=PAGE_LENGTH,
        provisional=False,
    )


def _rows(found: Page[Hit], places: dict[str, str], tag: str | None) -> list[Shown]:
    standing = selectors.standing_of([hit.subject_id for hit in found.items], clock.today()) if found.items else {}
    marks = selectors.base_marks([hit.public_id for hit in found.items])
    return [
        Shown(
            hit,
            SubjectKind(hit.kind).label,
            places.get(hit.district_code, ""),
            SubjectStatus(hit.status).label,
            hit.status != SubjectStatus.ACTIVE,
            _why(hit),
            standing.get(hit.subject_id, []),
            marks.get(hit.public_id, ""),
        )
        for hit in found.items
        # Who is on a list may be known a minute late; nobody is shown under a tag that has been taken off since.
        if not tag or any(polarity == tag for polarity, _ in standing.get(hit.subject_id, []))
    ]


def _why(hit: Hit) -> str:
    """Return why the hit stands there, where that is not plain from its name."""
    if hit.reason == MatchReason.FORMER_NAME:
        return f"曾用名匹配：{hit.matched}"
    if hit.reason == MatchReason.CODE:
        return "代码匹配" if hit.matched == hit.code else f"代码匹配：{hit.matched}"
    if hit.reason == MatchReason.FRAGMENTS:
        return "片段匹配：所查的字分开出现" + ("" if hit.matched == hit.name else f"于曾用名 {hit.matched}")
    return ""
