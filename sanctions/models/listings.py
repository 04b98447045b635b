"""Listings: a decided subject on a list, with the dates from which its state on any day follows."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from core.periods import Clock, Pause
from sanctions.enums import GovernedBy, ListingState, Polarity
from sanctions.permissions import units_of_part

STATE_SQL = (
    "core_period_state(%s, {t}.starts_on, {t}.original_ends_on,"
    " (SELECT range_agg(daterange(p.from_on, p.to_on)) FROM sanctions_listingpause p WHERE p.listing_id = {t}.id),"
    " {t}.over_from, {t}.revoked)"
)


class ListingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep the listings of cases this actor may know of, and those it has tasks for."""
        if actor.may("sanctions.case.see_all"):
            return self
        mine = Q(pk__in=[])
        if units := units_of_part(actor):
            mine |= Q(case_subject__case__unit_id__in=units) | Q(tasks__unit_id__in=units)
        if actor.may("sanctions.case.accept") and actor.group_ids:
            mine |= Q(case_subject__case__group_id__in=actor.group_ids)
        if actor.may("sanctions.case.see_district") and actor.district_code:
            mine |= Q(case_subject__case__unit__district__code=actor.district_code)
        return self.filter(pk__in=self.model.objects.filter(mine).values("pk"))

    def with_state_on(self, day: date) -> Any:
        """Annotate `state_on`: pending, in_force, paused, ended or revoked on `day`, by the SQL twin."""
        table = self.model._meta.db_table
        expression = models.expressions.RawSQL(  # noqa: S611  (no user text in the statement)
            STATE_SQL.format(t=table), [day], output_field=models.CharField()
        )
        return self.annotate(state_on=expression)


class Listing(models.Model):
    """列入. Whether it is pending, in force, paused or ended is computed, never stored."""

    public_id = PublicIdField()
    case_subject = models.OneToOneField(
        "sanctions.CaseSubject", models.PROTECT, related_name="listing", verbose_name="事项主体"
    )
    determination = models.ForeignKey(
        "sanctions.Determination", models.PROTECT, related_name="listings", verbose_name="认定决定"
    )
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="listings", verbose_name="主体")
    revision = models.ForeignKey("catalog.EntryRevision", models.PROTECT, verbose_name="目录事项")
    polarity = models.CharField("类别", max_length=12, choices=Polarity)
    governed_by = models.CharField("依据名单", max_length=8, choices=GovernedBy, default=GovernedBy.CITY)
    state = models.CharField("办理状态", max_length=12, choices=ListingState, default=ListingState.ISSUED)
    served_on = models.DateField("决定送达日")
    starts_on = models.DateField("生效日")
    original_ends_on = models.DateField("原定截止日", null=True, blank=True)
    ends_on = models.DateField("截止日（推算）", null=True, blank=True)
    over_from = models.DateField("提前结束首日", null=True, blank=True)
    revoked = models.BooleanField("因撤销结束", default=False)
    delisted_on = models.DateField("移出公告日", null=True, blank=True)
    history = TriggerHistory()

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = "列入名单"
        verbose_name_plural = "列入名单"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject", "polarity"], name="sanctions_listing_of"),
            models.Index(
                F("starts_on").desc(),
                F("id").desc(),
                condition=Q(delisted_on__isnull=True),
                name="sanctions_listing_newest",
            ),
            models.Index(fields=["ends_on"], condition=Q(delisted_on__isnull=True), name="sanctions_listing_expiring"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__gte=F("served_on")), name="sanctions_effective_after_service"
            ),
            models.CheckConstraint(
                condition=Q(original_ends_on__isnull=True) | Q(original_ends_on__gte=F("starts_on")),
                name="sanctions_listing_span",
            ),
            models.CheckConstraint(
                condition=(Q(state="issued") & Q(over_from__isnull=True, revoked=False))
                | (Q(state__in=["performed", "withdrawn", "closed"]) & Q(over_from__isnull=False))
                | Q(state="delisted"),
                name="sanctions_over_by_an_act",
            ),
            models.CheckConstraint(
                condition=Q(state="delisted", delisted_on__isnull=False)
                | (~Q(state="delisted") & Q(delisted_on__isnull=True)),
                name="sanctions_delisted_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.revision.title}"

    def clock(self) -> Clock:
        """Return the dates that decide this listing's state on any day."""
        pauses = [Pause(p.from_on, p.to_on) for p in self.pauses.all()]
        return Clock(self.starts_on, self.original_ends_on, pauses, self.over_from, self.revoked)


class ListingPause(models.Model):
    """暂停: the measure clock stands from `from_on` (inclusive) to `to_on` (exclusive)."""

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="pauses", verbose_name="列入")
    from_on = models.DateField("自")
    to_on = models.DateField("恢复日", null=True, blank=True)
    cause = models.CharField("原因", max_length=40)
    history = TriggerHistory()

    class Meta:
        verbose_name = "暂停"
        verbose_name_plural = "暂停"
        ordering = ["from_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="sanctions_pause_span"
            ),
            models.UniqueConstraint(
                fields=["listing"], condition=Q(to_on__isnull=True), name="sanctions_one_open_pause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on}–{self.to_on or ''}"
