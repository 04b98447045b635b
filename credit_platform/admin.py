"""Pages of the kernel's tables: time limits and calendar for the system administrator, records for the audit one."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.forms import AuthenticationForm

from core import clock, reminders, time_limits
from core.actors import Actor
from core.api.actors import actor_of
from core.jobs import CUT_OFF, labels
from core.models import (
    CalendarDay,
    CalendarYear,
    Deadline,
    JobRun,
    OutboxEvent,
    PersonalReveal,
    Reminder,
    ReminderRule,
    TimeLimitRule,
    TransitionRecord,
)
from core.workflow import WORKFLOWS
from credit_platform import intake_settings, landing
from organizations import admin_access
from organizations.acts.dated import ConfirmDated, confidence_chip
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm
from organizations.acts.pages import ScopedAdmin
from organizations.acts.words import AMBER, GREY, JADE, chip, due_chip, term_chip
from organizations.enums import Role
from organizations.models import Organization
from sanctions.models import Case, Check, Determination, ExecutionTask, Notice

OFFICERS = {Role.HANDLER, Role.REVIEWER, Role.GROUP_LEAD, Role.OFFICE, Role.DISTRICT_CREDIT}
DOORS: dict[str, set[Role]] = {
    "TimeLimitRule": {*Role},
    "CalendarDay": {*Role},
    "CalendarYear": {*Role},
    "Deadline": OFFICERS | {Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN},
    "Reminder": OFFICERS,
    "ReminderRule": {Role.SYSTEM_ADMIN},
    "JobRun": {Role.SYSTEM_ADMIN},
    "TransitionRecord": {Role.AUDIT_ADMIN},
    "OutboxEvent": {Role.AUDIT_ADMIN},
    "PersonalReveal": {Role.AUDIT_ADMIN},
}
intake_settings.open_doors()
for model, roles in DOORS.items():
    admin_access.declare(f"core.{model}", view=roles)

admin.site.index_template = "credit_platform/landing.html"
admin.site.login_template = "credit_platform/login.html"


class SignInForm(AuthenticationForm):
    """The door's form; it does not tell which of the two was wrong."""

    error_messages: ClassVar[dict[str, Any]] = {
        **AuthenticationForm.error_messages,
        "invalid_login": "用户名或者密码不正确，区分大小写；没有岗位的账号不能进入工作台",
    }


admin.site.login_form = SignInForm


class KernelAdmin(ScopedAdmin):
    """A list of the kernel's own rows, all of them, for whoever the door lets in."""

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return self.model._default_manager.all()


class RowsOnly(KernelAdmin):
    """Append-only rows: the list says everything, a row has no page."""

    list_display_links = None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return None


class Upkeep(ActForm):
    """An act of the system administrator on the clock's reference data."""

    permission = time_limits.MANAGE
    backdatable = False
    reason_label = "理由"

    def success(self, result: Any) -> str:
        return f"已办理，{result} 个未办结的到期日随之变动" if result else "已办理，没有到期日因此变动"


class ProposeRule(Upkeep):
    name, label = "propose", "提出更正"
    lead = "更正由另一名系统管理员复核后施行；施行后未办结的到期日立即重算，已办结的不变。"
    count = forms.IntegerField(label="期限", min_value=1, max_value=3650)
    unit = forms.ChoiceField(label="单位", choices=TimeLimitRule.Unit.choices)
    basis = forms.CharField(label="依据", max_length=300)
    confidence = forms.ChoiceField(label="把握", choices=TimeLimitRule.Confidence.choices)
    valid_from = DateField(label="施行日期", help_text="自这一天起算的事项适用；与现行规则同日的，取代现行规则")
    note = Text(label="说明", required=False, rows=2)

    @classmethod
    def fits(cls, actor: Actor, record: TimeLimitRule, target: Any) -> bool:
        return bool(record.confirmed_by_key) and record.replaced_on is None

    def build(self) -> None:
        columns = ("count", "unit", "basis", "confidence", "valid_from", "note")
        self.initial = {name: getattr(self.record, name) for name in columns}

    def perform(self) -> TimeLimitRule:
        data = dict(self.cleaned_data)
        reason = data.pop("reason")
        text = time_limits.RuleText(code=self.record.code, name=self.record.name, **data)
        return time_limits.propose_rule(actor=self.actor, text=text, reason=reason)

    def success(self, result: Any) -> str:
        return "已提出，由另一名系统管理员在期限规则列表中复核"


