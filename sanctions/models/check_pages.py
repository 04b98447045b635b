"""The check page that approval systems show: where it may be shown, and the hand-overs that open it once (ADR 0033)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core import clock
from core.fields import PublicIdField
from core.history import TriggerHistory


class CheckPageOrigin(models.Model):
    """An origin in which one client may show the check page; nobody else's page may frame it or hear its answer."""

    public_id = PublicIdField()
    client = models.ForeignKey(
        "organizations.ApiClient", models.PROTECT, related_name="check_page_origins", verbose_name="接口客户端"
    )
    origin = models.CharField("来源", max_length=200, help_text="如 https://spj.example.gov.cn")
    registered_on = models.DateField("登记日")
    registered_by_label = models.CharField("登记人", max_length=200)
    closed_on = models.DateField("停用日", null=True, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "核查页面来源"
        verbose_name_plural = "核查页面来源"
        ordering = ["client", "origin"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "origin"], condition=Q(closed_on__isnull=True), name="sanctions_origin_once"
            )
        ]

    def __str__(self) -> str:
        return self.origin


class CheckPage(models.Model):
    """One hand-over: what is to be checked, sealed until its address is opened, once and before it expires."""

    public_id = PublicIdField()
    client = models.ForeignKey("organizations.ApiClient", models.PROTECT, related_name="+", verbose_name="接口客户端")
    origin = models.ForeignKey(CheckPageOrigin, models.PROTECT, related_name="+", verbose_name="来源")
    ticket_digest = models.CharField("地址摘要", max_length=64, unique=True, editable=False)
    key_id = models.CharField("密钥编号", max_length=40, blank=True, editable=False)
    sealed = models.BinaryField("待核查内容", default=bytes, editable=False)
    handed_at = models.DateTimeField("交接时间", default=clock.now)
    expires_at = models.DateTimeField("失效时间")
    opened_at = models.DateTimeField("打开时间", null=True, blank=True)
    of_check = models.ForeignKey(
        "sanctions.Check", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核查"
    )

    class Meta:
        verbose_name = "核查页面交接"
        verbose_name_plural = "核查页面交接"
        ordering = ["-id"]
        indexes = [models.Index(fields=["expires_at"], name="sanctions_page_sealed", condition=~Q(key_id=""))]
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(key_id=""), name="sanctions_page_opened_is_emptied"
            )
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.handed_at:%Y-%m-%d %H:%M}"
