"""What the chain adds to the catalogue's impact preview: open cases, listings and tasks that hang on it."""

from __future__ import annotations

from django.db.models import Q

from catalog.impact import ImpactLine, ImpactQuestion
from sanctions.models import Case, ExecutionTask, Listing
from subjects.models import Subject

OPEN_TASKS = ("assigned", "acknowledged", "applied")


def lines(question: ImpactQuestion) -> list[ImpactLine]:
    """Return how many open cases, listings not yet removed and open tasks the question touches; three counts."""
    revisions = list(question.revision_ids)
    cases, listings = Q(revision__in=revisions), Q(revision__in=revisions)
    tasks = Q(revision__in=revisions)
    if question.unit_id is not None:
        cases, tasks = Q(unit=question.unit_id), Q(unit=question.unit_id)
        listings = Q(tasks__unit=question.unit_id)
    if question.measure_id is not None:
        tasks = Q(measure=question.measure_id)
        listings = Q(tasks__measure=question.measure_id)
    open_cases = Case.objects.exclude(state__in=["issued", "withdrawn"]).filter(cases).count()
    current = Listing.objects.filter(listings, delisted_on__isnull=True).distinct().count()
    open_tasks = ExecutionTask.objects.filter(tasks, state__in=OPEN_TASKS).count()
    return [
        ImpactLine("在办事项", open_cases, "尚未印发决定的联合奖惩事项"),
        ImpactLine("未移出名单", current, "仍在实施或等待移出公告的列入记录"),
        ImpactLine("在办任务", open_tasks, "已下达、尚未解除的实施任务"),
    ]


def folded(source: Subject, target: Subject) -> dict[str, int]:
    """Return what of the chain a merge of duplicates would show under the kept record."""
    return {
        "联合奖惩事项": Case.objects.filter(subjects__subject=source).distinct().count(),
        "名单": Listing.objects.filter(subject=source).count(),
    }
