"""What is announced about listings: performance, and removal when the dates say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock, deadlines, outbox, workflow
from core.actors import Actor, acting, settled_day
from core.chunks import repeated, walked
from core.models import OutboxEvent
from core.periods import PeriodState
from core.problems import NotFound, Violation, refuse
from sanctions.enums import GovernedBy, Polarity
from sanctions.models import ExecutionTask, Listing
from sanctions.models.execution import ended_before
from sanctions.services.cases import lead_case
from sanctions.services.tasks import ACKNOWLEDGE_RULE, FEEDBACK_RULE, cut_tasks
from sanctions.workflow import LISTING, TASK

CHUNK = 5_000
STARTED = "listing.started"
LOOK_BACK = timedelta(days=92)  # a start older than that was announced long ago, or stands in every snapshot
Place = tuple[date | None, int]  # stored end and key of a row


def perform_listing(*, actor: Actor, listing: Listing, reason: str, on: date | None = None) -> Listing:
    """Confirm that an until-performed listing's duty is performed: in force to that day, over from the next.

    By the unit that reported the act, before which it is performed; units with tasks only see it.
    """
    found = (
        Listing.objects.visible_to(actor)
        .filter(pk=listing.pk)
        .select_related("determination", "case_subject__case__unit")
        .first()
    )
    if found is None:
        raise NotFound("该列入记录")
    unit = found.case_subject.case.unit
    if unit.pk not in actor.unit_ids:
        wrong = f"履行情况由发起单位{unit.name}确认"
        refuse([Violation("SAN-09", wrong, remedy="由发起单位审核人员办理")], status=403)
    day = settled_day(actor, on, reason)
    if not found.determination.until_performed:
        refuse([Violation("SAN-50", "该列入有确定期限，不以履行结束", remedy="期限内纠正的可申请信用修复")])
    if day < found.starts_on:
        refuse([Violation("SAN-50", f"履行日 {day} 早于生效日 {found.starts_on}", "on")])
    with acting(actor, "listing.perform", reason=reason, on=day):
        changes: dict[str, date | None] = {"over_from": day + timedelta(days=1), "ends_on": day}
        if found.tacit_from is not None and found.tacit_from >= day:  # the rest of the day is no time to pause
            changes["tacit_from"] = None
        workflow.apply(found, LISTING, "perform", actor=actor, reason=reason, on=day, changes=changes)
        cut_tasks(ExecutionTask.objects.filter(listing=found, follows_listing=True), day)
    return found


def withdraw_reward(*, actor: Actor, listing: Listing, reason: str, on: date | None = None) -> Listing:
    """Withdraw a reward from `on`, by the group or office that gave it; nominated by later discipline, never automatic.

    Raises Refused SAN-51 for a discipline listing, which ends by repair, objection or expiry.
    """
    found = Listing.objects.visible_to(actor).filter(pk=listing.pk).select_related("case_subject__case").first()
    if found is None:
        raise NotFound("该列入记录")
    day = settled_day(actor, on, reason)
    if found.polarity != Polarity.INCENTIVE:
        refuse([Violation("SAN-51", "失信惩戒不能以取消激励结束", remedy="到期移出、信用修复或者异议撤销")])
    lead_case(actor, found.case_subject.case)
    if found.clock().state_on(day) in {PeriodState.ENDED, PeriodState.REVOKED}:
        refuse([Violation("SAN-51", f"该激励至 {found.ends_on} 已结束", "on", "到期的激励由系统公告移出")])
    with acting(actor, "listing.withdraw_reward", reason=reason, on=day):
        last_day = max(day, found.starts_on) - timedelta(days=1)
        changes = {"over_from": last_day + timedelta(days=1), "ends_on": last_day}
        workflow.apply(found, LISTING, "withdraw_reward", actor=actor, reason=reason, on=day, changes=changes)
        cut_tasks(ExecutionTask.objects.filter(listing=found), last_day)
    return found


def record_source_exit(
    *, actor: Actor, listing: Listing, ended_on: date, reason: str, on: date | None = None
) -> Listing:
    """Record that the source has taken the subject off its list: the city's measures are over from that day.

    Only for listings governed by their source, by the unit that reported them (SAN-52).
    """
    found = Listing.objects.visible_to(actor).filter(pk=listing.pk).select_related("case_subject__case").first()
    if found is None:
        raise NotFound("该列入记录")
    day = settled_day(actor, on, reason)
    violations = []
    if found.governed_by != GovernedBy.SOURCE or found.case_subject.case.unit_id not in actor.unit_ids:
        wrong = "只有依源名单列入的，由报送单位登记源名单移出"
        violations.append(Violation("SAN-52", wrong, remedy="本市认定的名单到期移出、信用修复或者异议撤销"))
    if not found.starts_on <= ended_on <= day:
        wrong = f"移出日 {ended_on} 应在生效日 {found.starts_on} 至今天之间"
        violations.append(Violation("SAN-24", wrong, "ended_on", "按源名单的移出文书填写"))
    refuse(violations)
    with acting(actor, "listing.source_exit", reason=reason, on=day):
        last_day = ended_on - timedelta(days=1)
        end = replace(found.recorded(), over_from=ended_on).projected_ends_on()
        changes = {"over_from": ended_on, "ends_on": end}
        workflow.apply(found, LISTING, "source_exit", actor=actor, reason=reason, on=day, changes=changes)
        cut_tasks(ExecutionTask.objects.filter(listing=found, follows_listing=True), last_day)
    return found


def delist_expired(*, actor: Actor, day: date | None = None, chunk: int = CHUNK) -> int:
    """Announce the removal of every listing that the dates have ended; returns how many.

    Only announces: the state was over already (design §3, law 2). Works in chunks, each one transaction, so that a
    killed run leaves nothing half-done; rows that another run holds are skipped. Late or twice changes nothing.
    """
    day = day or clock.today()
    return walked(lambda after: _delist_chunk(actor, day, chunk, after), None)


def announce_starts(*, actor: Actor, day: date | None = None, chunk: int = CHUNK) -> int:
    """Announce every listing whose first day came after it was issued; returns how many. Late or twice the same.

    Only announces: from its first day on it stood on the public lists without this.
    """
    day = day or clock.today()
    told = OutboxEvent.objects.filter(aggregate_type=Listing._meta.label_lower, aggregate_id=OuterRef("public_id"))
    early = told.filter(event_type="listing.issued", recorded_at__date__lt=OuterRef("starts_on"))
    rows = Listing.objects.filter(Exists(early), ~Exists(told.filter(event_type=STARTED)), delisted_on__isnull=True)
    rows = rows.filter(starts_on__gt=day - LOOK_BACK, starts_on__lte=day)
    return walked(lambda after: _start_chunk(actor, day, rows, chunk, after), 0)


def _start_chunk(actor: Actor, day: date, rows: QuerySet[Listing], chunk: int, after: int) -> tuple[int, int | None]:
    with acting(actor, "listing.start", reason="到生效日", on=day):
        locked = rows.filter(pk__gt=after).order_by("pk").select_for_update(of=("self",), skip_locked=True)
        found = list(locked.only("public_id", "starts_on")[:chunk])
        outbox.emit_many(STARTED, found, on=day, payload_of=lambda row: {"starts_on": row.starts_on.isoformat()})
    return len(found), found[-1].pk if len(found) == chunk else None


def _delist_chunk(actor: Actor, day: date, chunk: int, after: Place | None) -> tuple[int, Place | None]:
    """Announce one chunk; returns how many, and the place to go on from while there is more.

    The stored end only finds candidates, in the order of its index, so that no chunk looks at all the rest; the dates
    decide. A row whose stored end is wrong is passed over and does not hold up the others.
    """
    with acting(actor, "listing.delist", reason="期限届满", on=day):
        due = Listing.objects.filter(
            delisted_on__isnull=True, ends_on__lt=day, state__in=LISTING.transition("delist").sources
        )
        if after is not None:
            due = due.filter(Q(ends_on__gt=after[0]) | Q(pk__gt=after[1]), ends_on__gte=after[0])
        found: list[Place] = list(
            due.order_by("ends_on", "pk")
            .select_for_update(of=("self",), skip_locked=True)
            .values_list("ends_on", "pk")[:chunk]
        )
        over = Listing.objects.filter(pk__in=[key for _, key in found]).with_state_on(day)
        ended = workflow.apply_set(
            over.filter(state_on__in=["ended", "revoked"]),
            LISTING,
            "delist",
            actor=actor,
            reason="期限届满",
            on=day,
            changes={"delisted_on": day},
        )
        release_ended_tasks(actor, ended, day)
    return len(ended), found[-1] if len(found) == chunk else None


def release_ended_tasks(actor: Actor, listings: list[int], day: date) -> int:
    """Release the tasks of these listings whose own end has come; a statutory measure runs to its own end."""
    return _release(ExecutionTask.objects.filter(ended_before(day), listing_id__in=listings), actor, day)


def _release(tasks: QuerySet[ExecutionTask], actor: Actor, day: date) -> int:
    """Release tasks whose end has come; what was due of them ran until that end, whenever this is written down."""
    keys = workflow.apply_set(tasks, TASK, "release", actor=actor, reason="措施期限届满", on=day)
    for end, ended in _by_end(keys):
        over = end + timedelta(days=1) if end else day
        deadlines.close_deadlines(ExecutionTask, ended, ACKNOWLEDGE_RULE, FEEDBACK_RULE, on=over, by="措施已解除")
    return len(keys)


def _by_end(keys: list[int]) -> Iterator[tuple[date | None, list[int]]]:
    """Give the tasks by their last day; most runs find one day only and fetch no row."""
    rows = ExecutionTask.objects.filter(pk__in=keys).order_by("ends_on")
    ends = list(rows.values_list("ends_on", flat=True).distinct())
    for end in ends:
        yield end, keys if len(ends) == 1 else list(rows.filter(ends_on=end).values_list("pk", flat=True))


def release_expired_tasks(*, actor: Actor, day: date | None = None, chunk: int = CHUNK) -> int:
    """Release tasks whose own end is not their listing's: a statutory one earlier or later than it; returns how many.

    Works in chunks like `delist_expired`; late or twice changes nothing.
    """
    day = day or clock.today()
    own_end = Q(listing__delisted_on__isnull=False) | Q(follows_listing=False)
    over = ExecutionTask.objects.filter(ended_before(day), own_end, state__in=TASK.transition("release").sources)

    def release_chunk() -> int:
        with acting(actor, "task.release", reason="措施期限届满", on=day):
            locked = over.order_by("ends_on", "pk").select_for_update(of=("self",), skip_locked=True)
            keys = list(locked.values_list("pk", flat=True)[:chunk])
            return _release(ExecutionTask.objects.filter(pk__in=keys), actor, day)

    return repeated(release_chunk, chunk)
