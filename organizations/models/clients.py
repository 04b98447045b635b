"""Outside systems that call the API: an OAuth2 application that belongs to one unit, and the traces of its calls."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from oauth2_provider.models import AbstractApplication

from core import clock
from core.fields import PublicIdField
from core.history import TriggerHistory
from organizations.models.units import Organization

SECRETS = ["client_secret", "previous_secret", "signing_key_id", "signing_key", "previous_key_id", "previous_key"]


class ApiClient(AbstractApplication):
    """A system of one unit; acts only for it, within its scopes, and not after its last day."""

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="不用", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organization = models.ForeignKey(Organization, verbose_name="所属单位", on_delete=models.PROTECT, related_name="+")
    scopes = ArrayField(models.CharField(max_length=60), verbose_name="授权范围", default=list)
    is_active = models.BooleanField("启用", default=True)
    sandbox = models.BooleanField("沙箱", default=False)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    requests_per_minute = models.PositiveIntegerField("每分钟请求上限", null=True, blank=True)
    signature_required = models.BooleanField("请求须签名", default=False)
    previous_secret = models.CharField("原密钥", max_length=255, blank=True, default="")
    previous_until = models.DateTimeField("原密钥用至", null=True, blank=True)
    # SM3 of the secret, sealed: checks signatures, gets no token; see ADR 0028.
    signing_key_id = models.CharField("封存密钥", max_length=40, blank=True, default="")
    signing_key = models.BinaryField("签名密钥", default=bytes, blank=True)
    previous_key_id = models.CharField("原封存密钥", max_length=40, blank=True, default="")
    previous_key = models.BinaryField("原签名密钥", default=bytes, blank=True)
    objects: ClassVar[models.Manager[ApiClient]] = models.Manager()
    history = TriggerHistory(excluded_fields=SECRETS)

    class Meta(AbstractApplication.Meta):
        abstract = False
        verbose_name = "接口客户端"
        verbose_name_plural = "接口客户端"
        ordering = ["id"]

    def open_on(self, day: date) -> bool:
        """Tell whether it may ask on the day; its last day is in force."""
        return self.is_active and (self.expires_on is None or day <= self.expires_on)

    def is_usable(self, request: object) -> bool:
        """Refuse tokens to a client that was switched off or is past its last day."""
        return self.open_on(clock.today())

    def previous_holds(self, moment: datetime) -> bool:
        """Tell whether the secret before the last rotation still opens."""
        return bool(self.previous_secret) and self.previous_until is not None and moment < self.previous_until


class ClientRequest(models.Model):
    """One call of a client: which door, how it ended, how long it took. Nothing that could name a person."""

    client = models.ForeignKey(ApiClient, verbose_name="接口客户端", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField("时间")
    method = models.CharField("方法", max_length=8)
    route = models.CharField("接口", max_length=200)
    status = models.PositiveSmallIntegerField("状态")
    code = models.CharField("代码", max_length=60, blank=True, default="")
    milliseconds = models.PositiveIntegerField("耗时（毫秒）")
    rows = models.PositiveIntegerField("行数", null=True, blank=True)

    class Meta:
        verbose_name = "接口请求"
        verbose_name_plural = "接口请求"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["client", "-id"], name="clientrequest_by_client"),
            BrinIndex(fields=["at"], name="clientrequest_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"


class ClientUse(models.Model):
    """When a client last called; written at most once a minute, beside the request log."""

    client = models.OneToOneField(
        ApiClient, verbose_name="接口客户端", on_delete=models.CASCADE, primary_key=True, related_name="use"
    )
    last_at = models.DateTimeField("最近使用")

    class Meta:
        verbose_name = "最近使用"
        verbose_name_plural = "最近使用"

    def __str__(self) -> str:
        return str(self.last_at)


class ClientNonce(models.Model):
    """A one-time mark of a signed request, kept as long as its timestamp could still pass."""

    client = models.ForeignKey(ApiClient, verbose_name="接口客户端", on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField("一次性标记", max_length=64)
    until = models.DateTimeField("保留至", db_index=True)

    class Meta:
        verbose_name = "签名标记"
        verbose_name_plural = "签名标记"
        constraints = [models.UniqueConstraint(fields=["client", "nonce"], name="clientnonce_once")]

    def __str__(self) -> str:
        return self.nonce
