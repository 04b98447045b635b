"""Pages of rows of law and of settings: proposed by one officer, confirmed by another, in use from a day on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from core.actors import Actor
from core.models.dated import Dated
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm
from organizations.acts.pages import ScopedAdmin
from organizations.acts.words import AMBER, GREY, JADE, chip, zh


def confidence_chip(row: Dated) -> SafeString:
    return chip(Dated.Confidence(row.confidence).label, AMBER if row.needs_check else JADE)


def in_force_chip(row: Dated) -> SafeString:
    """Return whether a row is proposed, in use or replaced."""
    if not row.confirmed_by_key:
        return chip("待复核", AMBER)
    if row.replaced_on is not None:
        return chip(f"{zh(row.replaced_on)}被更正", GREY)
    return chip("已复核", JADE)


def span(row: Dated) -> str:
    return f"{zh(row.valid_from)}起" + (f"至{zh(row.valid_to)}" if row.valid_to else "")


class ProposeDated(ActForm):
    """What every proposed row says: from when, on which basis, how sure; a subclass adds the law and writes it."""

    backdatable = False
    lead = "已复核的规则不改写：提出新的一行，复核后前一行到前一日为止，旧案仍用旧规。"
    valid_from = DateField(label="施行日期")
    basis = forms.CharField(label="依据", max_length=300)
    confidence = forms.ChoiceField(label="把握", choices=Dated.Confidence.choices)

    def values(self) -> dict[str, Any]:
        """Return the columns that were filled in."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"reason", "on"}}


class ConfirmDated(ActForm):
    """Confirming a proposed row; the proposer sees why he may not. A subclass names the permission and writes it."""

    name, backdatable = "confirm", False
    second = "由本人提出，应由另一名人员复核"

    @classmethod
    def fits(cls, actor: Actor, record: Dated, target: Any) -> bool:
        return not record.confirmed_by_key

    @classmethod
    def blocked(cls, actor: Actor, record: Dated, target: Any) -> str:
        return cls.second if record.proposed_by_key == actor.key else ""


class DatedAdmin(ScopedAdmin):
    """A list of dated rows; public law, so everybody with a door sees all of them."""

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return self.model._default_manager.all()

    @admin.display(description="适用", ordering="valid_from")
    def span_shown(self, row: Dated) -> str:
        return span(row)

    @admin.display(description="把握", ordering="confidence")
    def confidence_shown(self, row: Dated) -> SafeString:
        return confidence_chip(row)

    @admin.display(description="复核")
    def confirmed_shown(self, row: Dated) -> SafeString:
        return in_force_chip(row)

    def shared(self, record: Dated) -> dict[str, Any]:
        """Return what the page of every dated row says."""
        return {
            "state": in_force_chip(record),
            "facts": [
                ("适用", span(record)),
                ("依据", record.basis),
                ("把握", confidence_chip(record)),
                ("提出", record.proposed_by_label),
                ("复核", record.confirmed_by_label or "尚未复核"),
                ("更正", zh(record.replaced_on)),
            ],
        }
