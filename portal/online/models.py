"""A filing that is being prepared: what was typed is sealed, files are held, and both are gone when it expires."""

from __future__ import annotations

from django.db import models

from core import clock
from core.fields import PublicIdField


class Service(models.TextChoices):
    OBJECTION = "objection", "异议"
    COMPLAINT = "complaint", "投诉"
    REPAIR = "repair", "信用修复申请"


class Draft(models.Model):
    """Opened by its key alone, of which only a digest is kept; nothing typed stands here in clear.

    Not a legal record: it is rewritten while somebody types and deleted after its last day. Once filed it holds the
    number, and for a short while the follow-up secret, so that a lost answer can be shown again.
    """

    public_id = PublicIdField()
    key_digest = models.CharField("续办码摘要", max_length=64, editable=False)
    service = models.CharField("事项", max_length=10, choices=Service)
    about_kind = models.CharField("对象类别", max_length=16)
    about_key = models.CharField("对象编号", max_length=40)
    sealing_key = models.CharField("密钥编号", max_length=40, editable=False)
    sealed = models.BinaryField("已填写内容（密文）")
    keep_until = models.DateField("保留至")
    warned_for = models.DateField("已提醒的到期日", null=True, blank=True)
    started_at = models.DateTimeField("开始时间", default=clock.now, editable=False)
    touched_at = models.DateTimeField("上次保存时间", default=clock.now)
    filed_at = models.DateTimeField("提交时间", null=True, blank=True)
    number = models.CharField("回执编号", max_length=16, blank=True)

    class Meta:
        verbose_name = "网上办事草稿"
        verbose_name_plural = "网上办事草稿"
        indexes = [models.Index(fields=["keep_until"], name="portal_draft_expiry")]

    def __str__(self) -> str:
        return f"{self.get_service_display()} {self.public_id}"


class DraftFile(models.Model):
    """A file held for a draft; it becomes an attachment when the draft is filed, and is deleted otherwise."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files", verbose_name="草稿")
    kind = models.CharField("材料类别", max_length=16)
    path = models.CharField("存放位置", max_length=80, editable=False)
    name = models.CharField("文件名", max_length=200)
    label = models.CharField("类型", max_length=40)
    size = models.BigIntegerField("字节数")
    added_at = models.DateTimeField("上传时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = "草稿材料"
        verbose_name_plural = "草稿材料"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
