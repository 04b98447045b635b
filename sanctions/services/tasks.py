"""Execution: tasks assigned with the listing, acknowledged, applied with evidence or refused with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce, Least

from catalog.models import RevisionMeasure
from core import deadlines, workflow
from core.actors import Actor, acting, current, settled_day
from core.models import Attachment
from core.periods import Period, PeriodState, ends_on
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from organizations.selectors import acting_unit_on
from sanctions import rules
from sanctions.enums import TaskDuty, TaskState
from sanctions.measures import bearing_on
from sanctions.models import Determination, ExecutionTask, Feedback, Listing
from sanctions.models.execution import TASK_ENDS_ON_SQL
from sanctions.services.cases import lead_case
from sanctions.workflow import TASK

ACKNOWLEDGE_RULE = "SAN-T03"
FEEDBACK_RULE = "SAN-T04"


def assign_tasks(listing: Listing, determination: Determination) -> list[ExecutionTask]:
    """Create one task per measure and implementing unit of the revision that fits the subject's role; one INSERT.

    A unit dissolved since publication is represented by the one that carries its duties. Measures whose legal support
    is not confirmed are left out (catalogue rule CAT-03); class-3 measures become notices without duty.
    """
    day = current().on
    measures = {row.measure_id: row for row in bearing_on(determination.case, listing.case_subject)}
    tasks = []
    for cell in listing.revision.measure_units.select_related("unit").order_by("measure__code", "unit__code"):
        row = measures.get(cell.measure_id)
        unit = acting_unit_on(cell.unit, day)
        if row is None or unit is None:
            continue
        follows = row.mode == "follows_listing"
        own_end = None if follows else _statutory_end(row, listing, determination)
        tasks.append(
            ExecutionTask(
                listing=listing,
                revision_id=listing.revision_id,
                measure=row.measure,
                named_unit=cell.unit,
                unit=unit,
                content=row.content or row.measure.name,
                duty=TaskDuty.NOTICE if row.measure.measure_class == 3 else TaskDuty.DUTY,
                assigned_on=day,
                starts_on=listing.starts_on,
                ends_on=listing.ends_on if follows else own_end,
                follows_listing=follows,
                original_ends_on=own_end,
                stops_on_pause=row.stops_on_pause,
                ends_on_repair=row.ends_on_repair,
            )
        )
    created = ExecutionTask.objects.bulk_create(tasks)
    duties = [task for task in created if task.duty == TaskDuty.DUTY]
    deadlines.open_deadlines(duties, ACKNOWLEDGE_RULE, event="任务下达", counts_from=day)
    return created


def _statutory_end(row: RevisionMeasure, listing: Listing, determination: Determination) -> date | None:
    months = determination.measure_months.get(row.measure.code)
    if months:
        return ends_on(listing.starts_on, Period(months=months))
    return rules.statutory_end(
        listing.starts_on,
        determination.period,
        row.statutory_min_months,
        row.statutory_max_months,
        permanent=row.statutory_permanent,
    )


def cut_tasks(tasks: QuerySet[ExecutionTask], last_day: date) -> int:
    """End tasks that are not over by `last_day` on it; those that ended before keep their own end."""
    first = Value(last_day + timedelta(days=1))
    own = Case(When(follows_listing=False, then=Least(Coalesce(F("over_from"), first), first)))
    return tasks.exclude(state=TaskState.RELEASED).update(
        ends_on=Least(Coalesce(F("ends_on"), Value(last_day)), Value(last_day)), over_from=own
    )


MOVE_SQL = (
    "UPDATE sanctions_executiontask SET ends_on = moved.last_day"
    f" FROM (SELECT task.id, {TASK_ENDS_ON_SQL.format(t='task')} AS last_day FROM sanctions_executiontask task"
    " WHERE task.listing_id = ANY(%s) AND task.state <> 'released') moved"
    " WHERE sanctions_executiontask.id = moved.id AND sanctions_executiontask.ends_on IS DISTINCT FROM moved.last_day"
)


def move_tasks(listings: list[int]) -> int:
    """Give the tasks of these listings that are not released the ends that their dates say; one UPDATE, in the act."""
    with connection.cursor() as cursor:
        cursor.execute(MOVE_SQL, [listings])
        return int(cursor.rowcount)


def lift_tasks(actor: Actor, tasks: QuerySet[ExecutionTask], on: date, reason: str) -> list[ExecutionTask]:
    """End these tasks from `on`, by repair, revocation or amendment; returns those that ran, as they stood."""
    running = list(tasks.filter(state__in=TASK.transition("lift").sources))
    cut_tasks(tasks, on - timedelta(days=1))
    keys = workflow.apply_set(tasks, TASK, "lift", actor=actor, reason=reason, on=on)
    deadlines.close_deadlines(ExecutionTask, keys, ACKNOWLEDGE_RULE, FEEDBACK_RULE, on=on, by="措施已解除")
    return running


def reopen_tasks(actor: Actor, tasks: QuerySet[ExecutionTask], on: date, reason: str) -> list[int]:
    """Assign released tasks anew, because what ended them was taken back; the term for acknowledging begins again."""
    keys = workflow.apply_set(tasks, TASK, "reopen", actor=actor, reason=reason, on=on)
    reopened = ExecutionTask.objects.filter(pk__in=keys)
    reopened.update(over_from=None)
    move_tasks(list(reopened.values_list("listing_id", flat=True).distinct()))
    duties = list(reopened.filter(duty=TaskDuty.DUTY))
    deadlines.open_deadlines(duties, ACKNOWLEDGE_RULE, event="恢复实施", counts_from=on)
    return keys


def own_task(actor: Actor, task: ExecutionTask) -> ExecutionTask:
    """Return the task freshly read when it is the actor's unit's own; others do not act for a unit."""
    found = ExecutionTask.objects.visible_to(actor).filter(pk=task.pk).select_related("unit", "listing").first()
    if found is None:
        raise NotFound("该实施任务")
    if found.unit_id not in actor.unit_ids:
        refuse(
            [Violation("SAN-40", f"任务由{found.unit.name}办理", remedy=f"由{found.unit.name}的经办或审核人员办理")],
            status=403,
        )
    return found


def acknowledge_task(*, actor: Actor, task: ExecutionTask, on: date | None = None, reason: str = "") -> ExecutionTask:
    """Acknowledge a task; the term for feedback begins."""
    task = own_task(actor, task)
    day = settled_day(actor, on, reason)
    with acting(actor, "task.acknowledge", reason=reason, on=day):
        workflow.apply(task, TASK, "acknowledge", actor=actor, reason=reason, on=day)
        deadlines.close_deadline(task, ACKNOWLEDGE_RULE, on=day, by="已签收")
        if task.duty == TaskDuty.DUTY and task.clock().state_on(day) != PeriodState.PAUSED:  # it waits, with its terms
            later = task.starts_on > day  # nothing can be applied before the effective day
            event = "措施生效" if later else "任务签收"
            deadlines.open_deadline(task, FEEDBACK_RULE, event=event, counts_from=max(day, task.starts_on))
    return task


@dataclass(frozen=True, slots=True)
class Done:
    """What a unit did: day, matter, content, amount in 万元, effect, proof: a file, or the receipt of a check."""

    done_on: date
    matter: str
    detail: str
    amount: Decimal | None = None
    effect: str = ""
    evidence: Attachment | None = None
    receipt: str = ""


def _done_violations(task: ExecutionTask, done: Done, today: date) -> list[Violation]:
    found = []
    if not done.matter.strip() or not done.detail.strip():
        found.append(Violation("SAN-11", "未填写业务事项或执行内容", "detail", "写明在哪项业务中采取了什么措施"))
    if done.done_on > today or done.done_on < task.starts_on:
        found.append(
            Violation(
                "SAN-41",
                f"实施日 {done.done_on} 应在措施生效日 {task.starts_on} 至今天 {today} 之间",
                "done_on",
                "生效之前不得实施",
            )
        )
    end = task.end_on(today)
    if end and done.done_on > end:
        found.append(
            Violation("SAN-42", f"措施已于 {end} 到期，不能在 {done.done_on} 实施", "done_on", "停止实施并解除")
        )
    if done.amount is not None and done.amount < 0:
        found.append(Violation("SAN-11", "涉及金额不能为负", "amount", "以万元填写"))
    if done.evidence is None and not done.receipt and task.duty == TaskDuty.DUTY:
        found.append(Violation("SAN-45", "反馈已实施应附佐证材料", "evidence", "上传执行截图、文书或者台账"))
    return found


def apply_task(*, actor: Actor, task: ExecutionTask, done: Done, on: date | None = None, reason: str = "") -> Feedback:
    """Feed back that the measure is applied, with what was done; the first feedback moves the task to 已实施.

    Raises Refused SAN-41 before the effective day, SAN-42 after the end, SAN-43 while the listing is paused.
    """
    require(actor, "sanctions.task.handle")
    task = own_task(actor, task)
    day = settled_day(actor, on, reason)
    found = _done_violations(task, done, day)
    if task.clock().state_on(done.done_on) == PeriodState.PAUSED:
        found.append(
            Violation(
                "SAN-43",
                "该措施暂停执行，不得作为不予许可、扣分或从严的依据",
                remedy="恢复之后再实施",
                basis=f"{rules.SEED} 二（三）2",
            )
        )
    refuse(found)
    with acting(actor, "task.apply", reason=reason, on=day):
        task = ExecutionTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
        same = task.feedback.filter(done_on=done.done_on, matter=done.matter.strip(), detail=done.detail.strip())
        if same.exists():
            refuse([Violation("SAN-26", "同一实施情况已经反馈", "detail", "无需重复反馈；另有实施的写明不同的业务")])
        if task.state != TaskState.APPLIED:
            workflow.apply(task, TASK, "apply", actor=actor, reason=reason, on=day)
            deadlines.close_deadline(task, FEEDBACK_RULE, on=day, by="已反馈")
        return Feedback.objects.create(
            task=task,
            done_on=done.done_on,
            matter=done.matter.strip(),
            detail=done.detail.strip(),
            amount=done.amount,
            effect=done.effect.strip(),
            evidence=done.evidence,
        )


def refuse_task(*, actor: Actor, task: ExecutionTask, reason: str, on: date | None = None) -> ExecutionTask:
    """Refuse a task with the reason; the group sees it and may insist."""
    task = own_task(actor, task)
    day = settled_day(actor, on, reason)
    with acting(actor, "task.refuse", reason=reason, on=day):
        workflow.apply(task, TASK, "refuse", actor=actor, reason=reason, on=day)
        deadlines.close_deadline(task, ACKNOWLEDGE_RULE, on=day, by="不予实施")
        deadlines.close_deadline(task, FEEDBACK_RULE, on=day, by="不予实施")
    return task


def insist_on_task(*, actor: Actor, task: ExecutionTask, reason: str, on: date | None = None) -> ExecutionTask:
    """Send a refused task back to its unit with the group's reason; the term for acknowledging begins again."""
    require(actor, "sanctions.task.insist")
    found = (
        ExecutionTask.objects.visible_to(actor)
        .filter(pk=task.pk)
        .select_related("listing__case_subject__case__group")
        .first()
    )
    if found is None:
        raise NotFound("该实施任务")
    lead_case(actor, found.listing.case_subject.case)
    day = settled_day(actor, on, reason)
    if found.duty == TaskDuty.NOTICE:
        refuse(
            [
                Violation(
                    "SAN-44",
                    "三类措施由对方自主决定，不能要求实施",
                    remedy="无需办理",
                    basis="全国失信惩戒措施基础清单",
                )
            ]
        )
    end = found.end_on(day)
    if end and end < day:
        refuse([Violation("SAN-42", f"措施已于 {end} 到期，不能再要求实施", remedy="无需办理")])
    with acting(actor, "task.insist", reason=reason, on=day):
        workflow.apply(found, TASK, "insist", actor=actor, reason=reason, on=day)
        if found.clock().state_on(day) != PeriodState.PAUSED:
            deadlines.open_deadline(found, ACKNOWLEDGE_RULE, event="要求继续实施", counts_from=day)
    return found
