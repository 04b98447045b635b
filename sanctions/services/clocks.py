"""The acts that stop, move or end a listing's clock; each inside its caller's own act and transaction.

The caller has judged and holds the officer's scope; here the listing is locked, its state re-checked, the dates written
with the projections that follow from them, and the act recorded and announced. Every function is called inside
`acting(actor, …, on=on)`, so that acceptance of an objection and the pause it causes are one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from core import workflow
from core.actors import Actor
from core.periods import DAY, Clock, Period, PeriodState, ends_on
from core.problems import Violation, refuse
from sanctions import effects, rules
from sanctions.enums import ListingState, PauseCause, Polarity, TaskState
from sanctions.measures import period_terms
from sanctions.models import Amendment, ExecutionTask, Listing, ListingPause
from sanctions.services import stops
from sanctions.services.tasks import lift_tasks, move_tasks, reopen_tasks
from sanctions.workflow import LISTING

OVER = (PeriodState.ENDED, PeriodState.REVOKED)
EXPECT_SQL = """
UPDATE sanctions_listing listing SET tacit_from = wanted.value::date
  FROM jsonb_each_text(%s::jsonb) wanted
 WHERE listing.id = wanted.key::bigint AND listing.polarity = 'discipline'
   AND listing.tacit_from IS DISTINCT FROM wanted.value::date
