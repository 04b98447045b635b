"""Numbers of natural persons: the one table that holds them, and the record of who looked."""

from __future__ import annotations

from django.db import models

from core import clock
from core.identifiers.types import PERSONAL_TYPES, IdentifierType

PHONE = ("phone", "手机号码")  # where somebody is reached; it identifies nobody and is no papers' number


class PersonalIdentifier(models.Model):
    """One number of one natural person, encrypted; everything else in the house holds only this row's id.

    The blind index makes ownership unique and lookup possible without decrypting. During a key rotation a row
    carries two indexes; see docs/adr/0005-personal-numbers.md. Written only by `core.personal`.
    """

    type = models.CharField(
        "证件类型",
        max_length=32,
        choices=[*((kind.value, kind.label) for kind in IdentifierType if kind in PERSONAL_TYPES), PHONE],
    )
    key_id = models.CharField("密钥编号", max_length=40, editable=False)
    nonce = models.BinaryField("随机数", max_length=12)
    ciphertext = models.BinaryField("密文")
    index_current = models.BinaryField("盲索引", max_length=32, unique=True)
    index_previous = models.BinaryField("上一密钥的盲索引", max_length=32, unique=True, null=True)
    created_at = models.DateTimeField("登记时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = "自然人证件号码"
        verbose_name_plural = "自然人证件号码"
        indexes = [models.Index(fields=["key_id", "id"], name="core_personal_key")]

    def __str__(self) -> str:
        return f"{self.get_type_display()} #{self.pk}"

    def __repr__(self) -> str:
        return f"<PersonalIdentifier {self.pk}>"


class PersonalReveal(models.Model):
    """Who read which number in clear, when and why. Append-only."""

    identifier = models.ForeignKey(PersonalIdentifier, models.PROTECT, verbose_name="证件号码", related_name="reveals")
    actor_kind = models.CharField("身份", max_length=12)
    actor_key = models.CharField("经办人编号", max_length=100)
    actor_label = models.CharField("经办人", max_length=200)
    assignment_id = models.BigIntegerField("岗位", null=True)
    unit_id = models.BigIntegerField("单位", null=True)
    reason = models.TextField("理由")
    revealed_at = models.DateTimeField("查看时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = "证件号码查看记录"
        verbose_name_plural = "证件号码查看记录"
        indexes = [models.Index(fields=["-revealed_at", "id"], name="core_reveal_recent")]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.revealed_at:%Y-%m-%d %H:%M}"
