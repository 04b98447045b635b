"""External lists: reminders with their source; never a ground for a measure here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock, personal
from core.actors import Actor
from core.masking import mask_name
from core.models.dated import Dated
from core.paging import CappedPaginator
from organizations.acts.dated import DatedAdmin
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, GREY, JADE, SEAL, chip, zh
from sanctions.consulting import NO_MEASURE, consulted, rule_for, rules_on
from sanctions.forms import external as forms
from sanctions.models import Case, ExternalListing, ExternalRule, ExternalSource
from subjects.selectors import visible_to


def shown_name(row: ExternalListing) -> str:
    """Return the name as the source gives it; of a person who is not on file, only the family name."""
    return mask_name(row.reported_name) if row.is_person and row.subject is None else row.reported_name


@admin.register(ExternalListing)
class ExternalListingAdmin(ScopedAdmin):
    acts = (forms.Nominate, forms.EndExternal)
    page_template = "sanctions/external.html"
    openings = (forms.RecordExternal,)
    paginator = CappedPaginator
    list_display = ("name_shown", "list_name", "source", "listed_shown", "matched", "state_shown")
    list_display_links = ("name_shown",)
    list_filter = ("register", ("subject", admin.EmptyFieldListFilter), ("ended_on", admin.EmptyFieldListFilter))
    search_fields = ("reported_name__startswith", "subject__name__startswith", "source_number", "basis")
    search_help_text = "名称、来源编号或依据文书"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = ExternalListing.objects.select_related("subject", "register", "personal")
        if actor.may(forms.RecordExternal.permission):
            return rows
        return rows.filter(subject__in=visible_to(actor).values("pk"))

    @admin.display(description="来源所载名称", ordering="reported_name")
    def name_shown(self, row: ExternalListing) -> str:
        return shown_name(row)

    @admin.display(description="列入日", ordering="listed_on")
    def listed_shown(self, row: ExternalListing) -> str:
        return zh(row.listed_on)

    @admin.display(description="对应主体")
    def matched(self, row: ExternalListing) -> str:
        return row.subject.name if row.subject else "未对应"

    @admin.display(description="状态", ordering="ended_on")
    def state_shown(self, row: ExternalListing) -> SafeString:
        return chip("来源已退出", GREY) if row.ended_on else chip("提醒中", AMBER)

    def page(self, request: HttpRequest, actor: Actor, record: ExternalListing) -> dict[str, Any]:
        number = personal.masked(record.personal) if record.personal else record.id_value
        seen = Case.objects.visible_to(actor)
        return {
            "heading": shown_name(record),
            "number": number or "来源没有给出",
            "no_measure": NO_MEASURE,
            "nominations": record.nominations.filter(case__in=seen).select_related("case__revision", "case__unit"),
        }


@admin.register(ExternalSource)
class ExternalSourceAdmin(ScopedAdmin):
    """Which lists are received, from whom, and how fresh they are."""

    acts = (forms.ChangeSource,)
    openings = (forms.EnterSource,)
    list_display = ("list_name", "name", "fresh", "received_shown", "unit", "active")
    list_display_links = ("list_name",)
    list_filter = ("is_active", "code")
    search_fields = ("list_name", "name", "code", "list_code")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return ExternalSource.objects.select_related("unit")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        self.rules = rules_on(clock.today(), [row.key for row in rows])
        return rows

    @admin.display(description="时效")
    def fresh(self, row: ExternalSource) -> SafeString:
        return fresh_chip(row, self.rules[row.key])

    @admin.display(description="最近入库", ordering="received_at")
    def received_shown(self, row: ExternalSource) -> str:
        return zh(clock.day_of(row.received_at)) if row.received_at else "—"

    @admin.display(description="接收", boolean=True, ordering="is_active")
    def active(self, row: ExternalSource) -> bool:
        return row.is_active

    def page(self, request: HttpRequest, actor: Actor, record: ExternalSource) -> dict[str, Any]:
        today = clock.today()
        rule = rule_for(record, today)
        told = record.listings.aggregate(
            standing=Count("pk", filter=Q(ended_on__isnull=True)),
            unmatched=Count("pk", filter=Q(ended_on__isnull=True, subject__isnull=True)),
            ended=Count("pk", filter=Q(ended_on__isnull=False)),
        )
        unsure = record.law_confidence == Dated.Confidence.UNSURE
        law = format_html("{} {}", record.law, chip("待核实", AMBER)) if unsure else record.law
        return {
            "kicker": f"{record.code} · {record.list_code}",
            "heading": record.list_name,
            "sub": record.name,
            "state": fresh_chip(record, rule),
            "facts": [
                ("所依规定", law),
                ("怎样联系来源", record.contact),
                ("更新频率", record.cadence),
                ("推送单位", record.unit.name if record.unit else "不由系统推送"),
                ("门户展示", "展示（自然人一律不展示）" if record.is_public else "不展示"),
                ("现有", f"{told['standing']} 条，其中 {told['unmatched']} 条未对应主体"),
                ("来源已退出", f"{told['ended']} 条"),
                ("来源截至", zh(record.as_of)),
                ("最近全量截至", zh(record.full_as_of)),
                ("接收规则", format_html('<a href="{}">{}</a>', address(rule), rule) if rule.pk else "尚未装载"),
            ],
            "sections": [_history(record)],
        }


def fresh_chip(row: ExternalSource, rule: ExternalRule) -> SafeString:
    """Return how fresh a list is, in words."""
    if not row.is_active:
        return chip("已停止接收", GREY)
    told = consulted(row, rule, clock.today())
    if told.age_days is None:
        return chip("尚未收到", GREY)
    return chip(f"陈旧：{told.age_days} 日未更新", SEAL) if told.is_stale else chip(f"{told.age_days} 日前更新", JADE)


def _history(record: ExternalSource) -> Section:
    rows = record.history.order_by("-history_date")[:20]
    return Section(
        "登记和变更",
        ("日期", "业务", "由", "理由"),
        [
            Row(
                (
                    zh(row.history_on),
                    WORDS.get(row.history_act, row.history_act),
                    _who(row),
                    row.history_change_reason or "",
                )
            )
            for row in rows
        ],
    )


WORDS = {"external.source": "登记或变更", "external.received": "批次入库", "external.reference.load": "初始装载"}


def _who(row: Any) -> str:
    return str((row.history_actor or {}).get("label", ""))


@admin.register(ExternalRule)
class ExternalRuleAdmin(DatedAdmin):
    acts, openings = (forms.ConfirmRule,), (forms.ProposeRule,)
    list_display = ("list_shown", "shares", "stale", "span_shown", "confidence_shown", "confirmed_shown")
    list_display_links = ("list_shown",)
    list_filter = ("confidence",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        keyed = ExternalSource.objects.annotate(named=Concat("code", Value("/"), "list_code"))
        told = keyed.filter(named=OuterRef("applies_to")).values("list_name")[:1]
        return super().scoped(actor).annotate(list_name=Subquery(told))

    @admin.display(description="适用名单", ordering="applies_to")
    def list_shown(self, row: Any) -> str:
        if not row.applies_to:
            return "各名单"
        return f"{row.list_name}（{row.applies_to}）" if row.list_name else row.applies_to

    @admin.display(description="隔离的界限")
    def shares(self, row: ExternalRule) -> str:
        return f"全量少于 {row.min_share}%，换主体超过 {row.max_changed}%，退回超过 {row.max_rejected}%"

    @admin.display(description="陈旧", ordering="stale_days")
    def stale(self, row: ExternalRule) -> str:
        return f"{row.stale_days} 日未接收"

    def page(self, request: HttpRequest, actor: Actor, record: ExternalRule) -> dict[str, Any]:
        shared = self.shared(record)
        shared["facts"] = [("隔离的界限", self.shares(record)), ("陈旧", self.stale(record)), *shared["facts"]]
        heading = f"{self.list_shown(record)}的接收规则"
        return {
            **shared,
            "kicker": "外部名单",
            "heading": heading,
            "sub": "超过界限的批次隔离，由两人处置；没有记录因此结束",
        }
