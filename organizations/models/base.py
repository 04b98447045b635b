"""Pieces that several models share: periods with both ends in force, and how sure a fact is."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value

from organizations.enums import Confidence


class Sourced(models.Model):
    """A reference fact with the mark of how sure it is and a note, both editable."""

    confidence = models.CharField("把握程度", max_length=2, choices=Confidence.choices, blank=True, default="")
    note = models.CharField("说明", max_length=500, blank=True, default="")

    class Meta:
        abstract = True


def sane_period(name: str) -> models.CheckConstraint:
    """Return the constraint that a period does not end before it begins."""
    return models.CheckConstraint(
        name=name,
        condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
        violation_error_message="起始日期不得晚于截止日期",
    )


def point(field: str) -> Func:
    """Return a one-value int8range, which GiST indexes without the btree_gist extension."""
    return Func(F(field), F(field), Value("[]"), function="int8range", output_field=models.TextField())


def span() -> Func:
    """Return the period as a daterange, both ends in force, open where null."""
    return Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange", output_field=models.TextField())


def no_overlap(name: str, field: str, message: str) -> ExclusionConstraint:
    """Return the constraint that the periods of one owner never overlap, checked when a statement ends."""
    return ExclusionConstraint(
        name=name,
        expressions=[(point(field), RangeOperators.OVERLAPS), (span(), RangeOperators.OVERLAPS)],
        deferrable=Deferrable.IMMEDIATE,
        violation_error_message=message,
    )


def in_force(on: object, prefix: str = "") -> Q:
    """Return the condition that the period contains the day."""
    return (Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": on})) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": on})
    )
