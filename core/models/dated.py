"""Rows of law and of settings that hold from a day on: one officer proposes, another confirms, nobody rewrites."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

IN_USE = ~Q(confirmed_by_key="") & Q(replaced_on__isnull=True)


class DatedQuerySet(models.QuerySet[Any]):
    """Which rows rule."""

    def in_use(self) -> Self:
        """Return the confirmed rows that no other of the same first day replaced, past ones and those to come too."""
        return self.filter(replaced_on__isnull=True).exclude(confirmed_by_key="")

    def on(self, day: date) -> Self:
        """Return the rows that rule on the day, the newest first."""
        valid = self.in_use().filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)
        return valid.newest_first()

    def newest_first(self) -> Self:
        return self.order_by("-valid_from", "-pk")


class Dated(models.Model):
    """A row that one officer proposes and another confirms; confirmed ones end or are replaced, never rewritten.

    Written by `core.dated` only. A subclass adds what the row says, `dated_constraints` and the guard of `core.guards`.
    """

    class Confidence(models.TextChoices):
        SURE = "sure", "有据"
        UNSURE = "unsure", "待核实"

    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("最后适用日", null=True, blank=True)
    basis = models.CharField("依据", max_length=300)
    confidence = models.CharField("把握", max_length=10, choices=Confidence, default=Confidence.UNSURE)
    replaced_on = models.DateField("被同日规则更正日", null=True, blank=True, editable=False)
    proposed_by_key = models.CharField("提出人编号", max_length=100, editable=False)
    proposed_by_label = models.CharField("提出人", max_length=200, editable=False)
    confirmed_by_key = models.CharField("复核人编号", max_length=100, blank=True, editable=False)
    confirmed_by_label = models.CharField("复核人", max_length=200, blank=True, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def needs_check(self) -> bool:
        return self.confidence == self.Confidence.UNSURE

    def holds_on(self, day: date) -> bool:
        """Tell whether the day lies in the row's span, confirmed or not."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


def dated_constraints(prefix: str, *keys: str) -> list[models.BaseConstraint]:
    """Return what the database refuses in every dated table; `keys` are the columns that name one law."""
    return [
        models.UniqueConstraint(fields=[*keys, "valid_from"], condition=IN_USE, name=f"{prefix}_once_a_day"),
        models.CheckConstraint(
            condition=~Q(confirmed_by_key=F("proposed_by_key")),
            name=f"{prefix}_two_officers",
            violation_error_message="提出与复核应由两名不同人员办理",
        ),
        models.CheckConstraint(
            condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=f"{prefix}_span"
        ),
    ]
