"""Search of legal entities."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import clock
from core.paging import Page
from core.problems import Problem
from portal import selectors
from portal.views.base import PAGE_LENGTH, cursor_of, page, text_of
from subjects.enums import LEGAL_ENTITY_KINDS, MatchReason, SubjectKind, SubjectStatus
from subjects.selectors import Hit, search

LONGEST_QUERY = 200
KINDS = [(kind, SubjectKind(kind).label) for kind in LEGAL_ENTITY_KINDS]


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit in the words of the page."""

    hit: Hit
    kind: str
    status: str
    ended: bool
    reason: str
    standing: list[tuple[str, str]]
    mark: str

    @property
    def needs_word(self) -> bool:
        """Whether the reason of the match is not plain from the name itself."""
        return self.hit.reason in (MatchReason.FORMER_NAME, MatchReason.FRAGMENTS)


@page()
def results(request: HttpRequest) -> HttpResponse:
    """List who is meant by the words, why each stands there, and what lists it is on; say what to do where none is."""
    q = text_of(request, "q", LONGEST_QUERY)
    kind = text_of(request, "kind") if text_of(request, "kind") in LEGAL_ENTITY_KINDS else None
    found: Page[Hit] | None = None
    problem: Problem | None = None
    if q:
        try:
            found = search(q, kind=kind, cursor=cursor_of(request), limit=PAGE_LENGTH, provisional=False)
        except Problem as refusal:
            if refusal.code == "bad_cursor":
                raise
            problem = refusal
    context = {
        "q": q,
        "kind": kind or "",
        "kinds": KINDS,
        "found": found,
        "rows": _rows(found) if found else [],
        "problem": problem,
        "first_page": not cursor_of(request),
    }
    return render(request, "portal/search.html", context, status=problem.status if problem else 200)


def _rows(found: Page[Hit]) -> list[Shown]:
    standing = selectors.standing_of([hit.subject_id for hit in found.items], clock.today()) if found.items else {}
    marks = selectors.base_marks([hit.public_id for hit in found.items])
    return [
        Shown(
            hit,
            SubjectKind(hit.kind).label,
            SubjectStatus(hit.status).label,
            hit.status != SubjectStatus.ACTIVE,
            MatchReason(hit.reason).label,
            standing.get(hit.subject_id, []),
            marks.get(hit.public_id, ""),
        )
        for hit in found.items
    ]
