"""How the pages of the services write fields, faults and sizes."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.utils.safestring import SafeString

from core.problems import Violation
from subjects.enums import DeliveryState

register = template.Library()


@register.filter
def of(found: dict[str, list[Violation]] | None, name: str) -> list[Violation]:
    """Return the faults beside one field."""
    return (found or {}).get(name, [])


@register.filter
def is_radio(field: forms.BoundField) -> bool:
    return isinstance(field.field.widget, forms.RadioSelect)


@register.filter
def is_box(field: forms.BoundField) -> bool:
    return isinstance(field.field, forms.BooleanField)


@register.filter
def described(field: forms.BoundField, wrong: list[Violation]) -> SafeString:
    """Return the field, tied to its help and its faults for who cannot see them."""
    told = [f"h-{field.name}"] if field.help_text else []
    attrs: dict[str, Any] = {}
    if wrong:
        told.append(f"e-{field.name}")
        attrs["aria-invalid"] = "true"
    if told:
        attrs["aria-describedby"] = " ".join(told)
    return field.as_widget(attrs=attrs)


@register.filter
def file_size(size: int) -> str:
    """Write a number of bytes as people read it."""
    if size < 1024:
        return f"{size} 字节"
    return f"{size / 1024:.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


@register.filter
def positive(number: int) -> int:
    return abs(number)


@register.filter
def served_on(message: Any) -> Any:
    """Return the day on which a letter was proved to have arrived, by whichever way."""
    days = [way.served_on for way in message.deliveries.all() if way.state == DeliveryState.DELIVERED]
    return min(days, default=None)
