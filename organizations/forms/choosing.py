"""Fields that choose a unit, a group or a district by its public word, never by its key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from core import clock
from organizations import selectors
from organizations.acts.fields import Ticks
from organizations.models import District, Organization, WorkingGroup


class UnitField(forms.ModelChoiceField):
    """One of the units that exist today."""

    default_error_messages = {"invalid_choice": "所选单位今天不存续，请重新选择", "required": "请选择单位"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "请选择单位")
        super().__init__(Organization.objects.none(), to_field_name="public_id", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class UnitsField(forms.ModelMultipleChoiceField):
    """Several of the units that exist today."""

    widget = Ticks
    default_error_messages = {"invalid_choice": "所选单位今天不存续，请重新选择", "required": "请选择单位"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Organization.objects.none(), to_field_name="public_id", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.short_name)


class GroupField(forms.ModelChoiceField):
    """A 专项小组 or the office."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "不适用")
        super().__init__(WorkingGroup.objects.all(), to_field_name="public_id", **kwargs)


class DistrictField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "不适用")
        super().__init__(District.objects.all(), to_field_name="code", **kwargs)


def present_units(
    form: forms.BaseForm, *, without: Organization | None = None, also: Iterable[str] = ()
) -> QuerySet[Organization]:
    """Give every unit field of the form the units that exist today, leaving one out and adding those named by code."""
    units = selectors.units_in_force(clock.today())
    units = (units | Organization.objects.filter(code__in=list(also)).select_related("district")).order_by(
        "level", "sort", "code"
    )
    if without is not None:
        units = units.exclude(pk=without.pk)
    for field in form.fields.values():
        if isinstance(field, UnitField | UnitsField):
            field.queryset = units
    return units
