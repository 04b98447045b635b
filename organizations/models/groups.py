"""专项小组 and the 联席会议办公室: who answers for which kinds of subjects."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.fields import PublicIdField
from core.history import TriggerHistory
from organizations.enums import GroupCode, SubjectKind
from organizations.models.base import Sourced
from organizations.models.units import Organization


class WorkingGroup(Sourced):
    """A 专项小组, or the office itself, with its leading unit and the kinds of subjects routed to it."""

    public_id = PublicIdField()
    code = models.CharField("代号", max_length=20, choices=GroupCode.choices, unique=True)
    name = models.CharField("名称", max_length=100)
    lead_unit = models.ForeignKey(
        Organization, verbose_name="牵头单位", on_delete=models.PROTECT, related_name="leads_groups"
    )
    co_lead_unit = models.ForeignKey(
        Organization,
        verbose_name="共同牵头单位",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="co_leads_groups",
    )
    subject_kinds = ArrayField(
        models.CharField(max_length=30, choices=SubjectKind.choices), verbose_name="对应主体类型", default=list
    )
    is_office = models.BooleanField("联席会议办公室", default=False)
    members = models.ManyToManyField(
        Organization, verbose_name="成员单位", through="WorkingGroupMember", related_name="groups"
    )
    history = TriggerHistory()

    class Meta:
        verbose_name = "专项小组"
        verbose_name_plural = "专项小组"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="organizations_group_one_office", fields=["is_office"], condition=models.Q(is_office=True)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def leading_unit_ids(self) -> frozenset[int]:
        return frozenset(pk for pk in (self.lead_unit_id, self.co_lead_unit_id) if pk is not None)


class WorkingGroupMember(models.Model):
    """A unit takes part in a group."""

    group = models.ForeignKey(WorkingGroup, verbose_name="小组", on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="group_memberships"
    )
    history = TriggerHistory()

    class Meta:
        verbose_name = "小组成员单位"
        verbose_name_plural = "小组成员单位"
        constraints = [
            models.UniqueConstraint(name="organizations_group_member_once", fields=["group", "organization"])
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.organization}"
