"""What an objection and a complaint have in common: who filed it, how that was checked, and its dates."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from core.fields import PublicIdField
from objections.enums import Channel, IdentityResult, Outcome, Relation


class Filing(models.Model):
    """A paper that somebody hands in, is told a number for, and gets an answer to.

    The follow-up secret is kept as a digest only; numbers of the filer lie encrypted in core.
    """

    public_id = PublicIdField()
    filer_name = models.CharField("申请人", max_length=100)
    relation = models.CharField("与当事人关系", max_length=24, choices=Relation)
    filer_identifier = models.ForeignKey(
        "core.PersonalIdentifier", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="申请人证件"
    )
    filer_phone = models.ForeignKey(
        "core.PersonalIdentifier", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="联系电话"
    )
    login = models.ForeignKey(
        "subjects.LoginProof", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="登录核验"
    )
    channel = models.CharField("提交方式", max_length=8, choices=Channel)
    filed_by_key = models.CharField("登记人编号", max_length=100, editable=False)
    filed_unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="登记单位"
    )
    secret_digest = models.CharField("查询码摘要", max_length=64, editable=False)
    grounds = models.TextField("事实和理由")
    claims = models.TextField("请求")
    received_on = models.DateField("收到日")
    identity_result = models.CharField(
        "身份核验", max_length=8, choices=IdentityResult, default=IdentityResult.UNCHECKED, blank=True
    )
    identity_checked_on = models.DateField("身份核验日", null=True, blank=True)
    identity_checked_by_key = models.CharField("核验人编号", max_length=100, blank=True, editable=False)
    identity_note = models.CharField("核验说明", max_length=300, blank=True)
    accepted_on = models.DateField("受理日", null=True, blank=True)
    accepted_by_key = models.CharField("受理人编号", max_length=100, blank=True, editable=False)
    acceptance_number = models.PositiveIntegerField("受理通知书序号", null=True, blank=True)
    outcome = models.CharField("处理结果", max_length=16, choices=Outcome, default=Outcome.NONE, blank=True)
    answer_text = models.TextField("答复内容", blank=True)
    drafted_by_key = models.CharField("拟稿人编号", max_length=100, blank=True, editable=False)
    answered_on = models.DateField("答复日", null=True, blank=True)
    answered_by_key = models.CharField("签发人编号", max_length=100, blank=True, editable=False)
    answer_number = models.PositiveIntegerField("答复书序号", null=True, blank=True)
    corrected_on = models.DateField("更正或重新认定日", null=True, blank=True)
    correction = models.TextField("更正或重新认定情况", blank=True)
    closed_on = models.DateField("办结日", null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.public_id


def filing_constraints(app: str, *, inherits_check: bool = False) -> list[models.BaseConstraint]:
    """Return the constraints that hold for every filing, named after its table.

    inherits_check: the same person may have been checked with an earlier filing, on an earlier day.
    """
    dates = Q(accepted_on__isnull=True) | Q(accepted_on__gte=F("received_on"))
    dates &= Q(answered_on__isnull=True) | Q(accepted_on__isnull=False, answered_on__gte=F("accepted_on"))
    dates &= Q(corrected_on__isnull=True) | Q(answered_on__isnull=False, corrected_on__gte=F("answered_on"))
    dates &= Q(closed_on__isnull=True) | Q(closed_on__gte=F("received_on"))
    known: dict[str, Any] = {"identity_checked_on__isnull": False}
    if not inherits_check:
        known["identity_checked_on__gte"] = F("received_on")
    checked = Q(identity_result="") | Q(**known)
    answered = Q(answered_on__isnull=True, answered_by_key="") | (
        Q(answered_on__isnull=False) & ~Q(answered_by_key="") & ~Q(answer_text="") & ~Q(outcome="")
    )
    two = Q(answered_by_key="") | ~Q(answered_by_key=F("drafted_by_key"))
    return [
        models.CheckConstraint(condition=dates, name=f"{app}_dates_ordered"),
        models.CheckConstraint(condition=checked, name=f"{app}_check_dated"),
        models.CheckConstraint(condition=answered, name=f"{app}_answer_reasoned"),
        models.CheckConstraint(
            condition=two, name=f"{app}_two_officers", violation_error_message="拟稿与签发应由两名不同人员办理"
        ),
    ]
