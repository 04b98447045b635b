"""Listings: a decided subject on a list, with the dates from which its state on any day follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from core.periods import DAY, Clock, Pause, Period
from sanctions.enums import GovernedBy, ListingState, PauseCause, PeriodSource, Polarity
from sanctions.permissions import units_of_part

_SPANS_SQL = (
    "(SELECT range_agg(daterange(p.from_on, p.to_on)) FROM sanctions_listingpause p WHERE p.listing_id = {t}.id"
)
PAUSES_SQL = _SPANS_SQL + " AND p.cause <> 'lapse')"
LAPSES_SQL = _SPANS_SQL + " AND p.cause = 'lapse')"
# With the pause that silence opens by its date alone (ADR 0024); no act has recorded it yet, so no stored end knows it.
LIVED_PAUSES_SQL = (
    f"CASE WHEN {{t}}.tacit_from IS NULL THEN {PAUSES_SQL}"
    f" ELSE coalesce({PAUSES_SQL}, datemultirange()) + datemultirange(daterange({{t}}.tacit_from, NULL)) END"
)
_CLOCK_SQL = "{{t}}.starts_on, {{t}}.original_ends_on, {pauses}, {lapses}, {{t}}.over_from, {{t}}.revoked_from"
# The arguments of the SQL twins after the day asked for, in their order: as acts have recorded them, and as lived.
RECORDED_SQL = _CLOCK_SQL.format(pauses=PAUSES_SQL, lapses=LAPSES_SQL)
LIVED_SQL = _CLOCK_SQL.format(pauses=LIVED_PAUSES_SQL, lapses=LAPSES_SQL)
STATE_SQL = "core_period_state(%s, " + LIVED_SQL + ")"


def ended_before(day: date) -> Q:
    """Return the condition that a stored end lies before `day` and no pause by silence keeps it open."""
    return Q(ends_on__lt=day) & (Q(tacit_from__isnull=True) | Q(tacit_from__gt=F("ends_on")))


def known_end(end: date | None, tacit_from: date | None, on: date, cuts: Iterable[date | None]) -> date | None:
    """Return a stored end as it is known on `on`: a pause by silence that stands then leaves only a cut, if any."""
    if end is None or tacit_from is None or tacit_from > on or end < tacit_from:
        return end
    return min((cut - DAY for cut in cuts if cut is not None), default=None)


class OfRow(models.expressions.RawSQL):
    """SQL about the row of the query that it stands in, named {t}, whatever alias the table has there.

    In a subquery of a query of the same table a plain table name would mean the outer row.
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return f"({self.sql.format(t=next(iter(compiler.query.alias_map)))})", self.params


