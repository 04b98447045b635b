"""Stop notices: what a unit was told to suspend, resume, stop or restore, by when it confirms, and that it did."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.actors import Actor
from core.deadlines import deadlines_of
from core.models import Deadline
from organizations.acts.pages import ScopedAdmin, Section, address
from organizations.acts.words import due_day, zh
from sanctions.admin.todo import DueFilter, TodoFilter
from sanctions.forms.stops import ConfirmStop
from sanctions.models import TaskStop
from sanctions.templatetags.workbench import stop_chip

OPEN_DAY = Deadline.objects.filter(
    aggregate_type="sanctions.taskstop", object_id=OuterRef("pk"), closed_on__isnull=True
).order_by("due_on")


class ProgressFilter(SimpleListFilter):
    """Waiting, confirmed, overtaken by a later notice, or only told."""

    title = "落实"
    parameter_name = "progress"
    conditions: ClassVar[dict[str, dict[str, Any]]] = {
        "waiting": {"must_confirm": True, "confirmed_on": None, "superseded_on": None},
        "confirmed": {"confirmed_on__isnull": False},
        "superseded": {"superseded_on__isnull": False},
        "told": {"must_confirm": False, "superseded_on": None},
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "待确认"), ("confirmed", "已确认"), ("superseded", "已被后续通知取代"), ("told", "已告知")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**self.conditions.get(self.value() or "", {}))


@admin.register(TaskStop)
class StopAdmin(ScopedAdmin):
    acts = (ConfirmStop,)
    about_template = "sanctions/parts/about_stop.html"
    list_display = ("notice", "subject_shown", "unit", "standing_shown", "due_shown", "sent_on")
    list_display_links = ("notice",)
    list_filter = (TodoFilter, ProgressFilter, "kind", DueFilter)
    search_fields = ("task__listing__subject__name", "task__measure__name")
    search_help_text = "主体名称或者措施"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = TaskStop.objects.visible_to(actor).annotate(due_on=Subquery(OPEN_DAY.values("due_on")[:1]))
        return rows.select_related("unit", "task__measure", "task__listing__subject")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).order_by(F("due_on").asc(nulls_last=True), "-pk")

    @admin.display(description="通知")
    def notice(self, row: TaskStop) -> str:
        return f"{row.get_kind_display()}：{row.task.measure.code} {row.task.measure.name}"

    @admin.display(description="主体", ordering="task__listing__subject__name")
    def subject_shown(self, row: TaskStop) -> str:
        return row.task.listing.subject.name

    @admin.display(description="状态")
    def standing_shown(self, row: TaskStop) -> SafeString:
        return stop_chip(row)

    @admin.display(description="确认期限")
    def due_shown(self, row: Any) -> SafeString:
        return due_day(row.due_on)

    def page(self, request: HttpRequest, actor: Actor, record: TaskStop) -> dict[str, Any]:
        task = record.task
        facts: list[tuple[str, object]] = [
            ("接收单位", record.unit.name),
            ("实施任务", format_html('<a href="{}">{} {}</a>', address(task), task.measure.code, task.measure.name)),
            ("通知日", zh(record.sent_on)),
        ]
        due = list(deadlines_of(record))
        if record.waits and due:
            facts.append(("确认期限", due_day(due[-1].due_on)))
        if record.confirmed_on is not None:
            facts += [("确认日", zh(record.confirmed_on)), ("确认人", record.confirmed_by_label)]
        sections = [Section("通知理由", (), [], text=record.reason or "没有另写理由")]
        if record.done:
            sections.append(Section("落实情况", (), [], text=record.done))
        return {
            "kicker": "停止执行通知",
            "heading": self.notice(record),
            "sub": f"对象：{task.listing.subject.name}",
            "state": stop_chip(record),
            "facts": facts,
            "sections": sections,
            "timeline": [
                {
                    "on": row.due_on,
                    "label": f"{row.rule.name}到期",
                    "actor": "",
                    "reason": f"{zh(row.closed_on)}{row.closed_by}" if row.closed_on else "",
                    "explanation": row.explanation(),
                    "kind": "due",
                    "met": row.closed_on is not None,
                }
                for row in due
            ],
        }
