"""Fields that acts share: a day, several lines of text, a file that is taken in at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class DateField(forms.DateField):
    """A day that a calendar of this house knows how to count from."""

    widget = DateInput
    first, last = date(1900, 1, 1), date(2199, 12, 31)
    default_error_messages = {"invalid": "不是有效的日期，按“2026-03-02”填写", "required": "请填写日期"}

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not self.first <= value <= self.last:
            raise forms.ValidationError(f"日期应在 {self.first} 至 {self.last} 之间，核对年份", code="range")


class Text(forms.CharField):
    """Several lines of text."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes to tick in a long list that can be narrowed by typing."""

    filtered = True


class UploadField(forms.FileField):
    """A file that is taken in at once and kept while the rest of the form is mended."""

    default_error_messages = {"required": "请选择文件", "empty": "文件是空的，核对后重新选择文件"}

    def __init__(self, *, required: bool = True, **kwargs: Any) -> None:
        self.wanted = required
        kwargs.setdefault("help_text", "PDF、图片、Word、Excel、OFD 或文本，不超过 20 MiB")
        super().__init__(required=False, **kwargs)