class ConfirmRule(ConfirmDated, Upkeep):
    label = "复核施行"
    lead = "核对依据原文后复核；施行后未办结的到期日立即重算。"
    reason_label = "复核意见"

    def perform(self) -> int:
        return time_limits.confirm_rule(actor=self.actor, rule=self.record, reason=self.cleaned_data["reason"])


class SetDay(Upkeep):
    name, label = "set", "登记节假日安排"
    lead = "按国务院办公厅通知登记放假和调休上班日；同一天再次登记即更正。"
    day = DateField(label="日期")
    is_working = forms.ChoiceField(label="安排", choices=[("0", "放假"), ("1", "上班")], widget=forms.RadioSelect)
    note = forms.CharField(label="说明", max_length=100, required=False)
    source = forms.CharField(label="依据", max_length=200)

    def perform(self) -> int:
        data = self.cleaned_data
        return time_limits.set_day(
            actor=self.actor,
            day=data["day"],
            is_working=data["is_working"] == "1",
            note=data["note"],
            source=data["source"],
            reason=data["reason"],
        )


class ConfirmYear(Upkeep):
    name, label = "confirm", "确认年历"
    lead = "全年放假和调休日都登记之后确认；此前落在这一年的到期日为暂定。"
    year = forms.IntegerField(label="年度", min_value=2017, max_value=2100)
    source = forms.CharField(label="依据", max_length=200)

    def perform(self) -> int:
        data = self.cleaned_data
        return time_limits.confirm_year(
            actor=self.actor, year=data["year"], source=data["source"], reason=data["reason"]
        )


class SetReminders(Upkeep):
    name, label = "set", "设置提醒规则"
    lead = "期限规则编号留空的，是其余各项期限的通行规则；已经发出的提醒不变。"
    rule_code = forms.CharField(label="期限规则编号", max_length=40, required=False)
    near_working_days = forms.IntegerField(label="到期前几个工作日提醒经办", min_value=0, max_value=60)
    officer_after_days = forms.IntegerField(label="逾期几日提醒经办", min_value=1, max_value=365)
    reviewer_after_days = forms.IntegerField(label="逾期几日提醒审核", min_value=1, max_value=365)
    group_after_days = forms.IntegerField(label="逾期几日报专项小组", min_value=1, max_value=365)

    def perform(self) -> ReminderRule:
        return reminders.set_rule(actor=self.actor, **self.cleaned_data)

    def success(self, result: Any) -> str:
        return "已设置，自下一次提醒起适用"


class Entered(KernelAdmin):
    """Rows that are entered through an act, never through the generic form."""

    list_display_links = None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return None


@admin.register(TimeLimitRule)
class TimeLimitRuleAdmin(KernelAdmin):
    acts = (ProposeRule, ConfirmRule)
    page_template = "credit_platform/rule.html"
    list_display = ("code", "name", "term", "basis", "sure", "valid_from", "valid_to", "standing")
    list_filter = ("confidence", "unit")
    search_fields = ("code", "name", "basis")
    ordering = ("code", "valid_from")

    @admin.display(description="期限", ordering="count")
    def term(self, rule: TimeLimitRule) -> str:
        return f"{rule.count}{rule.get_unit_display()}"

    @admin.display(description="把握", ordering="confidence")
    def sure(self, rule: TimeLimitRule) -> SafeString:
        return confidence_chip(rule)

    @admin.display(description="状态")
    def standing(self, rule: TimeLimitRule) -> SafeString:
        if not rule.confirmed_by_key:
            return chip("待复核", AMBER)
        return chip("已被取代", AMBER) if rule.replaced_on else chip("施行", JADE)

    def page(self, request: HttpRequest, actor: Actor, record: TimeLimitRule) -> dict[str, Any]:
        past = record.history.order_by("-history_id")[:20]
        open_days = Deadline.objects.filter(rule=record, closed_on__isnull=True).count()
        return {"rule": record, "past": past, "open_days": open_days}


