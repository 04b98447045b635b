"""The impact preview: /admin/catalog/impact/, read before anyone confirms a repeal or a dissolution."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from catalog import selectors
from catalog.models import Article, Impact, Measure
from catalog.permissions import IMPACT_READ
from core import clock
from core.api.actors import actor_of
from organizations.acts.fields import DateField
from organizations.acts.pages import ScopedAdmin
from organizations.selectors import visible_units


class ImpactForm(forms.Form):
    """Exactly one of article, unit, measure."""

    article: forms.ModelChoiceField[Article] = forms.ModelChoiceField(
        Article.objects.select_related("instrument").order_by("instrument__title", "id"),
        label="废止的条款",
        required=False,
        empty_label="不选",
    )
    unit: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None, label="撤销的单位", required=False, empty_label="不选"
    )
    measure: forms.ModelChoiceField[Measure] = forms.ModelChoiceField(
        Measure.objects.order_by("sort"), label="停用的措施", required=False, empty_label="不选"
    )
    on = DateField(label="自哪一天起", required=False, help_text="留空为今天")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [name for name in ("article", "unit", "measure") if cleaned.get(name)]
        if len(chosen) != 1:
            raise forms.ValidationError("条款、单位、措施三者选一")
        return cleaned


@admin.register(Impact)
class ImpactAdmin(ScopedAdmin):
    """A page in the place of the list; nothing is written here."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        actor = actor_of(request)
        if not actor.may(IMPACT_READ):
            raise PermissionDenied
        asked = any(request.GET.get(name) for name in ("article", "unit", "measure"))
        form = ImpactForm(request.GET if asked else None)
        form.fields["unit"].queryset = visible_units(actor)  # type: ignore[attr-defined]
        found = None
        if asked and form.is_valid():
            data = form.cleaned_data
            found = selectors.impact_of(
                article=data["article"], unit=data["unit"], measure=data["measure"], on=data["on"] or clock.today()
            )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "影响预览",
            "form": form,
            "impact": found,
        }
        return TemplateResponse(request, "catalog/admin/impact.html", context)
