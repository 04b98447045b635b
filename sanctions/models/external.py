"""Lists received from elsewhere: shown and reminded of, never a ground for a measure here."""

from __future__ import annotations

from django.db import models

from core.fields import PublicIdField
from core.history import TriggerHistory


class ExternalListing(models.Model):
    """外部名单. Starts no measure and no task; only its source ends it (design §3, law 6)."""

    public_id = PublicIdField()
    source = models.CharField("来源", max_length=60)
    source_number = models.CharField("来源编号", max_length=128)
    list_name = models.CharField("名单", max_length=200)
    subject = models.ForeignKey(
        "subjects.Subject", models.PROTECT, null=True, related_name="external_listings", verbose_name="主体"
    )
    reported_name = models.CharField("来源所载名称", max_length=200)
    basis = models.CharField("依据文书", max_length=200, blank=True)
    listed_on = models.DateField("列入日")
    expected_exit_on = models.DateField("预计退出日", null=True, blank=True)
    ended_on = models.DateField("来源告知退出日", null=True, blank=True)
    received_on = models.DateField("接收日")
    history = TriggerHistory()

    class Meta:
        verbose_name = "外部名单"
        verbose_name_plural = "外部名单"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["source", "source_number"], name="sanctions_external_once")]

    def __str__(self) -> str:
        return f"{self.list_name} {self.reported_name}"
