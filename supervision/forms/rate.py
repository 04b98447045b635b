"""What the page of 逢报必查 is asked: months, kind, district; its list also unit, matter and fate."""

from __future__ import annotations

from typing import Any

from django import forms

from core import clock
from core.actors import Actor
from organizations.models import District, Organization
from publicity.forms.quality import LONGEST, MonthField
from publicity.quality.board import months_back
from supervision.checking.decisions import KINDS, Asked, Fate
from supervision.permissions import SEE_ALL
from supervision.scope import units_of

MONTHS_SHOWN = 5
NARROWING = ("unit", "matter", "fate")


class RateForm(forms.Form):
    """The months, the kind and the district that the page shows; a fresh page shows this month and five before."""

    first = MonthField(label="自月份", required=False)
    last = MonthField(label="至月份", required=False)
    kind = forms.ChoiceField(label="决定种类", choices=[("", "全部"), *KINDS.items()], required=False)
    district = forms.ChoiceField(label="县区", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        this = clock.today().replace(day=1)
        defaults = {"first": f"{months_back(this, MONTHS_SHOWN):%Y-%m}", "last": f"{this:%Y-%m}"}
        super().__init__({**defaults, **{name: value for name, value in data.items() if value}}, label_suffix="")
        if actor.may(SEE_ALL):
            places = [(row.code, row.name) for row in District.objects.order_by("code")]
            self.fields["district"].choices = [("", "全市"), *places]  # type: ignore[attr-defined]
        else:
            del self.fields["district"]
        self.actor = actor

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and not first <= last:
            self.add_error("last", "截止月份早于起始月份")
        elif first and last and (last.year - first.year) * 12 + last.month - first.month >= LONGEST:
            self.add_error("first", f"一次最多查看 {LONGEST} 个月")
        return cleaned

    def asked(self) -> Asked:
        data = self.cleaned_data
        given = {name: data.get(name, "") for name in ("kind", "district", *NARROWING)}
        return Asked(data["first"], data["last"], **given)


class DecisionsForm(RateForm):
    """The same, narrowed to one unit, matter and fate; a unit out of sight is no choice."""

    unit = forms.ChoiceField(label="单位", required=False)
    matter = forms.CharField(label="事项", required=False, max_length=500)
    fate = forms.ChoiceField(label="情形", choices=[("", "全部"), *Fate.choices], required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, actor=actor)
        rows = Organization.objects.filter(units_of(actor)).order_by("sort", "code")
        choices = [(row.code, row.short_name or row.name) for row in rows]
        self.fields["unit"].choices = [("", "全部"), *choices]  # type: ignore[attr-defined]
