"""Signs of life of the background processes."""

from django.db import models


class Heartbeat(models.Model):
    """When a background process last gave a sign of life."""

    name = models.CharField("进程", max_length=32, unique=True)
    at = models.DateTimeField("最近一次")

    class Meta:
        verbose_name = "心跳"
        verbose_name_plural = "心跳"

    def __str__(self) -> str:
        return self.name
