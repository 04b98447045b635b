"""Entries of the catalogue and their revisions: a published one never changes, its successor replaces it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalog.enums import (
    FROZEN_STATES,
    OPEN_STATES,
    Governance,
    PeriodAlternative,
    PeriodKind,
    Polarity,
    RevisionState,
    Severity,
)
from catalog.permissions import REVISION_READ_ALL
from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from organizations.enums import GroupCode, SubjectKind


class Entry(models.Model):
    """One kind of conduct that the joint meeting answers to; what holds on a day is in its revisions."""

    public_id = PublicIdField()
    code = models.CharField("编号", max_length=20, unique=True)
    polarity = models.CharField("奖惩类型", max_length=12, choices=Polarity.choices)
    domain = models.CharField("领域", max_length=50)
    history = TriggerHistory()

    class Meta:
        verbose_name = "清单事项"
        verbose_name_plural = "清单事项"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="catalog_entry_code_shape",
                condition=Q(code__regex=r"^[A-Z]{2}-[0-9]{3,6}$"),
                violation_error_message="编号形如 CJ-001、JL-001",
            ),
            models.CheckConstraint(
                name="catalog_entry_polarity_known", condition=Q(polarity__in=[item.value for item in Polarity])
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RevisionQuerySet(models.QuerySet["EntryRevision"]):
    """Revisions, always scoped before they are shown."""

    def visible_to(self, actor: Actor) -> Self:
        """Return what the actor may read: published ones, those open for comment, and those of the own unit."""
        if actor.may(REVISION_READ_ALL):
            return self
        public = Q(state__in=FROZEN_STATES, effective_from__isnull=False)
        if actor.unit_id is None:
            return self.filter(public)
        own = Q(submitted_by_unit_id=actor.unit_id) | Q(pk__in=_initiated_by(actor.unit_id))
        return self.filter(public | Q(state=RevisionState.COMMENTED) | own)


def _initiated_by(unit_id: int) -> models.QuerySet[RevisionInitiator, int]:
    return RevisionInitiator.objects.filter(unit_id=unit_id).values_list("revision_id", flat=True)


class EntryRevision(models.Model):
    """The eight contents of an entry as they hold from a day on; frozen once published (CR101)."""

    public_id = PublicIdField()
    entry = models.ForeignKey(Entry, verbose_name="事项", on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField("版次")
    state = models.CharField("办理状态", max_length=12, choices=RevisionState.choices, default=RevisionState.DRAFTED)
    title = models.CharField("行为", max_length=300)
    cause = models.TextField("实施事由/奖励事由")
    handling = models.TextField("处理措施")
    evidence = ArrayField(models.CharField(max_length=200), verbose_name="证据材料")
    subject_kinds = ArrayField(models.CharField(max_length=30, choices=SubjectKind.choices), verbose_name="主体类型")
    period_kind = models.CharField("期限种类", max_length=20, choices=PeriodKind.choices)
    period_min_months = models.PositiveIntegerField("最短（月）", null=True, blank=True)
    period_max_months = models.PositiveIntegerField("最长（月）", null=True, blank=True)
    period_default_months = models.PositiveIntegerField("通常（月）", null=True, blank=True)
    period_alternative = models.CharField(
        "期限另可为", max_length=20, choices=PeriodAlternative.choices, blank=True, default=""
    )
    period_text = models.CharField("期限说明", max_length=300, blank=True)
    period_needs_check = models.BooleanField("期限待核", default=False)
    repair_condition = models.CharField("修复/退出条件", max_length=500)
    repair_needs_check = models.BooleanField("修复条件待核", default=False)
    severity = models.CharField("失信程度", max_length=10, choices=Severity.choices, blank=True)
    is_major = models.BooleanField("重大事项", default=False)
    group_code = models.CharField("责任专项小组", max_length=20, choices=GroupCode.choices)
    governed_by = models.CharField("名单管理", max_length=10, choices=Governance.choices, default=Governance.CITY)
    governance_note = models.CharField("名单管理说明", max_length=500, blank=True)
    effective_from = models.DateField("生效日", null=True, blank=True)
    effective_to = models.DateField("最后有效日", null=True, blank=True)
    submitted_by_unit = models.ForeignKey(
        "organizations.Organization",
        verbose_name="报送单位",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="submitted_revisions",
    )
    first_confirmed_key = models.CharField("启用确认人一编号", max_length=100, blank=True)
    first_confirmed_label = models.CharField("启用确认人一", max_length=200, blank=True)
    second_confirmed_key = models.CharField("启用确认人二编号", max_length=100, blank=True)
    second_confirmed_label = models.CharField("启用确认人二", max_length=200, blank=True)
    activated_on = models.DateField("启用日", null=True, blank=True)
    edited_by_key = models.CharField("最后起草人编号", max_length=100, blank=True, editable=False)
    edited_by_label = models.CharField("最后起草人", max_length=200, blank=True, editable=False)
    drafted_at = models.DateTimeField("起草时间", default=clock.now, editable=False)
    history = TriggerHistory()

    objects: ClassVar[models.Manager[EntryRevision]] = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = "清单事项版本"
        verbose_name_plural = "清单事项版本"
        ordering = ["entry", "number"]
        constraints = [
            models.UniqueConstraint(name="catalog_revision_number", fields=["entry", "number"]),
            models.UniqueConstraint(
                name="catalog_revision_one_open",
                fields=["entry"],
                condition=Q(state__in=OPEN_STATES),
                violation_error_message="该事项已有一个在办版本",
            ),
            models.CheckConstraint(
                name="catalog_revision_state_known", condition=Q(state__in=[state.value for state in RevisionState])
            ),
            models.CheckConstraint(
                name="catalog_revision_published_dated",
                condition=~Q(state__in=["published", "superseded"]) | Q(effective_from__isnull=False),
            ),
            # A revision withdrawn before it took effect ends the day before it begins: an empty span.
            models.CheckConstraint(
                name="catalog_revision_span",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from") - 1),
            ),
            models.CheckConstraint(
                name="catalog_revision_period_range",
                condition=Q(period_min_months__isnull=True)
                | Q(period_max_months__isnull=True)
                | Q(period_max_months__gte=F("period_min_months")),
                violation_error_message="最短期限不得大于最长期限",
            ),
            models.CheckConstraint(
                name="catalog_revision_two_confirmers",
                condition=Q(second_confirmed_key="")
                | (~Q(first_confirmed_key="") & ~Q(second_confirmed_key=F("first_confirmed_key"))),
                violation_error_message="启用须由两名不同人员确认",
            ),
            models.CheckConstraint(
                name="catalog_revision_activated_by_two",
                condition=Q(activated_on__isnull=True) | ~Q(second_confirmed_key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry.code} 第{self.number}版"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class RevisionInitiator(models.Model):
    """A unit that may report conduct under this revision."""

    revision = models.ForeignKey(
        EntryRevision, verbose_name="版本", on_delete=models.PROTECT, related_name="initiators"
    )
    unit = models.ForeignKey(
        "organizations.Organization", verbose_name="发起单位", on_delete=models.PROTECT, related_name="+"
    )
    history = TriggerHistory()

    class Meta:
        verbose_name = "发起单位"
        verbose_name_plural = "发起单位"
        ordering = ["revision", "id"]
        constraints = [models.UniqueConstraint(name="catalog_initiator_once", fields=["revision", "unit"])]

    def __str__(self) -> str:
        return str(self.unit)


class Comment(models.Model):
    """What a unit says while the revision is open for comment."""

    revision = models.ForeignKey(EntryRevision, verbose_name="版本", on_delete=models.PROTECT, related_name="comments")
    unit = models.ForeignKey(
        "organizations.Organization", verbose_name="单位", on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField("意见")
    author_label = models.CharField("填写人", max_length=200)
    on = models.DateField("日期")
    history = TriggerHistory()

    class Meta:
        verbose_name = "征求意见反馈"
        verbose_name_plural = "征求意见反馈"
        ordering = ["revision", "id"]

    def __str__(self) -> str:
        return f"{self.unit} {self.on}"