@admin.register(CalendarDay)
class CalendarDayAdmin(Entered):
    openings = (SetDay,)
    list_display = ("day", "arrangement", "note", "source")
    list_filter = ("is_working",)
    ordering = ("-day",)

    @admin.display(description="安排", ordering="is_working")
    def arrangement(self, row: CalendarDay) -> str:
        return "上班" if row.is_working else "放假"


@admin.register(CalendarYear)
class CalendarYearAdmin(Entered):
    openings = (ConfirmYear,)
    list_display = ("year", "source")
    ordering = ("-year",)


@admin.register(Deadline)
class DeadlineAdmin(RowsOnly):
    list_display = ("due_on", "left", "rule", "event", "counts_from", "closed_on", "why")
    list_filter = ("rule__code", "provisional", ("closed_on", admin.EmptyFieldListFilter))
    ordering = ("due_on", "pk")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = Deadline.objects.select_related("rule")
        if actor.roles & {Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN}:
            return rows
        cases = Case.objects.visible_to(actor).values("pk")
        tasks = ExecutionTask.objects.visible_to(actor).values("pk")
        notices = Notice.objects.filter(case_subject__case__in=cases).values("pk")
        decided = Determination.objects.filter(case__in=cases).values("pk")
        return rows.filter(
            Q(aggregate_type="sanctions.executiontask", object_id__in=tasks)
            | Q(aggregate_type="sanctions.notice", object_id__in=notices)
            | Q(aggregate_type="sanctions.determination", object_id__in=decided)
            | Q(aggregate_type="sanctions.check", object_id__in=Check.objects.visible_to(actor).values("pk"))
        )

    @admin.display(description="余日")
    def left(self, row: Deadline) -> SafeString:
        if row.closed_on:
            return chip(row.closed_by, JADE)
        return term_chip(row.due_on) if row.aggregate_type == landing.TERM else due_chip(row.due_on)

    @admin.display(description="为什么是这一天")
    def why(self, row: Deadline) -> str:
        return row.explanation()


class Waiting(admin.SimpleListFilter):
    """What the landing page counts for this officer."""

    title, parameter_name = "等待本岗位", "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "等待本岗位办理的")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "mine":
            return queryset
        return queryset.filter(pk__in=landing.told_to(actor_of(request)).values("pk"))


@admin.register(Reminder)
class ReminderAdmin(RowsOnly):
    """Whom the jobs have told of which due day."""

    list_display = ("on", "level", "unit", "said", "standing")
    list_filter = (Waiting, "level", ("deadline__closed_on", admin.EmptyFieldListFilter))
    ordering = ("-on", "-pk")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        units = Organization.objects.filter(pk=OuterRef("unit_id"))
        rows = Reminder.objects.visible_to(actor)
        if actor.district_code and Role.DISTRICT_CREDIT in actor.roles:
            theirs = Organization.objects.filter(district__code=actor.district_code)
            rows |= Reminder.objects.filter(unit_id__in=theirs.values("pk"))
        named = rows.annotate(unit_name=Subquery(units.values("short_name")[:1]))
        return reminders.with_matter(named.select_related("deadline__rule"))

    @admin.display(description="责任单位")
    def unit(self, row: Any) -> str:
        return row.unit_name or "—"

    @admin.display(description="内容")
    def said(self, row: Any) -> str | SafeString:
        text = f"{row.about}：{row.text()}" if row.about else row.text()
        who = reminders.registered().get(row.deadline.aggregate_type)
        page = apps.get_model(who.page or who.model) if who else None
        if not (page and row.page_id and admin.site.is_registered(page)):
            return text
        url = reverse(f"admin:{page._meta.app_label}_{page._meta.model_name}_change", args=[row.page_id])
        return format_html('<a href="{}">{}</a>', url, text)

    @admin.display(description="办理")
    def standing(self, row: Reminder) -> SafeString:
        closed, who = row.deadline.closed_on, reminders.registered().get(row.deadline.aggregate_type)
        if closed is None and who and who.is_right and row.due_on < clock.today():
            return chip("已届满", GREY)
        return chip(f"{closed:%Y-%m-%d} 已办结", JADE) if closed else chip("未办结", AMBER)


