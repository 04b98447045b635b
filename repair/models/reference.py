"""What the law says about repair, as dated rows: the terms of each entry, and records under another publicity regime."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.fields import PublicIdField
from core.history import TriggerHistory
from core.models.dated import Dated, dated_constraints
from repair.enums import Channel, CountsFrom, Decider


class EntryTerm(Dated):
    """When and where those listed under one catalogue entry may apply for repair, and what they have to show."""

    public_id = PublicIdField()
    entry_code = models.CharField("事项编号", max_length=20)
    repairable = models.BooleanField("可以申请提前移出", default=True)
    min_months = models.PositiveSmallIntegerField("最短月数", null=True, blank=True, help_text="空：依公示期规则")
    counts_from = models.CharField("起算", max_length=12, choices=CountsFrom, default=CountsFrom.LISTING)
    channel = models.CharField("办理渠道", max_length=10, choices=Channel, default=Channel.CITY)
    decider = models.CharField("办理单位", max_length=10, choices=Decider, default=Decider.INITIATOR)
    receiver = models.CharField("转交对象", max_length=200, blank=True)
    evidence = ArrayField(models.CharField(max_length=200), verbose_name="应附材料")
    condition = models.CharField("修复条件", max_length=500)
    note = models.TextField("说明", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "事项修复条件"
        verbose_name_plural = "事项修复条件"
        ordering = ["entry_code", "valid_from"]
        constraints = [
            *dated_constraints("repair_term", "entry_code"),
            models.CheckConstraint(
                condition=Q(channel=Channel.CITY) | ~Q(receiver=""),
                name="repair_term_receiver",
                violation_error_message="不在本市办理的，应写明转交对象",
            ),
            models.CheckConstraint(
                condition=Q(repairable=False) | Q(evidence__len__gt=0), name="repair_term_evidence_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_code} {self.condition}"


class RegimeChoice(models.Model):
    """The publicity regime of one record, switched by an officer with the reason; the newest row rules."""

    public_id = PublicIdField()
    listing = models.ForeignKey("sanctions.Listing", models.PROTECT, related_name="regime_choices", verbose_name="列入")
    regime_code = models.SlugField("规则代号", max_length=40)
    reason = models.CharField("理由", max_length=500)
    chosen_on = models.DateField("切换日")
    chosen_by_key = models.CharField("切换人编号", max_length=100, editable=False)
    chosen_by_label = models.CharField("切换人", max_length=200, editable=False)
    history = TriggerHistory()

    class Meta:
        verbose_name = "公示期规则切换"
        verbose_name_plural = "公示期规则切换"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="repair_choice_reasoned")]

    def __str__(self) -> str:
        return f"{self.listing} {self.regime_code}"
