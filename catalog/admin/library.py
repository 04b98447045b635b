"""Instruments, articles, the measure library, entries and editions: for reading; a repeal is an act with a preview."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from catalog import selectors
from catalog.forms.library import Repeal
from catalog.models import Article, Edition, EditionItem, Entry, LegalInstrument, Measure
from core import clock
from core.actors import Actor
from organizations.acts.pages import ScopedAdmin
from organizations.acts.reading import ReadOnlyAdmin, ReadOnlyInline
from organizations.acts.words import GREY, JADE, chip, zh


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("code", "domain", "polarity", "today")
    list_filter = ("polarity", "domain")
    search_fields = ("code", "domain")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        holding = selectors.revisions_in_force(clock.today()).filter(entry=OuterRef("pk"))
        return super().get_queryset(request).annotate(holds=Exists(holding))

    @admin.display(description="今日效力")
    def today(self, obj: Entry) -> str:
        return "现行有效" if getattr(obj, "holds", False) else "今日无效"


class ArticleInline(ReadOnlyInline):
    model = Article
    fields = ("label", "valid_from", "valid_to", "repeal_note")


@admin.register(LegalInstrument)
class InstrumentAdmin(ReadOnlyAdmin):
    list_display = ("title", "number", "kind", "effective_from", "effective_to", "needs_check")
    list_filter = ("kind", "needs_check")
    search_fields = ("title", "number", "code")
    inlines = (ArticleInline,)


@admin.register(Article)
class ArticleAdmin(ScopedAdmin):
    acts = (Repeal,)
    list_display = ("instrument", "label", "valid_from", "valid_to")
    list_filter = ("instrument__kind",)
    search_fields = ("instrument__title", "label")
    ordering = ("instrument__code", "pk")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Article.objects.select_related("instrument")

    def page(self, request: HttpRequest, actor: Actor, record: Article) -> dict[str, Any]:
        instrument = record.instrument
        return {
            "kicker": instrument.get_kind_display(),
            "heading": str(record),
            "sub": instrument.number,
            "state": chip("已废止", GREY) if record.valid_to else chip("适用", JADE),
            "facts": [
                ("施行日", zh(record.valid_from or instrument.effective_from)),
                ("最后适用日", zh(record.valid_to)),
                ("废止依据", record.repeal_note),
            ],
        }


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "polarity", "measure_class", "target")
    list_filter = ("polarity", "measure_class", "target")
    search_fields = ("code", "name")


class ItemInline(ReadOnlyInline):
    model = EditionItem
    fields = ("revision",)


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ("number", "label", "effective_on", "made_by_label")
    inlines = (ItemInline,)
