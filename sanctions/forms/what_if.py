"""如果…会怎样 as a form: up to six acts with their days, and days that are asked about; read by GET, writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms

from organizations.acts.fields import DateField, DateInput
from sanctions.simulation import offered
from sanctions.simulation.scenario import FIRST_DAY, LAST_DAY, LONGEST

ROWS, SHOWN_ROWS, ASKED = 6, 2, 2
UNITS = (("days", "日"), ("months", "个月"), ("years", "年"))
NO_ACT = {"invalid_choice": "没有这个办理事项，请从列表中选择"}


class ActSelect(forms.Select):
    """A list of acts that marks those which need a length."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        known = offered().get(str(value))
        if known is not None and "period" in known.needs:
            option["attrs"]["data-period"] = ""
        return option


class WhatIfForm(forms.Form):
    """What is imagined on a listing. `acts()` in the form of a scenario, once it is valid."""

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        choices = _choices()
        for number in range(ROWS):
            self.fields[f"act-{number}"] = forms.ChoiceField(
                label="办理事项", choices=choices, required=False, widget=ActSelect, error_messages=NO_ACT
            )
            self.fields[f"on-{number}"] = _day("日期")
            self.fields[f"n-{number}"] = forms.IntegerField(
                label="新期限",
                required=False,
                min_value=1,
                max_value=max(LONGEST.values()),
                error_messages={
                    "invalid": "填写整数",
                    "min_value": "应大于零",
                    "max_value": "超出 %(limit_value)s",
                },
            )
            self.fields[f"unit-{number}"] = forms.ChoiceField(
                label="单位", choices=UNITS, required=False, error_messages={"invalid_choice": "选择日、月或者年"}
            )
        for number in range(ASKED):
            self.fields[f"ask-{number}"] = _day("另外想看哪一天" if number == 0 else "以及")

    @staticmethod
    def is_asked(data: Mapping[str, Any]) -> bool:
        """Tell whether anything was filled in at all."""
        return any(value and key.startswith(("act-", "on-", "ask-")) for key, value in data.items())

    def rows(self) -> list[dict[str, Any]]:
        """Return all rows for the page; those beyond what is used or asked for are not shown yet."""
        used = [number for number in range(ROWS) if self.is_bound and self._used(number)]
        try:
            wanted = int(self.data.get("rows", SHOWN_ROWS))
        except ValueError:
            wanted = SHOWN_ROWS
        shown = min(ROWS, max([wanted, SHOWN_ROWS, *(number + 1 for number in used)]))
        return [
            {
                "number": number + 1,
                "act": self[f"act-{number}"],
                "on": self[f"on-{number}"],
                "n": self[f"n-{number}"],
                "unit": self[f"unit-{number}"],
                "hidden": number >= shown,
                "more": min(ROWS, shown + 1),
            }
            for number in range(ROWS)
        ]

    def asks(self) -> list[forms.BoundField]:
        return [self[f"ask-{number}"] for number in range(ASKED)]

    def _used(self, number: int) -> bool:
        return any(self.data.get(f"{name}-{number}") for name in ("act", "on", "n"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number in range(ROWS):
            act, on = cleaned.get(f"act-{number}"), cleaned.get(f"on-{number}")
            if act and on is None and f"on-{number}" not in self.errors:
                self.add_error(f"on-{number}", "请填写日期")
            if on is not None and not act and f"act-{number}" not in self.errors:
                self.add_error(f"act-{number}", "请选择办理事项")
            if act and "period" in offered()[act].needs:
                self._length(number, cleaned)
        for name in self.errors:
            widget = self.fields[name].widget
            if isinstance(widget, DateInput):
                widget.input_type = "text"  # a date picker would drop what is no date
        return cleaned

    def _length(self, number: int, cleaned: dict[str, Any]) -> None:
        name = f"n-{number}"
        length, unit = cleaned.get(name), cleaned.get(f"unit-{number}") or "days"
        if length is None:
            if name not in self.errors:
                self.add_error(name, "请填写缩短后的期限，自生效日起算")
        elif length > LONGEST[unit]:
            self.add_error(name, f"至多 {LONGEST[unit]}{dict(UNITS)[unit]}")

    def acts(self) -> list[dict[str, Any]]:
        """Return the filled rows as acts of a scenario."""
        found = []
        for number in range(ROWS):
            name = self.cleaned_data.get(f"act-{number}")
            if not name:
                continue
            act: dict[str, Any] = {"on": self.cleaned_data[f"on-{number}"].isoformat(), "act": name}
            if "period" in offered()[name].needs:
                unit = self.cleaned_data.get(f"unit-{number}") or "days"
                act["period"] = {unit: self.cleaned_data[f"n-{number}"]}
            found.append(act)
        return found

    def asked_days(self) -> list[date]:
        return [day for number in range(ASKED) if (day := self.cleaned_data.get(f"ask-{number}"))]

    def told_errors(self) -> list[tuple[str, str]]:
        """Return every error with the row it is in, for where the fields themselves are not drawn again."""
        return [(_place(name), str(text)) for name, texts in self.errors.items() for text in texts]


def query_of(acts: list[dict[str, str]]) -> str:
    """Return the query string that fills the form with these acts."""
    return urlencode([(f"{key}-{number}", row[key]) for number, row in enumerate(acts) for key in ("act", "on")])


def _place(name: str) -> str:
    part, _, number = name.partition("-")
    return "想看的日期" if part == "ask" else f"第 {int(number) + 1} 行" if number else ""


def _day(label: str) -> DateField:
    field = DateField(label=label, required=False)
    field.validators.append(_in_reach)
    field.widget.attrs |= {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
    return field


def _in_reach(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise forms.ValidationError(f"应在 {FIRST_DAY} 至 {LAST_DAY} 之间")


def _choices() -> list[tuple[str, Any]]:
    parts: dict[str, list[tuple[str, str]]] = {}
    for name, known in offered().items():
        parts.setdefault(known.part, []).append((name, known.label))
    return [("", "选择办理事项"), *parts.items()]
