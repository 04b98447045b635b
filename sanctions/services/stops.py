"""Stop notices: every unit is told at once what a pause, a repair or a revocation means for its measures.

Not begun: waits, its terms close with the pause and are opened anew on resumption. Being applied: the unit confirms
within OBJ-T07 that it has suspended, and later within OBJ-T09 that it has resumed. Applied before a revocation: the
unit restores within OBJ-T10 and says what. Over otherwise: it confirms within OBJ-T11 that it has stopped. Class 3: a
notice without duty (design §4, What 暂停 means). Called by `sanctions.services.clocks` in its act.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from core import deadlines, outbox
from core.actors import Actor, acting, settled_day
from core.masking import no_personal_numbers
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from sanctions import letters
from sanctions.enums import StopKind, TaskDuty, TaskState
from sanctions.models import ExecutionTask, Feedback, Listing, TaskStop
from sanctions.services.tasks import ACKNOWLEDGE_RULE, FEEDBACK_RULE

# Until when a unit that applies a measure says that it follows; the duty to restore is longer than a word.
TERMS = {
    StopKind.SUSPEND: ("OBJ-T07", "暂停通知"),
    StopKind.RESUME: ("OBJ-T09", "恢复通知"),
    StopKind.RESTORE: ("OBJ-T10", "恢复原状通知"),
    StopKind.RELEASE: ("OBJ-T11", "停止执行通知"),
}
CONFIRM_RULES = tuple(rule for rule, _ in TERMS.values())
PAUSED = "暂停"
RUNNING = (TaskState.ASSIGNED, TaskState.ACKNOWLEDGED, TaskState.APPLIED)


def pausing(listing: Listing) -> QuerySet[ExecutionTask]:
    """Return the running tasks of the listing that a pause touches: those that follow it, and whose article says so."""
    tasks: QuerySet[ExecutionTask] = ExecutionTask.objects.filter(
        listing=listing, stops_on_pause=True, state__in=RUNNING
    )
    return tasks


def suspend(listing: Listing, ref: str, on: date, reason: str) -> list[TaskStop]:
    """Tell every unit to suspend; terms of what was not begun stop, what is being applied is to be confirmed."""
    return suspend_tasks(list(pausing(listing)), ref, on, reason)


def suspend_all(refs: Mapping[int, str], on: date, reason: str) -> list[TaskStop]:
    """Tell every unit of many listings to suspend, each by its own record; as many statements as for one."""
    tasks = ExecutionTask.objects.filter(listing__in=list(refs), stops_on_pause=True, state__in=RUNNING)
    return suspend_tasks(list(tasks.order_by("pk")), refs, on, reason)


def suspend_tasks(tasks: list[ExecutionTask], ref: str | Mapping[int, str], on: date, reason: str) -> list[TaskStop]:
    """Tell the units of these tasks alone to suspend: a pause of their listing, or measures that a court lifts.

    ref: the record that called for it, one for all or one by listing.
    """
    waiting = [task.pk for task in tasks if task.state != TaskState.APPLIED]
    deadlines.close_deadlines(ExecutionTask, waiting, ACKNOWLEDGE_RULE, FEEDBACK_RULE, on=on, by=PAUSED)
    return _send(tasks, StopKind.SUSPEND, ref, on, reason, _being_applied)


def resume(listing: Listing, ref: str, on: date, reason: str) -> list[TaskStop]:
    """Tell every unit to resume; the terms of what was not begun are counted anew from `on`."""
    return resume_tasks(list(pausing(listing)), ref, on, reason)


def resume_tasks(tasks: list[ExecutionTask], ref: str, on: date, reason: str) -> list[TaskStop]:
    """Tell the units of these tasks to resume; the terms of what was not begun are counted anew."""
    duties = [task for task in tasks if task.duty == TaskDuty.DUTY]
    assigned = [task for task in duties if task.state == TaskState.ASSIGNED]
    known = [task for task in duties if task.state == TaskState.ACKNOWLEDGED]
    begun = max([on, *(task.starts_on for task in known)])
    deadlines.open_deadlines(assigned, ACKNOWLEDGE_RULE, event="恢复执行", counts_from=on)
    deadlines.open_deadlines(known, FEEDBACK_RULE, event="恢复执行", counts_from=begun)
    return _send(tasks, StopKind.RESUME, ref, on, reason, _being_applied)


def release(tasks: Iterable[ExecutionTask], on: date, reason: str) -> list[TaskStop]:
    """Tell the units that these tasks, as they stood, are over."""
    return _send(list(tasks), StopKind.RELEASE, "", on, reason, _being_applied)


def restore(listing: Listing, tasks: Iterable[ExecutionTask], on: date, reason: str) -> list[TaskStop]:
    """Charge the units with restoring whatever was ever applied under a revoked listing; tell the others it is over.

    tasks: those that ran until the revocation, as they stood.
    """
    applied = Exists(Feedback.objects.filter(task=OuterRef("pk")))
    duties = list(ExecutionTask.objects.filter(applied, listing=listing, duty=TaskDuty.DUTY))
    done = {task.pk for task in duties}
    release([task for task in tasks if task.pk not in done], on, reason)
    return _send(duties, StopKind.RESTORE, "", on, reason, lambda _: True)


def supersede(tasks: Iterable[int], on: date) -> None:
    """Let notices that nobody confirmed yet be overtaken by what happens now; their terms close."""
    earlier = TaskStop.objects.filter(task_id__in=list(tasks), confirmed_on__isnull=True, superseded_on__isnull=True)
    keys = list(earlier.select_for_update().values_list("pk", flat=True))
    if keys:
        TaskStop.objects.filter(pk__in=keys).update(superseded_on=on)
        deadlines.close_deadlines(TaskStop, keys, *CONFIRM_RULES, on=on, by="被后续通知取代")


def _being_applied(task: ExecutionTask) -> bool:
    return task.state == TaskState.APPLIED and task.duty == TaskDuty.DUTY


def _send(
    tasks: list[ExecutionTask],
    kind: str,
    ref: str | Mapping[int, str],
    on: date,
    reason: str,
    confirmed: Callable[[ExecutionTask], bool],
) -> list[TaskStop]:
    """Write one notice per task in one INSERT, in the place of those not confirmed yet; what is to be confirmed is due."""
    supersede([task.pk for task in tasks], on)
    sent = TaskStop.objects.bulk_create(
        TaskStop(
            task=task,
            unit_id=task.unit_id,
            kind=kind,
            ref=ref if isinstance(ref, str) else ref[task.listing_id],
            reason=reason.strip(),
            sent_on=on,
            must_confirm=confirmed(task),
        )
        for task in tasks
    )
    rule, event = TERMS[StopKind(kind)]
    if waiting := [stop for stop in sent if stop.must_confirm]:
        deadlines.open_deadlines(waiting, rule, event=event, counts_from=on)
    letters.tell_stops(sent, kind, on)
    return sent


def confirm_stop(*, actor: Actor, stop: TaskStop, on: date | None = None, done: str = "", reason: str = "") -> TaskStop:
    """Confirm for the unit that it follows a notice; for a restoration, with what was restored.

    Raises Refused SAN-40 for another unit's notice, SAN-57 for one confirmed, overtaken or not to be confirmed, SAN-11
    for a restoration without what was done.
    """
    require(actor, "sanctions.task.handle")
    if not TaskStop.objects.visible_to(actor).filter(pk=stop.pk).exists():
        raise NotFound("该通知")
    day = settled_day(actor, on, reason)
    with acting(actor, "stop.confirm", reason=reason, on=day):
        held = TaskStop.objects.select_for_update(of=("self",)).select_related("unit").get(pk=stop.pk)
        if held.unit_id not in actor.unit_ids:
            wrong = f"该通知由{held.unit.name}确认"
            refuse([Violation("SAN-40", wrong, remedy=f"由{held.unit.name}的经办或审核人员办理")], status=403)
        refuse([*_confirmation(held, day, done), *no_personal_numbers(done)])
        held.confirmed_on, held.done = day, done.strip()
        held.confirmed_by_key, held.confirmed_by_label = actor.key, actor.label
        held.save(update_fields=["confirmed_on", "done", "confirmed_by_key", "confirmed_by_label"])
        deadlines.close_deadlines(TaskStop, [held.pk], *CONFIRM_RULES, on=day, by="已确认")
        outbox.emit("stop.confirmed", held, on=day, payload={"kind": held.kind, "confirmed_on": day.isoformat()})
        if held.kind == StopKind.RESTORE:
            letters.tell_restored(held)
    return held


def _confirmation(held: TaskStop, day: date, done: str) -> list[Violation]:
    if not held.must_confirm:
        return [Violation("SAN-57", "该通知只作告知，无需确认", remedy="无需办理")]
    if held.confirmed_on is not None:
        return [Violation("SAN-57", f"该通知已于 {held.confirmed_on} 确认", remedy="无需重复确认")]
    if held.superseded_on is not None:
        wrong = f"该通知已于 {held.superseded_on} 被后续通知取代"
        return [Violation("SAN-57", wrong, remedy="按最新的通知办理")]
    found = []
    if day < held.sent_on:
        found.append(Violation("SAN-24", f"确认日 {day} 早于通知日 {held.sent_on}", "on", "按实际落实的日期填写"))
    if held.kind == StopKind.RESTORE and not done.strip():
        found.append(Violation("SAN-11", "未填写恢复原状的情况", "done", "写明恢复了什么、何时恢复"))
    return found


def stops_of(listing: Listing) -> list[dict[str, Any]]:
    """Return who was told what about a listing's measures and since when each follows, newest first; one query."""
    rows = TaskStop.objects.filter(task__listing=listing).select_related("unit", "task__measure").order_by("-pk")
    return [
        {
            "id": row.public_id,
            "unit": row.unit.name,
            "measure": str(row.task.measure),
            "kind": row.kind,
            "label": row.get_kind_display(),
            "sent_on": row.sent_on,
            "must_confirm": row.must_confirm,
            "confirmed_on": row.confirmed_on,
            "superseded_on": row.superseded_on,
            "done": row.done,
        }
        for row in rows
    ]
