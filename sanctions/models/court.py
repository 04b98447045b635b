"""What courts ordered about a listing."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from core.fields import PublicIdField
from core.history import TriggerHistory
from sanctions.enums import OrderKind


class CourtOrder(models.Model):
    """司法文书: a stay of execution, its lifting, or a revocation; append-only. The pause refers to the stay's id."""

    public_id = PublicIdField()
    listing = models.ForeignKey("sanctions.Listing", models.PROTECT, related_name="court_orders", verbose_name="列入")
    kind = models.CharField("种类", max_length=8, choices=OrderKind)
    court = models.CharField("法院", max_length=200)
    document = models.CharField("文书号", max_length=128)
    made_on = models.DateField("裁判日")
    recorded_on = models.DateField("登记日")
    attachment = models.ForeignKey("core.Attachment", models.PROTECT, null=True, blank=True, verbose_name="裁判文书")
    history = TriggerHistory()

    class Meta:
        verbose_name = "司法文书"
        verbose_name_plural = "司法文书"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "kind", "document"], name="sanctions_order_once"),
            models.CheckConstraint(condition=Q(made_on__lte=F("recorded_on")), name="sanctions_order_dated"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.document}"

    @classmethod
    def open_stays(cls, listing: Any) -> list[str]:
        """Return the public ids of stays that no later order lifted, whether or not there was a clock to stop."""
        open_ones: list[str] = []
        for key, kind in cls.objects.filter(listing=listing).order_by("pk").values_list("public_id", "kind"):
            open_ones = [*open_ones, key] if kind == OrderKind.STAY else []
        return open_ones
