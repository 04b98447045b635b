"""Instruments, articles, the measure library, entries and editions: for reading; a repeal is an act with a preview."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextareaWidget

from catalog import selectors, services
from catalog.models import Article, Edition, EditionItem, Entry, LegalInstrument, Measure
from catalog.permissions import INSTRUMENT_MANAGE
from core import clock
from core.api.actors import actor_of
from core.problems import Problem
from organizations.admin import ReadOnlyAdmin, ReadOnlyInline


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


class RepealForm(forms.Form):
    last_day = forms.DateField(label="最后适用日", widget=UnfoldAdminSingleDateWidget)
    reason = forms.CharField(label="废止依据", widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


@admin.register(Article)
class ArticleAdmin(ReadOnlyAdmin):
    list_display = ("instrument", "label", "valid_from", "valid_to")
    list_filter = ("instrument__kind",)
    list_select_related = ("instrument",)
    search_fields = ("instrument__title", "label")
    actions_detail = ("repeal",)

    def has_repeal_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return actor_of(request).may(INSTRUMENT_MANAGE)

    @action(description="登记废止", url_path="repeal", permissions=["repeal"])
    def repeal(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Record the last day of an article, below the preview of what that touches."""
        article = Article.objects.select_related("instrument").filter(pk=object_id).first()
        if article is None:
            raise Http404
        form = RepealForm(request.POST or None)
        status = 200
        if request.method == "POST" and form.is_valid():
            try:
                services.repeal_article(actor=actor_of(request), article=article, **form.cleaned_data)
            except Problem as problem:
                form.add_error(None, str(problem))
                status = problem.status
            else:
                messages.success(request, f"已登记{article}废止")
                return HttpResponseRedirect(reverse("admin:catalog_article_change", args=[article.pk]))
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": f"登记废止：{article}",
            "lead": "废止后，仅以本条为确定依据的事项和一类措施自次日起不再有效。下列影响请先核对。",
            "impact": selectors.impact_of(article=article, on=clock.today()),
            "form": form,
            "button": "登记废止",
            "back": reverse("admin:catalog_article_change", args=[article.pk]),
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "catalog/admin/act.html", context, status=status)


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
