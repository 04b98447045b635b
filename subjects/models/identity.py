"""What a login outside the house has proved about the person who files."""

from __future__ import annotations

from django.db import models

from core import clock
from subjects.enums import LoginCapacity


class LoginProof(models.Model):
    """One token of one login, used once; append-only. The number lies encrypted in core."""

    provider = models.CharField("登录", max_length=40)
    provider_label = models.CharField("登录名称", max_length=60)
    reference_digest = models.CharField("凭证摘要", max_length=64, editable=False)
    name = models.CharField("登录人", max_length=100)
    identifier = models.ForeignKey("core.PersonalIdentifier", models.PROTECT, related_name="+", verbose_name="证件")
    acts_for = models.CharField("代表的主体代码", max_length=18, blank=True)
    capacity = models.CharField("代表关系", max_length=24, choices=LoginCapacity)
    logged_in_at = models.DateTimeField("登录时间")
    received_at = models.DateTimeField("记录时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = "登录核验"
        verbose_name_plural = "登录核验"
        constraints = [models.UniqueConstraint(fields=["provider", "reference_digest"], name="subjects_login_once")]

    def __str__(self) -> str:
        return f"{self.provider_label} {self.name}"
