"""Units of the 联席会议 through time: a unit keeps its row, its names and successions carry the dates."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from core.fields import PublicIdField
from core.history import TriggerHistory
from organizations.enums import SuccessionKind, UnitKind, UnitLevel
from organizations.models.base import Sourced, no_overlap, sane_period


class District(Sourced):
    """A county or district, or a zone that is none in GB/T 2260 and is exported under another code."""

    code = models.CharField("区划代码", max_length=6, unique=True)
    name = models.CharField("名称", max_length=50)
    is_gb = models.BooleanField("国标区划", default=True)
    export_code = models.CharField("对外报送代码", max_length=6)
    credit_office = models.ForeignKey(
        "organizations.Organization",
        verbose_name="信用工作机构",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_office_of",
    )
    history = TriggerHistory()

    class Meta:
        verbose_name = "区划"
        verbose_name_plural = "区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="organizations_district_code_digits",
                condition=Q(code__regex=r"^[0-9]{6}$") & Q(export_code__regex=r"^[0-9]{6}$"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Organization(Sourced):
    """A body that acts in joint rewards and sanctions; never deleted, dissolved by a last day in force."""

    public_id = PublicIdField()
    code = models.SlugField("代号", max_length=40, unique=True)
    name = models.CharField("现名称", max_length=200)
    short_name = models.CharField("简称", max_length=50)
    kind = models.CharField("性质", max_length=20, choices=UnitKind.choices)
    level = models.CharField("层级", max_length=10, choices=UnitLevel.choices, default=UnitLevel.CITY)
    district = models.ForeignKey(
        District, verbose_name="所在区划", on_delete=models.PROTECT, null=True, blank=True, related_name="units"
    )
    vertical = models.BooleanField("垂直管理", default=False)
    joint_member = models.BooleanField("联席会议成员", default=False)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True, null=True, blank=True)
    is_demo_code = models.BooleanField("演示代码", default=False)
    valid_from = models.DateField("设立日期", null=True, blank=True)
    valid_to = models.DateField("最后存续日", null=True, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name="上级单位", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    sort = models.PositiveIntegerField("排序", default=0)
    history = TriggerHistory()

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        ordering = ["sort", "code"]
        constraints = [
            sane_period("organizations_unit_period"),
            models.CheckConstraint(
                name="organizations_unit_not_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
            models.CheckConstraint(
                name="organizations_unit_uscc_shape",
                condition=Q(uscc__isnull=True) | Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def in_force_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or self.valid_to >= day)


class OrganizationName(Sourced):
    """The name a unit bore in a period; periods of one unit never overlap, so a day has one name."""

    organization = models.ForeignKey(Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="names")
    name = models.CharField("名称", max_length=200)
    short_name = models.CharField("简称", max_length=50)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用前最后一日", null=True, blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "历史名称"
        verbose_name_plural = "历史名称"
        ordering = ["organization", F("valid_from").asc(nulls_first=True)]
        constraints = [
            sane_period("organizations_name_period"),
            no_overlap("organizations_name_no_overlap", "organization", "同一单位同一天只能有一个名称"),
        ]

    def __str__(self) -> str:
        return self.name


class Succession(Sourced):
    """Duties of one unit pass to another on a day; the database refuses circles."""

    predecessor = models.ForeignKey(
        Organization, verbose_name="原单位", on_delete=models.PROTECT, related_name="successions"
    )
    successor = models.ForeignKey(
        Organization, verbose_name="承继单位", on_delete=models.PROTECT, related_name="predecessions"
    )
    kind = models.CharField("方式", max_length=10, choices=SuccessionKind.choices)
    on = models.DateField("承继日期")
    duties = models.CharField("承继职责", max_length=500, blank=True, default="")
    history = TriggerHistory()

    class Meta:
        verbose_name = "职责承继"
        verbose_name_plural = "职责承继"
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                name="organizations_succession_once", fields=["predecessor", "successor", "kind", "on"]
            ),
            models.CheckConstraint(name="organizations_succession_not_self", condition=~Q(predecessor=F("successor"))),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} {self.get_kind_display()} {self.successor}（{self.on}）"