"""


def pause_listing(
    *, actor: Actor, listing: Listing, cause: str, ref: str, on: date, reason: str
) -> ListingPause | None:
    """Let the clock stand from `on` for this cause and record; None when the listing is over, or is a reward.

    Called again for the same record it gives the pause that is open. A listing whose removal was announced although
    the pause is earlier than its end comes back: the dates decide, not the announcement.
    """
    held = _locked(listing, on)
    if not _pausable(held, on):
        return None
    open_one = held.pauses.filter(cause=cause, ref=ref, to_on=None).first()
    if open_one is not None:
        return open_one
    joins = held.pauses.filter(to_on=None).exists()
    pause = ListingPause.objects.create(listing=held, cause=cause, ref=ref, from_on=on)
    if held.state == ListingState.DELISTED:
        workflow.apply(held, LISTING, "relist", actor=actor, reason=reason, on=on, changes={"delisted_on": None})
        _reopen(actor, held, None, on, reason)
    if held.state == ListingState.ISSUED:
        taken = {"tacit_from": None} if cause == PauseCause.OBJECTION else {}
        _carry(actor, held, "pause", on, reason, changes=taken, payload={"from_on": on.isoformat()})
        if not joins:
            stops.suspend(held, ref, on, reason)
    else:  # cut after this day, before the act was recorded: the days between were paused, nothing is left to stop
        _project(held)
    _give_back(listing, held)
    return pause


def expect_pause(days: Mapping[int, date | None]) -> None:
    """Let silence open a pause of these listings from its day on, by the date alone; None takes that back.

    days: by listing, each held by the caller. Nothing anybody sees changes before the day; a reward has nothing to stop.
    """
    wanted = {key: day.isoformat() if day else None for key, day in days.items()}
    with connection.cursor() as cursor:
        cursor.execute(EXPECT_SQL, [json.dumps(wanted)])


def pause_listings(*, actor: Actor, refs: Mapping[int, str], cause: str, on: date, reason: str) -> None:
    """Let the clocks of many listings stand from `on`, each for its own record: the set-based twin of `pause_listing`.

    refs: the record's public id by listing. As many statements for many as for one; only those whose removal was
    announced meanwhile, or that were cut before the act was recorded, go one by one.
    """
    held = Listing.objects.select_for_update(of=("self",)).select_related("revision").prefetch_related("pauses")
    standing = [row for row in held.filter(pk__in=list(refs)).order_by("pk") if _pausable(row, on)]
    told = {row.pk: [pause for pause in row.pauses.all() if pause.to_on is None] for row in standing}
    new = [row for row in standing if (cause, refs[row.pk]) not in {(p.cause, p.ref) for p in told[row.pk]}]
    keys = [row.pk for row in new if row.state == ListingState.ISSUED]
    for row in (row for row in new if row.state != ListingState.ISSUED):
        pause_listing(actor=actor, listing=row, cause=cause, ref=refs[row.pk], on=on, reason=reason)
    if not keys:
        return
    taken = {"tacit_from": None} if cause == PauseCause.OBJECTION else {}
    ListingPause.objects.bulk_create(
        ListingPause(listing_id=key, cause=cause, ref=refs[key], from_on=on) for key in keys
    )
    workflow.apply_set(
        Listing.objects.filter(pk__in=keys),
        LISTING,
        "pause",
        actor=actor,
        reason=reason,
        on=on,
        changes={"ends_on": None, **taken},  # while a pause is open no end is known
        payloads={key: {"from_on": on.isoformat()} for key in keys},
    )
    move_tasks(keys)
    stops.suspend_all({key: refs[key] for key in keys if not told[key]}, on, reason)


def _pausable(held: Listing, on: date) -> bool:
    """Tell whether there is something to stop: a reward has nothing, nor has what is over or performed."""
    if held.polarity == Polarity.INCENTIVE or _performed(held, on):
        return False
    return held.clock(on).state_on(on) not in OVER


def resume_listing(*, actor: Actor, listing: Listing, ref: str, on: date, reason: str) -> None:
    """Close the pause that this record opened: `on` is in force again unless another cause still holds the clock.

    Nothing happens where none is open. A listing that was cut meanwhile stays over; only its pause is closed.
    """
    held = _locked(listing, on)
    pauses = list(held.pauses.filter(ref=ref, to_on=None))
    if not pauses:
        return
    for pause in pauses:
        _close(pause, on)
    if held.state == ListingState.ISSUED:
        _carry(actor, held, "resume", on, reason, payload={"resumed_on": on.isoformat()}, tell_end=True)
        if held.clock(on).state_on(on) in {PeriodState.PENDING, PeriodState.IN_FORCE}:
            stops.resume(held, ref, on, reason)
    else:
        _project(held)
    _give_back(listing, held)


def revoke_listing(*, actor: Actor, listing: Listing, on: date, reason: str) -> Listing:
    """Revoke the listing: void from the start, gone from every list from `on`; every task is lifted."""
    held = _locked(listing, on)
    for pause in held.pauses.filter(to_on=None):
        _close(pause, max(on, pause.from_on))
    changes = {"revoked_from": on, "delisted_on": held.delisted_on or on}
    _carry(actor, held, "revoke", on, reason, changes=changes, payload={"revoked_from": on.isoformat()})
    ran = lift_tasks(actor, ExecutionTask.objects.filter(listing=held), on, reason)
    stops.restore(held, ran, on, reason)
    effects.revoked(actor, held, on, reason)
    return _give_back(listing, held)


def repair_listing(*, actor: Actor, listing: Listing, on: date, reason: str) -> Listing:
    """End the listing by repair: over from `on`, the day of publication; tasks that follow it are lifted.

    Raises Refused SAN-55 unless it is in force or paused on that day.
    """
    held = _locked(listing, on)
    state = held.clock(on).state_on(on)
    if held.state == ListingState.ISSUED and state not in {PeriodState.IN_FORCE, PeriodState.PAUSED}:
        wrong = f"该列入在 {on} 不在实施期内，不能以信用修复结束"
        refuse([Violation("SAN-55", wrong, "on", "未生效的等待生效；已结束的无需修复")])
    changes = {"over_from": on, "delisted_on": on}
    _carry(actor, held, "repair", on, reason, changes=changes, payload={"over_from": on.isoformat()})
    stops.release(lift_tasks(actor, _repairable(held), on, reason), on, reason)
    return _give_back(listing, held)


def restore_listing(*, actor: Actor, listing: Listing, on: date, reason: str) -> Listing:
    """Take a repair back: in force again from `on`, the days that the repair took are given back at the end."""
    held = _locked(listing, on)
    repaired_on = held.over_from
    if held.state == ListingState.REPAIRED and repaired_on is not None:
        if on < repaired_on:
            wrong = f"恢复日 {on} 早于修复日 {repaired_on}"
            refuse([Violation("SAN-55", wrong, "on", "按撤销修复决定的日期填写")])
        ListingPause.objects.create(listing=held, cause=PauseCause.LAPSE, from_on=repaired_on, to_on=on)
    changes = {"over_from": None, "delisted_on": None}
    _carry(actor, held, "restore", on, reason, changes=changes, tell_end=True)
    _reopen(actor, held, repaired_on, on, reason)
    _give_back(listing, held)
    effects.restored(actor, listing, on, reason)
    return listing


def amend_listing(
    *, actor: Actor, listing: Listing, period: Period, on: date, reason: str, official_number: str
) -> Listing:
    """Determine the unified period anew, counted from the same first day; days lived are not rewritten.

    Where the new end, with the pauses up to `on`, lies before `on`, the listing is over from `on` instead. A listing
    that is over already keeps its dates; the new determination is recorded. Raises Refused SAN-20 outside the
    catalogue's range, SAN-54 for a later end, SAN-55 when it is revoked.
    """
    held = _locked(listing, on)
    new_end = ends_on(held.starts_on, period)
    refuse(_amendment_violations(held, period, official_number))
    Amendment.objects.create(
        listing=held,
        **period.as_dict(),
        original_ends_on=new_end,
        official_number=official_number.strip(),
        issued_on=on,
        reason=reason.strip(),
    )
    if held.state == ListingState.ISSUED:
        shorter = _changed(held.clock(on), original_ends_on=new_end).earliest_ends_on(on)
        if shorter is not None and shorter < on:
            _carry(actor, held, "amend_over", on, reason, changes={"over_from": on}, tell_end=True)
            stops.release(lift_tasks(actor, _following(held), on, reason), on, reason)
        else:
            _carry(actor, held, "amend", on, reason, changes={"original_ends_on": new_end}, tell_end=True)
    return _give_back(listing, held)


def _amendment_violations(held: Listing, period: Period, official_number: str) -> list[Violation]:
    if held.state == ListingState.REVOKED:
        return [Violation("SAN-55", "该列入已撤销，没有期限可以变更", remedy="无需办理")]
    found = rules.amended_period(period, period_terms(held.revision), held.starts_on, held.original_ends_on)
    if not official_number.strip():
        found.append(Violation("SAN-11", "未填写变更决定文号", "official_number", "填写变更决定的文号"))
    return found


def _performed(held: Listing, on: date) -> bool:
    """Tell whether performance was confirmed by this day: the rest of that day is no time to pause."""
    return held.state == ListingState.PERFORMED and held.over_from is not None and on >= held.over_from - DAY


def _locked(listing: Listing, on: date) -> Listing:
    """Return the listing held, with what silence has opened before this day recorded first."""
    rows = Listing.objects.select_for_update(of=("self",)).select_related("revision")
    held: Listing = rows.get(pk=listing.pk)
    if held.tacit_from is not None and held.tacit_from < on:
        effects.spoken(held, on)
        held = rows.get(pk=listing.pk)
    return held


def _following(held: Listing) -> Any:
    return ExecutionTask.objects.filter(listing=held, follows_listing=True)


def _repairable(held: Listing) -> Any:
    return ExecutionTask.objects.filter(listing=held, ends_on_repair=True)


def _reopen(actor: Actor, held: Listing, cut_on: date | None, on: date, reason: str) -> None:
    """Assign anew the tasks that the end of the listing released, and those whose own period was cut with it."""
    released = ExecutionTask.objects.filter(listing=held, state=TaskState.RELEASED)
    keys = reopen_tasks(actor, released.filter(Q(follows_listing=True) | Q(over_from=cut_on)), on, reason)
    stops.supersede(keys, on)


def _changed(clock: Clock, **changes: Any) -> Clock:
    """Return the clock as it will be after these columns are written."""
    known = {field.name for field in fields(Clock)}
    return replace(clock, **{name: value for name, value in changes.items() if name in known})


def _close(pause: ListingPause, on: date) -> None:
    if on < pause.from_on:
        wrong = f"恢复日 {on} 早于暂停日 {pause.from_on}"
        refuse([Violation("SAN-55", wrong, "on", "按答复或者裁定的日期填写")])
    pause.to_on = on
    pause.save(update_fields=["to_on"])


def _carry(
    actor: Actor,
    held: Listing,
    act: str,
    on: date,
    reason: str,
    *,
    changes: dict[str, Any] | None = None,
    payload: dict[str, Any] | None = None,
    tell_end: bool = False,
) -> None:
    """Record the act with its columns and the end that follows from them; move the ends that follow the listing's."""
    refuse(workflow.check(held, LISTING, act, actor, reason)[1])
    written = dict(changes or {})
    end = _changed(held.recorded(), **written).projected_ends_on()
    told = dict(payload or {})
    if tell_end:
        known = end if held.tacit_from is None else _changed(held.clock(on), **written).projected_ends_on()
        told["ends_on"] = known.isoformat() if known else None
    workflow.apply(
        held, LISTING, act, actor=actor, reason=reason, on=on, changes={**written, "ends_on": end}, payload=told
    )
    move_tasks([held.pk])


def _project(held: Listing) -> None:
    """Write the end anew where it moved without an act on the listing itself."""
    end = held.recorded().projected_ends_on()
    if end != held.ends_on:
        held.ends_on = end
        held.save(update_fields=["ends_on"])
        move_tasks([held.pk])


def _give_back(listing: Listing, held: Listing) -> Listing:
    """Bring the caller's own object up to what was written."""
    for name in ("state", "original_ends_on", "ends_on", "over_from", "revoked_from", "delisted_on", "tacit_from"):
        setattr(listing, name, getattr(held, name))
    getattr(listing, "_prefetched_objects_cache", {}).clear()
    return listing
