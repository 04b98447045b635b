"""Lists received from elsewhere: shown and reminded of, never a ground for a measure here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.fields import PublicIdField
from core.history import TriggerHistory
from core.models.dated import Dated, dated_constraints


class ExternalSource(models.Model):
    """外部名单来源: one list of one source, who may hand it in, and how fresh what we hold of it is."""

    public_id = PublicIdField()
    code = models.CharField("来源代号", max_length=40)
    list_code = models.CharField("名单代码", max_length=40)
    name = models.CharField("来源", max_length=60)
    list_name = models.CharField("名单", max_length=200)
    law = models.CharField("所依规定", max_length=300)
    law_confidence = models.CharField(
        "规定把握", max_length=10, choices=Dated.Confidence, default=Dated.Confidence.UNSURE
    )
    contact = models.CharField("怎样联系来源", max_length=300)
    cadence = models.CharField("更新频率", max_length=60, blank=True)
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="推送单位"
    )
    is_public = models.BooleanField("门户展示", default=True)
    is_active = models.BooleanField("正在接收", default=True)
    received_at = models.DateTimeField("最近入库", null=True, blank=True)
    as_of = models.DateField("来源截至日", null=True, blank=True)
    full_as_of = models.DateField("最近全量截至日", null=True, blank=True)
    last_number = models.CharField("最近批次", max_length=64, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "外部名单来源"
        verbose_name_plural = "外部名单来源"
        ordering = ["code", "list_code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "list_code"], name="sanctions_source_once"),
            models.CheckConstraint(
                condition=~Q(law="") & ~Q(contact="") & ~Q(name="") & ~Q(list_name=""), name="sanctions_source_told"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.list_name}"

    @property
    def key(self) -> str:
        """Return the name under which rules are kept for this list alone."""
        return f"{self.code}/{self.list_code}"


class ExternalRule(Dated):
    """接收规则: when a batch is held for a person, and when a list counts as stale; for one list, or for all."""

    public_id = PublicIdField()
    applies_to = models.CharField("适用名单", max_length=81, blank=True)  # a source's key; blank: every list
    min_share = models.PositiveSmallIntegerField("全量不得少于现有的（%）", default=80)
    max_changed = models.PositiveSmallIntegerField("主体变更不得超过（%）", default=5)
    max_rejected = models.PositiveSmallIntegerField("退回不得超过（%）", default=20)
    stale_days = models.PositiveSmallIntegerField("多少日未接收视为陈旧", default=7)
    history = TriggerHistory()

    class Meta:
        verbose_name = "名单接收规则"
        verbose_name_plural = "名单接收规则"
        ordering = ["applies_to", "valid_from"]
        constraints = [
            *dated_constraints("sanctions_external_rule", "applies_to"),
            models.CheckConstraint(
                condition=Q(min_share__range=(1, 100), max_changed__lte=100, max_rejected__lte=100, stale_days__gte=1),
                name="sanctions_external_rule_shares",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.applies_to or '各名单'}：全量不少于 {self.min_share}%，{self.stale_days} 日"


class ExternalListing(models.Model):
    """外部名单. Starts no measure and no task; only its source ends it (design §3, law 6).

    An entry with a `register` came in a batch and is changed by batches only (guard CR220); one without was recorded by
    hand from a source that sends none. `norm`, `id_type`, `id_value` and `personal` are what it is matched by, once its
    subject is on file. A person's number is only in `personal`.
    """

    public_id = PublicIdField()
    register = models.ForeignKey(
        ExternalSource, models.PROTECT, null=True, blank=True, related_name="listings", verbose_name="来源名单"
    )
    source = models.CharField("来源", max_length=60)
    source_number = models.CharField("来源编号", max_length=128)
    list_name = models.CharField("名单", max_length=200)
    subject = models.ForeignKey(
        "subjects.Subject", models.PROTECT, null=True, related_name="external_listings", verbose_name="主体"
    )
    reported_name = models.CharField("来源所载名称", max_length=200)
    norm = models.CharField("比对形式", max_length=200, blank=True, db_default="", db_collation="C", editable=False)
    is_person = models.BooleanField("自然人", default=False, db_default=False)
    id_type = models.CharField("证照类型", max_length=32, blank=True, db_default="")
    id_value = models.CharField("证照号码", max_length=50, null=True, blank=True, db_collation="C")
    personal = models.ForeignKey(
        "core.PersonalIdentifier",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="自然人证件",
    )
    authority = models.CharField("列入机关", max_length=200, blank=True, db_default="")
    basis = models.CharField("依据文书", max_length=200, blank=True)
    listed_on = models.DateField("列入日")
    expected_exit_on = models.DateField("预计退出日", null=True, blank=True)
    ended_on = models.DateField("来源告知退出日", null=True, blank=True)
    end_note = models.CharField("退出的依据", max_length=200, blank=True, db_default="")
    received_on = models.DateField("接收日")
    batch_no = models.CharField("最近变更批次", max_length=16, blank=True, db_default="")
    history = TriggerHistory(excluded_fields=["norm"], no_db_index=["personal"])

    class Meta:
        verbose_name = "外部名单"
        verbose_name_plural = "外部名单"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_number"], condition=Q(register__isnull=True), name="sanctions_external_once"
            ),
            models.UniqueConstraint(
                fields=["register", "source_number"],
                condition=Q(register__isnull=False),
                name="sanctions_external_in_list",
            ),
            models.CheckConstraint(
                condition=Q(personal__isnull=True) | Q(id_value__isnull=True, is_person=True),
                name="sanctions_external_numbers_apart",
                violation_error_message="自然人证件号码只能加密保存",
            ),
        ]
        indexes = [
            models.Index(
                fields=["register", "id"], condition=Q(ended_on__isnull=True), name="sanctions_external_standing"
            ),
            models.Index(
                fields=["id"],
                condition=Q(subject__isnull=True, ended_on__isnull=True) & ~Q(id_type=""),
                name="sanctions_external_unmatched",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_name} {self.reported_name}"


class ExternalNomination(models.Model):
    """提名: an officer has drafted a case because of an external listing; the case goes the ordinary way."""

    public_id = PublicIdField()
    case = models.ForeignKey("sanctions.Case", models.PROTECT, related_name="nominations", verbose_name="事项")
    listing = models.ForeignKey(ExternalListing, models.PROTECT, related_name="nominations", verbose_name="外部名单")
    reason = models.CharField("提名理由", max_length=1000)
    nominated_on = models.DateField("提名日")
    nominated_by_label = models.CharField("提名人", max_length=200)
    history = TriggerHistory()

    class Meta:
        verbose_name = "外部名单提名"
        verbose_name_plural = "外部名单提名"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "listing"], name="sanctions_nomination_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="sanctions_nomination_reasoned"),
        ]

    def __str__(self) -> str:
        return f"{self.listing} → {self.case}"
