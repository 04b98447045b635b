"""Entries, instruments, articles, the measure library and editions: lists, pages, and the acts of the office on them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog import selectors
from catalog.forms.library import AddArticle, AddInstrument, AddLibraryMeasure, Repeal
from catalog.models import Article, Edition, Entry, EntryRevision, LegalInstrument, Measure
from core import clock
from core.actors import Actor
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, GREY, JADE, SEAL, chip, zh


def link(record: Any, words: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', address(record), words)


def polarity(row: Any) -> SafeString:
    return chip(row.get_polarity_display(), SEAL if row.polarity == "discipline" else JADE)


def revision_rows(revisions: QuerySet[EntryRevision]) -> list[Row]:
    """Return revisions as rows: what it is, how far it has come, what it is today."""
    today = clock.today()
    return [
        Row(
            [
                link(row, f"{row.entry.code} 第{row.number}版 {row.title}"),
                row.get_state_display(),
                selectors.word_for(row, bool(getattr(row, "holds", False)), today),
            ]
        )
        for row in selectors.with_holding(revisions, today)
    ]


REVISION_HEAD = ("版本", "办理状态", "今日效力")


@admin.register(Entry)
class EntryAdmin(ScopedAdmin):
    list_display = ("code", "domain", "kind", "today")
    list_filter = ("polarity", "domain")
    search_fields = ("code", "domain")
    search_help_text = "编号或领域"
    ordering = ("code",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        holding = selectors.revisions_in_force(clock.today()).filter(entry=OuterRef("pk"))
        return Entry.objects.annotate(holds=Exists(holding))

    @admin.display(description="类别", ordering="polarity")
    def kind(self, obj: Entry) -> SafeString:
        return polarity(obj)

    @admin.display(description="今日效力")
    def today(self, obj: Entry) -> SafeString:
        return chip("现行有效", JADE) if getattr(obj, "holds", False) else chip("今日无效", GREY)

    def page(self, request: HttpRequest, actor: Actor, record: Entry) -> dict[str, Any]:
        rows = revision_rows(selectors.visible_revisions(actor).filter(entry=record).order_by("-number"))
        return {
            "kicker": f"{record.get_polarity_display()} · {record.domain}",
            "heading": record.code,
            "state": self.today(record),
            "sections": [Section("版本", REVISION_HEAD, rows, "没有可以查看的版本")],
        }


@admin.register(LegalInstrument)
class InstrumentAdmin(ScopedAdmin):
    acts = (AddArticle,)
    openings = (AddInstrument,)
    list_display = ("title", "number", "kind", "effective_from", "effective_to", "sure")
    list_filter = ("kind", "needs_check")
    search_fields = ("title", "number", "code")
    search_help_text = "名称、文号或代号"
    ordering = ("code",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return LegalInstrument.objects.all()

    @admin.display(description="把握", ordering="needs_check")
    def sure(self, obj: LegalInstrument) -> SafeString:
        return chip("待核", AMBER) if obj.needs_check else chip("确定", JADE)

    def page(self, request: HttpRequest, actor: Actor, record: LegalInstrument) -> dict[str, Any]:
        articles = [
            Row([link(row, row.label), zh(row.valid_from), zh(row.valid_to), row.cited])
            for row in record.articles.annotate(cited=Count("citations__revision", distinct=True)).order_by("pk")
        ]
        return {
            "kicker": record.get_kind_display(),
            "heading": record.title,
            "sub": record.number,
            "state": self.sure(record),
            "facts": [
                ("代号", record.code),
                ("制定机关", record.issuer),
                ("公布日", zh(record.promulgated_on)),
                ("施行日", zh(record.effective_from)),
                ("最后适用日", zh(record.effective_to)),
                ("说明", record.note),
            ],
            "sections": [Section("条款", ("条款", "另行施行日", "最后适用日", "引用的版本"), articles, "没有登记条款")],
        }


@admin.register(Article)
class ArticleAdmin(ScopedAdmin):
    acts = (Repeal,)
    list_display = ("instrument", "label", "valid_from", "valid_to")
    list_filter = ("instrument__kind",)
    search_fields = ("instrument__title", "label")
    search_help_text = "法律文件或条款"
    ordering = ("instrument__code", "pk")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Article.objects.select_related("instrument")

    def page(self, request: HttpRequest, actor: Actor, record: Article) -> dict[str, Any]:
        instrument = record.instrument
        citing = selectors.visible_revisions(actor).filter(citations__article=record).order_by("entry__code", "number")
        return {
            "kicker": instrument.get_kind_display(),
            "heading": str(record),
            "sub": instrument.number,
            "state": chip("已废止", GREY) if record.valid_to else chip("适用", JADE),
            "facts": [
                ("法律文件", link(instrument, instrument.title)),
                ("施行日", zh(record.valid_from or instrument.effective_from)),
                ("最后适用日", zh(record.valid_to)),
                ("废止依据", record.repeal_note),
            ],
            "sections": [Section("引用的版本", REVISION_HEAD, revision_rows(citing), "没有版本引用")],
        }


@admin.register(Measure)
class MeasureAdmin(ScopedAdmin):
    openings = (AddLibraryMeasure,)
    list_display = ("code", "name", "kind", "measure_class", "target")
    list_filter = ("polarity", "measure_class", "target")
    search_fields = ("code", "name")
    search_help_text = "编号或措施"
    ordering = ("sort", "code")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Measure.objects.all()

    @admin.display(description="奖惩类型", ordering="polarity")
    def kind(self, obj: Measure) -> SafeString:
        return polarity(obj)

    def page(self, request: HttpRequest, actor: Actor, record: Measure) -> dict[str, Any]:
        naming = selectors.visible_revisions(actor).filter(measures__measure=record).order_by("entry__code", "number")
        return {
            "kicker": record.code,
            "heading": record.name,
            "state": self.kind(record),
            "facts": [("类别", record.get_measure_class_display()), ("对象", record.get_target_display())],
            "sections": [Section("规定该措施的版本", REVISION_HEAD, revision_rows(naming), "没有版本规定")],
        }


@admin.register(Edition)
class EditionAdmin(ScopedAdmin):
    list_display = ("number", "label", "effective_on", "made_by_label")
    ordering = ("-effective_on", "-pk")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Edition.objects.all()

    def page(self, request: HttpRequest, actor: Actor, record: Edition) -> dict[str, Any]:
        rows = [
            Row([link(item.revision, f"{item.revision.entry.code} 第{item.revision.number}版 {item.revision.title}")])
            for item in record.items.select_related("revision__entry").order_by("revision__entry__code")
        ]
        return {
            "kicker": f"清单版次 {record.number}",
            "heading": record.label,
            "facts": [
                ("截至日", zh(record.effective_on)),
                ("编制人", record.made_by_label),
                ("事项", f"{len(rows)} 项"),
            ],
            "sections": [Section("事项", ("版本",), rows)],
        }