@admin.register(ReminderRule)
class ReminderRuleAdmin(Entered):
    entry = SetReminders
    list_display = ("scope", "near_working_days", "officer_after_days", "reviewer_after_days", "group_after_days")
    ordering = ("rule_code",)

    @admin.display(description="期限规则", ordering="rule_code")
    def scope(self, row: ReminderRule) -> str:
        return str(row)


COUNTED = {
    "done": "办理",
    "near": "到期前",
    "officer": "经办",
    "reviewer": "审核",
    "group": "专项小组",
    "sent": "发出",
    "retry": "待重试",
    "given_up": "放弃",
    "enrolled": "纳入推送",
    "received": "接收",
    "settled": "有结果",
    "told": "已回执",
    "fault": "对方没有应答",
    "days": "比对日数",
    "differences": "差异",
}


@admin.register(JobRun)
class JobRunAdmin(RowsOnly):
    """What the scheduled jobs did, and what failed."""

    list_display = ("started_at", "what", "outcome", "runs", "done", "took", "error")
    list_filter = ("name", ("error", admin.EmptyFieldListFilter))

    @admin.display(description="结果")
    def outcome(self, row: JobRun) -> SafeString:
        if row.error:
            return chip("中断" if row.error == CUT_OFF else "失败", AMBER)
        return chip("完成", JADE) if row.finished_at else chip("运行中", AMBER)

    @admin.display(description="数量")
    def done(self, row: JobRun) -> str:
        words = (f"{COUNTED.get(key, key)} {value}" for key, value in sorted(row.counts.items()))
        return "，".join(words) or "无事可做"

    @admin.display(description="任务", ordering="name")
    def what(self, row: JobRun) -> SafeString:
        return format_html("{}<br><small>{}</small>", labels().get(row.name, row.name), row.name)

    @admin.display(description="用时")
    def took(self, row: JobRun) -> str:
        if row.finished_at is None or row.runs > 1:
            return "—"
        return f"{(row.finished_at - row.started_at).total_seconds():.1f} 秒"


@admin.register(TransitionRecord)
class TransitionRecordAdmin(RowsOnly):
    list_display = ("recorded_at", "legal_on", "actor_label", "matter", "act", "public_id", "reason")
    list_filter = ("workflow", "actor_kind", "legal_on")
    search_fields = ("actor_label", "public_id", "reason")
    search_help_text = "经办人、公开编号或理由"

    @admin.display(description="业务", ordering="workflow")
    def matter(self, row: TransitionRecord) -> str:
        workflow = WORKFLOWS.get(row.workflow)
        return workflow.label if workflow else row.workflow

    @admin.display(description="环节", ordering="transition")
    def act(self, row: TransitionRecord) -> str:
        workflow = WORKFLOWS.get(row.workflow)
        known = workflow.by_name.get(row.transition) if workflow else None
        return known.label if known else row.transition


@admin.register(OutboxEvent)
class OutboxEventAdmin(RowsOnly):
    list_display = ("recorded_at", "event_type", "aggregate_type", "aggregate_id", "legal_on", "actor_kind")
    list_filter = ("event_type", "aggregate_type")
    search_fields = ("aggregate_id",)
    search_help_text = "对象编号"


@admin.register(PersonalReveal)
class PersonalRevealAdmin(RowsOnly):
    list_display = ("revealed_at", "actor_label", "reason")
    search_fields = ("actor_label", "reason")
