"""修复导航 on a listing's page: when one may apply, with what, where, and the one next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.actors import Actor
from core.problems import Problem
from organizations.acts.pages import address
from repair.models import Application
from repair.navigator import Guide, guide
from sanctions.enums import Polarity
from sanctions.models import Listing
from sanctions.page_sections import PageSection


@dataclass(frozen=True, slots=True)
class Shown:
    """The guide, or why there is none today; the application's page only for those who may open it."""

    guide: Guide | None
    why_not: str = ""
    page: str = ""


def of_listing(actor: Actor, listing: Listing, day: date) -> PageSection | None:
    """Return the navigator for a discipline listing; nothing for a reward."""
    if listing.polarity == Polarity.INCENTIVE:
        return None
    try:
        found = guide(listing, day)
    except Problem as problem:  # a rule is missing: the page says so and stands
        return _section(Shown(None, str(problem)))
    return _section(Shown(found, page=_page(actor, found.application)))


def _section(shown: Shown) -> PageSection:
    return PageSection("修复导航", "repair/parts/guide.html", shown)


def _page(actor: Actor, application: str) -> str:
    if not application:
        return ""
    row = Application.objects.visible_to(actor).filter(public_id=application).first()
    return address(row) if row is not None else ""
