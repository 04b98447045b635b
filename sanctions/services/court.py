"""What a court orders about a listing: a stay of execution, its lifting, a revocation (行政诉讼法第五十六条、第七十条)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from core.actors import Actor, acting, settled_day
from core.models import Attachment
from core.periods import PeriodState
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from sanctions import court_rules, letters
from sanctions.court_rules import CourtMatter
from sanctions.enums import OrderKind, PauseCause, Polarity
from sanctions.models import CourtOrder, Listing
from sanctions.services.cases import lead_case
from sanctions.services.clocks import pause_listing, resume_listing, revoke_listing

Rule = Callable[[CourtMatter, date], list[Violation]]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a court's document says of itself: court, number, day, and a copy of it."""

    court: str
    document: str
    made_on: date
    attachment: Attachment | None = None


def stay(*, actor: Actor, listing: Listing, ruling: Ruling, on: date | None = None, reason: str = "") -> CourtOrder:
    """Record a court's stay: the measures stand still from `on` until it is lifted.

    Raises Refused OBJ-07 for a reward, OBJ-31 while a stay is open, OBJ-34 when the listing is revoked.
    """
    found, day = _begin(actor, listing, on, reason)
    _check(found, ruling, day, court_rules.may_stay)
    why = reason or f"{ruling.court}{ruling.document}裁定停止执行"
    with acting(actor, "court.stay", reason=why, on=day):
        _lock(found, day, court_rules.may_stay)
        order = _record(found, OrderKind.STAY, ruling, day)
        pause_listing(actor=actor, listing=found, cause=PauseCause.COURT, ref=order.public_id, on=day, reason=why)
    return order


def lift_stay(
    *, actor: Actor, listing: Listing, ruling: Ruling, on: date | None = None, reason: str = ""
) -> CourtOrder:
    """Record that the stay is lifted: in force again from `on`. Raises Refused OBJ-32 where none is open."""
    found, day = _begin(actor, listing, on, reason)
    _check(found, ruling, day, court_rules.may_lift_stay)
    why = reason or f"{ruling.court}{ruling.document}解除停止执行"
    with acting(actor, "court.lift_stay", reason=why, on=day):
        _lock(found, day, court_rules.may_lift_stay)
        refs = CourtOrder.open_stays(found)
        order = _record(found, OrderKind.LIFT, ruling, day)
        for ref in refs:
            resume_listing(actor=actor, listing=found, ref=ref, on=day, reason=why)
    return order


def court_revoke(
    *, actor: Actor, listing: Listing, ruling: Ruling, on: date | None = None, reason: str = ""
) -> CourtOrder:
    """Record that a court revoked the listing: void from the start, whatever state it is in, once (OBJ-34)."""
    found, day = _begin(actor, listing, on, reason)
    _check(found, ruling, day, court_rules.may_court_revoke)
    why = reason or f"{ruling.court}{ruling.document}判决撤销"
    with acting(actor, "court.revoke", reason=why, on=day):
        _lock(found, day, court_rules.may_court_revoke)
        order = _record(found, OrderKind.REVOKE, ruling, day)
        revoke_listing(actor=actor, listing=found, on=day, reason=why)
    return order


def _begin(actor: Actor, listing: Listing, on: date | None, reason: str) -> tuple[Listing, date]:
    require(actor, "sanctions.court.record")
    found = Listing.objects.visible_to(actor).filter(pk=listing.pk).select_related("case_subject__case").first()
    if found is None:
        raise NotFound("该列入记录")
    lead_case(actor, found.case_subject.case)
    return found, settled_day(actor, on, reason)


def _matter(listing: Listing) -> CourtMatter:
    return CourtMatter(
        decided_on=listing.served_on,
        reward=listing.polarity == Polarity.INCENTIVE,
        revoked_on=listing.revoked_from,
        stayed=bool(CourtOrder.open_stays(listing)),
    )


def _check(listing: Listing, ruling: Ruling, day: date, rule: Rule) -> None:
    matter = _matter(listing)
    found = court_rules.document(ruling.court, ruling.document, ruling.made_on, matter, day)
    if CourtOrder.objects.filter(listing=listing, document=ruling.document.strip()).exists():
        found.append(Violation("SAN-26", "该文书已经登记", "document", "核对文书号", court_rules.STAY_BASIS))
    refuse(found + rule(matter, day))


def _lock(listing: Listing, day: date, rule: Rule) -> None:
    """Hold the listing's row and ask the rule again: of two orders at once, the second sees what the first did."""
    refuse(rule(_matter(Listing.objects.select_for_update(of=("self",)).get(pk=listing.pk)), day))


def _record(listing: Listing, kind: str, ruling: Ruling, day: date) -> CourtOrder:
    order = CourtOrder.objects.create(
        listing=listing,
        kind=kind,
        court=ruling.court.strip(),
        document=ruling.document.strip(),
        made_on=ruling.made_on,
        recorded_on=day,
        attachment=ruling.attachment,
    )
    over = listing.clock().state_on(day) in {PeriodState.ENDED, PeriodState.REVOKED}
    letters.tell_court(order, day, over=over)
    return order


def hold_again(actor: Actor, listing: Listing, on: date, reason: str) -> None:
    """Let a listing that a revoked repair gives back stand still from that day for a stay that nobody lifted."""
    for ref in CourtOrder.open_stays(listing):
        why = "撤销修复时停止执行的裁定尚未解除"
        pause_listing(actor=actor, listing=listing, cause=PauseCause.COURT, ref=ref, on=on, reason=why)
