"""The two tables of double publicity: each row is one version of one decision."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.history import TriggerHistory
from publicity.enums import PenaltyKind, Severity, SeverityBy, State
from publicity.models.disclosure import Disclosure, disclosure_constraints, disclosure_indexes

UNINDEXED = ["previous", "subject", "representative_number", "party_number", "authority", "unit", "person_rule"]


class Licence(Disclosure):
    """行政许可: the 28 items of the 2018 standard and the acts on them."""

    document_title = models.CharField("行政许可决定文书名称", max_length=500)
    licence_kind = models.CharField("许可类别", max_length=300)
    certificate_name = models.CharField("许可证书名称", max_length=500, blank=True)
    certificate_number = models.CharField("许可编号", max_length=200, blank=True)
    content = models.TextField("许可内容")
    valid_from = models.DateField("有效期自")
    valid_to = models.DateField("有效期至", help_text="2099-12-31 为长期")
    status = models.PositiveSmallIntegerField("当前状态", default=1)
    history = TriggerHistory(no_db_index=UNINDEXED)

    class Meta:
        verbose_name = "行政许可"
        verbose_name_plural = "行政许可"
        ordering = ["-id"]
        indexes = disclosure_indexes("licence")
        constraints = [
            *disclosure_constraints("licence"),
        ]


class Penalty(Disclosure):
    """行政处罚: the 30 items of the 2018 standard, how severe it is and by which rules it is published."""

    violation = models.TextField("违法行为类型")
    facts = models.TextField("违法事实")
    basis = models.TextField("处罚依据")
    kinds_text = models.CharField("处罚类别", max_length=500)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=PenaltyKind), verbose_name="处罚种类", default=list, blank=True
    )
    content = models.TextField("处罚内容")
    fine = models.DecimalField("罚款金额（万元）", max_digits=18, decimal_places=6, null=True, blank=True)
    confiscated = models.DecimalField(
        "没收违法所得、没收非法财物的金额（万元）", max_digits=18, decimal_places=6, null=True, blank=True
    )
    suspended_permit = models.CharField("暂扣或吊销证照名称及编号", max_length=500, blank=True)
    valid_to = models.DateField("处罚有效期", null=True, blank=True)
    stated_until = models.DateField("报送的公示截止期", null=True, blank=True, help_text="仅存档，不作为期限")
    repair_notice_served = models.BooleanField("信用修复告知书一并送达", null=True, blank=True)
    severity = models.CharField("失信程度", max_length=10, choices=Severity, default=Severity.ORDINARY)
    severity_by = models.CharField("程度来源", max_length=8, choices=SeverityBy, default=SeverityBy.TABLE)
    severity_sure = models.BooleanField("程度有据", default=False)
    severity_note = models.CharField("程度说明", max_length=300, blank=True)
    regime_code = models.SlugField("公示期规则", max_length=40, blank=True, db_index=False)
    history = TriggerHistory(no_db_index=UNINDEXED)

    class Meta:
        verbose_name = "行政处罚"
        verbose_name_plural = "行政处罚"
        ordering = ["-id"]
        indexes = disclosure_indexes("penalty")
        constraints = [
            *disclosure_constraints("penalty"),
            models.CheckConstraint(
                condition=~Q(state=State.PASSED) | Q(last_public_day__isnull=False),
                name="publicity_penalty_has_an_end",
                violation_error_message="行政处罚公示必须有最后公示日",
            ),
            models.CheckConstraint(
                condition=(Q(fine__isnull=True) | Q(fine__gte=0))
                & (Q(confiscated__isnull=True) | Q(confiscated__gte=0)),
                name="publicity_penalty_amounts",
            ),
        ]
