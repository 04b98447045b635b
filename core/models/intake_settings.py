"""What officers keep about intake profiles: dated rows, proposed by one and confirmed by another."""

from __future__ import annotations

from django.db import models

from core.fields import PublicIdField
from core.history import TriggerHistory
from core.models.dated import Dated, dated_constraints


class IntakeSetting(Dated):
    """One thing that a data standard leaves unsure or that a unit needs otherwise, from a day on."""

    class Kind(models.TextChoices):
        VOCABULARY = "vocabulary", "选项"
        LENGTH = "length", "最多字符"
        REQUIRED = "required", "必填"
        SEVERITY = "severity", "错误级别"

    public_id = PublicIdField()
    profile = models.SlugField("模板", max_length=40, db_index=False)
    kind = models.CharField("设置", max_length=12, choices=Kind)
    target = models.CharField("对象", max_length=60, help_text="选项名、列代码、规则编号或“规则编号:列代码”")
    value = models.TextField("取值")
    history = TriggerHistory()

    class Meta:
        verbose_name = "导入模板设置"
        verbose_name_plural = "导入模板设置"
        ordering = ["profile", "kind", "target", "valid_from"]
        constraints = dated_constraints("core_intake_setting", "profile", "kind", "target")

    def __str__(self) -> str:
        return f"{self.profile} {self.get_kind_display()} {self.target}"
