"""Numbers whose follow-up secret was guessed at: what a lock-out needs, and nothing of who asked."""

from __future__ import annotations

from django.db import models


class WrongSecret(models.Model):
    """How often a wrong secret was given for one number, known here or not; the number is kept as a keyed digest.

    Written only by `core.following`; a right secret, or a day without a wrong one, removes the row.
    """

    number_digest = models.CharField("编号摘要", max_length=64, unique=True, editable=False)
    wrong = models.PositiveIntegerField("输错次数", default=1)
    first_at = models.DateTimeField("首次输错时间")
    locked_until = models.DateTimeField("暂停查询至", null=True)

    class Meta:
        verbose_name = "查询码输错记录"
        verbose_name_plural = "查询码输错记录"

    def __str__(self) -> str:
        return f"{self.number_digest[:8]} {self.wrong}"