# Removed when its day had come, and the subject was not told of this removal yet.
UNTOLD = Q(state="delisted") & (Q(removal_told_on__isnull=True) | Q(removal_told_on__lt=F("delisted_on")))


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
        return self.annotate(state_on=OfRow(STATE_SQL, [day], output_field=models.CharField()))


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
    revoked_from = models.DateField("撤销首日", null=True, blank=True)
    delisted_on = models.DateField("移出日", null=True, blank=True)
    tacit_from = models.DateField("未作决定即视为受理之日", null=True, blank=True)
    removal_told_on = models.DateField("移出已告知（所告知的移出日）", null=True, blank=True)
    history = TriggerHistory(whole_acts=True)

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
            models.Index(
                fields=["ends_on", "id"], condition=Q(delisted_on__isnull=True), name="sanctions_listing_expiring"
            ),
            models.Index(fields=["id"], condition=UNTOLD, name="sanctions_listing_untold"),
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
                condition=Q(state="issued", over_from__isnull=True, revoked_from__isnull=True)
                | Q(
                    state__in=["performed", "withdrawn", "closed", "repaired"],
                    over_from__isnull=False,
                    revoked_from__isnull=True,
                )
                | Q(state="delisted", revoked_from__isnull=True)
                | Q(state="revoked", revoked_from__isnull=False),
                name="sanctions_over_by_an_act",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["delisted", "repaired", "revoked"], delisted_on__isnull=False)
                | Q(state__in=["issued", "performed", "withdrawn", "closed"], delisted_on__isnull=True),
                name="sanctions_delisted_dated",
            ),
            models.CheckConstraint(
                condition=Q(tacit_from__isnull=True) | ~Q(polarity="incentive"), name="sanctions_reward_not_paused"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.revision.title}"

    def recorded(self) -> Clock:
        """Return the dates as acts have recorded them; stored ends follow from these."""
        spans: dict[bool, list[Pause]] = {True: [], False: []}
        for row in self.pauses.all():
            spans[row.cause == PauseCause.LAPSE].append(Pause(row.from_on, row.to_on))
        return Clock(
            self.starts_on, self.original_ends_on, spans[False], spans[True], self.over_from, self.revoked_from
        )

    def clock(self, on: date | None = None) -> Clock:
        """Return the dates that decide this listing's state, as known on `on`, today if none is given.

        Silence about an objection that waits is acceptance by the date alone: from that day on its pause stands, whether
        or not it was recorded yet; before that day it is nothing (ADR 0024).
        """
        recorded = self.recorded()
        if self.tacit_from is None or not self.tacit_on(on):
            return recorded
        return replace(recorded, pauses=[*recorded.pauses, Pause(self.tacit_from)])

    def tacit_on(self, on: date | None = None) -> bool:
        """Tell whether a pause by silence that nobody recorded yet stands on the day, today if none is given."""
        return self.tacit_from is not None and self.tacit_from <= (on or clock.today())

    def end_on(self, on: date | None = None) -> date | None:
        """Return the last day as known on `on`, today if none is given: what is shown in the place of `ends_on`."""
        return known_end(self.ends_on, self.tacit_from, on or clock.today(), (self.over_from, self.revoked_from))

    def period(self) -> Period:
        """Return the unified period as it stands: the determination's, or that of the last amendment."""
        amendments = list(self.amendments.all())
        return (amendments[-1] if amendments else self.determination).period


class ListingPause(models.Model):
    """暂停: the measure clock stands from `from_on` (inclusive) to `to_on` (exclusive).

    One row per cause and record that called for it (`ref`: its public id); the pause is the union of the rows. Rows of
    cause `lapse` are no pause but spans in which the listing was over by a repair that was revoked.
    """

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="pauses", verbose_name="列入")
    from_on = models.DateField("自")
    to_on = models.DateField("恢复日", null=True, blank=True)
    cause = models.CharField("原因", max_length=12, choices=PauseCause)
    ref = models.CharField("依据记录", max_length=40, blank=True)
    history = TriggerHistory(whole_acts=True)

    class Meta:
        verbose_name = "暂停"
        verbose_name_plural = "暂停"
        ordering = ["from_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="sanctions_pause_span"
            ),
            models.CheckConstraint(
                condition=~Q(cause="lapse") | Q(to_on__isnull=False), name="sanctions_lapse_is_closed"
            ),
            models.UniqueConstraint(
                fields=["listing", "cause", "ref"], condition=Q(to_on__isnull=True), name="sanctions_one_open_pause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on}–{self.to_on or ''}"


class Amendment(models.Model):
    """变更决定: the unified period determined anew, from the same first day; never longer than before."""

    public_id = PublicIdField()
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="amendments", verbose_name="列入")
    years = models.PositiveSmallIntegerField("年", default=0)
    months = models.PositiveSmallIntegerField("月", default=0)
    days = models.PositiveIntegerField("日", default=0)
    permanent = models.BooleanField("长期", default=False)
    until_performed = models.BooleanField("至履行完毕", default=False)
    period_source = models.CharField("期限来源", max_length=12, choices=PeriodSource, default=PeriodSource.MINUTES)
    original_ends_on = models.DateField("变更后的原定截止日", null=True, blank=True)
    official_number = models.CharField("文号", max_length=100)
    issued_on = models.DateField("变更日")
    reason = models.TextField("理由")
    history = TriggerHistory()

    class Meta:
        verbose_name = "变更决定"
        verbose_name_plural = "变更决定"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.official_number} {self.period.label()}"

    @property
    def period(self) -> Period:
        return Period(self.years, self.months, self.days, self.permanent, self.until_performed)
