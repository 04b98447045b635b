"""Files that people hand in; the bytes lie encrypted in the `attachments` storage."""

from __future__ import annotations

from django.db import models

from core import clock
from core.fields import PublicIdField


class Attachment(models.Model):
    """One file as it was handed in: its name is kept for display, its content is found by digest. Never changed.

    Two attachments with the same content share one encrypted file. Written only by `core.attachments`.
    """

    public_id = PublicIdField()
    digest = models.CharField("摘要（SM3）", max_length=64, db_index=True, editable=False)
    name = models.CharField("文件名", max_length=200)
    extension = models.CharField("类型", max_length=8, editable=False)
    content_type = models.CharField("内容类型", max_length=100, editable=False)
    size = models.BigIntegerField("字节数", editable=False)
    actor_kind = models.CharField("身份", max_length=12, editable=False)
    actor_key = models.CharField("上传人编号", max_length=100, editable=False)
    actor_label = models.CharField("上传人", max_length=200, editable=False)
    unit_id = models.BigIntegerField("单位", null=True, editable=False)
    uploaded_at = models.DateTimeField("上传时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"

    def __str__(self) -> str:
        return self.name
