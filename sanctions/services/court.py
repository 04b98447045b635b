"""What a court orders about a listing: a stay of execution, its lifting, a revocation (行政诉讼法第五十六条、第七十条)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.actors import Actor, acting, settled_day
from core.models import Attachment
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from sanctions.enums import ListingState, OrderKind, PauseCause, Polarity
from sanctions.models import CourtOrder, Listing
from sanctions.services.cases import lead_case
from sanctions.services.clocks import pause_listing, resume_listing, revoke_listing

STAY_BASIS = "行政诉讼法第五十六条"
REVOKE_BASIS = "行政诉讼法第七十条"


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
    violations = _ruling(ruling, found, day, STAY_BASIS)
    if found.polarity == Polarity.INCENTIVE:
        wrong = "守信激励没有可以停止执行的惩戒措施"
        violations.append(Violation("OBJ-07", wrong, None, "核对裁定书所指的决定", STAY_BASIS))
    elif _stays(found):
        wrong = "已有停止执行的裁定，尚未解除"
        violations.append(Violation("OBJ-31", wrong, None, "新裁定取代原裁定的，先登记解除", STAY_BASIS))
    refuse(violations)
    why = f"{ruling.court}{ruling.document}裁定停止执行"
    with acting(actor, "court.stay", reason=reason or why, on=day):
        Listing.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if _stays(found):
            refuse([Violation("OBJ-31", "已有停止执行的裁定，尚未解除", None, "刷新页面查看最新状态", STAY_BASIS)])
        order = _record(found, OrderKind.STAY, ruling, day)
        pause_listing(
            actor=actor, listing=found, cause=PauseCause.COURT, ref=order.public_id, on=day, reason=reason or why
        )
    return order


def lift_stay(
    *, actor: Actor, listing: Listing, ruling: Ruling, on: date | None = None, reason: str = ""
) -> CourtOrder:
    """Record that the stay is lifted: in force again from `on`. Raises Refused OBJ-32 where none is open."""
    found, day = _begin(actor, listing, on, reason)
    violations = _ruling(ruling, found, day, STAY_BASIS)
    refs = _stays(found)
    if not refs:
        violations.append(Violation("OBJ-32", "没有尚未解除的停止执行裁定", None, "核对裁定书文号", STAY_BASIS))
    refuse(violations)
    why = f"{ruling.court}{ruling.document}解除停止执行"
    with acting(actor, "court.lift_stay", reason=reason or why, on=day):
        order = _record(found, OrderKind.LIFT, ruling, day)
        for ref in refs:
            resume_listing(actor=actor, listing=found, ref=ref, on=day, reason=reason or why)
    return order


def court_revoke(
    *, actor: Actor, listing: Listing, ruling: Ruling, on: date | None = None, reason: str = ""
) -> CourtOrder:
    """Record that a court revoked the listing: void from the start, whatever state it is in, once (OBJ-34)."""
    found, day = _begin(actor, listing, on, reason)
    refuse(_ruling(ruling, found, day, REVOKE_BASIS))
    why = f"{ruling.court}{ruling.document}判决撤销"
    with acting(actor, "court.revoke", reason=reason or why, on=day):
        order = _record(found, OrderKind.REVOKE, ruling, day)
        revoke_listing(actor=actor, listing=found, on=day, reason=reason or why)
    return order


def _begin(actor: Actor, listing: Listing, on: date | None, reason: str) -> tuple[Listing, date]:
    require(actor, "sanctions.court.record")
    found = Listing.objects.visible_to(actor).filter(pk=listing.pk).select_related("case_subject__case").first()
    if found is None:
        raise NotFound("该列入记录")
    lead_case(actor, found.case_subject.case)
    return found, settled_day(actor, on, reason)


def _ruling(ruling: Ruling, listing: Listing, day: date, basis: str) -> list[Violation]:
    found = []
    if not ruling.court.strip() or not ruling.document.strip():
        found.append(Violation("SAN-11", "未填写法院或文书号", "document", "按裁判文书填写"))
    if not listing.served_on <= ruling.made_on <= day:
        wrong = f"裁判日 {ruling.made_on} 应在决定送达日 {listing.served_on} 至 {day} 之间"
        found.append(Violation("OBJ-30", wrong, "made_on", "核对裁判文书日期", basis))
    if listing.state == ListingState.REVOKED:
        wrong = f"决定已于 {listing.revoked_from} 撤销"
        found.append(Violation("OBJ-34", wrong, None, "无需再登记；裁判文书可作为附件存档", basis))
    if CourtOrder.objects.filter(listing=listing, document=ruling.document.strip()).exists():
        found.append(Violation("SAN-26", "该文书已经登记", "document", "核对文书号", basis))
    return found


def _stays(listing: Listing) -> list[str]:
    return CourtOrder.open_stays(listing)


def hold_again(actor: Actor, listing: Listing, on: date, reason: str) -> None:
    """Let a listing that a revoked repair gives back stand still from that day for a stay that nobody lifted."""
    for ref in _stays(listing):
        why = "撤销修复时停止执行的裁定尚未解除"
        pause_listing(actor=actor, listing=listing, cause=PauseCause.COURT, ref=ref, on=on, reason=why)


def _record(listing: Listing, kind: str, ruling: Ruling, day: date) -> CourtOrder:
    return CourtOrder.objects.create(
        listing=listing,
        kind=kind,
        court=ruling.court.strip(),
        document=ruling.document.strip(),
        made_on=ruling.made_on,
        recorded_on=day,
        attachment=ruling.attachment,
    )
