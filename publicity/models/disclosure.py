"""One version of a reported decision: what every licence and penalty has in common (domain: 2018 standard)."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from publicity.enums import PENDING, ChangeGround, EndGround, Party, Scope, State

NATURAL_KEY = ("authority_code", "document_number", "subject", "decided_on")
SCOPED = ("scope", "scope_reason", "deferred_until")
RATED = ("severity", "severity_by", "severity_sure", "severity_note", "regime_code", "last_public_day")
IS_PUBLIC = Q(state=State.PASSED) & ~Q(scope=Scope.NOT_OPEN)


class DisclosureQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's unit reported or decided, or its district's units did; the office sees all."""
        if actor.may("publicity.record.see_all"):
            return self
        mine = Q(pk__in=[])
        if actor.may("publicity.record.see") and actor.unit_ids:
            mine |= Q(unit_id__in=actor.unit_ids) | Q(authority_id__in=actor.unit_ids)
        if actor.may("publicity.record.see_district") and actor.district_code:
            mine |= Q(unit__district__code=actor.district_code)
        return self.filter(mine)


class Disclosure(models.Model):
    """One version of one decision. What was reported never changes; acts and their days are added to it."""

    public_id = PublicIdField()
    version = models.PositiveSmallIntegerField("版本", default=1)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="前一版本", db_index=False
    )
    # -- the party
    subject = models.ForeignKey(
        "subjects.Subject", models.PROTECT, related_name="+", verbose_name="主体", db_index=False
    )
    party = models.CharField("行政相对人类别", max_length=1, choices=Party)
    party_name = models.CharField("行政相对人名称", max_length=500)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True, db_collation="C")
    registration_number = models.CharField("工商注册号", max_length=50, blank=True)
    organisation_code = models.CharField("组织机构代码", max_length=20, blank=True)
    tax_number = models.CharField("税务登记号", max_length=30, blank=True)
    institution_number = models.CharField("事业单位证书号", max_length=30, blank=True)
    association_number = models.CharField("社会组织登记证号", max_length=50, blank=True)
    legal_representative = models.CharField("法定代表人", max_length=200, blank=True)
    representative_id_type = models.CharField("法定代表人证件类型", max_length=64, blank=True)
    representative_number = models.ForeignKey(
        "core.PersonalIdentifier",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="法定代表人证件号码",
        db_index=False,
    )
    party_id_type = models.CharField("证件类型", max_length=64, blank=True)
    party_number = models.ForeignKey(
        "core.PersonalIdentifier",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="证件号码",
        db_index=False,
    )
    # -- the decision
    document_number = models.CharField("决定文书号", max_length=200)
    decided_on = models.DateField("决定日期")
    authority = models.ForeignKey(
        "organizations.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="决定机关（本市单位）",
        db_index=False,
    )
    authority_name = models.CharField("决定机关", max_length=300)
    authority_code = models.CharField("决定机关统一社会信用代码", max_length=18, db_collation="C")
    source_name = models.CharField("数据来源单位", max_length=300)
    source_code = models.CharField("数据来源单位统一社会信用代码", max_length=18, db_collation="C")
    item_code = models.CharField("权力事项编码", max_length=64, blank=True)
    remark = models.TextField("备注", blank=True)
    # -- how it came
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="+", verbose_name="报送单位", db_index=False
    )
    batch_no = models.CharField("导入批次", max_length=40, null=True, blank=True, db_collation="C")
    batch_row = models.PositiveIntegerField("批次行号", null=True, blank=True)
    reported_on = models.DateField("报送日")
    first_reported_on = models.DateField("首次报送日")
    recorded_at = models.DateTimeField("入库时间", default=clock.now, editable=False)
    content_digest = models.BinaryField("内容摘要", max_length=32, editable=False)
    findings = ArrayField(
        models.CharField(max_length=100), verbose_name="需查看的疑点", default=list, blank=True, editable=False
    )
    due_on = models.DateField("应公示日", null=True, blank=True, help_text="空：垂直管理单位依其上级规定")
    due_provisional = models.BooleanField("应公示日暂定", default=False)
    # -- acts
    state = models.CharField("状态", max_length=10, choices=State, default=State.REPORTED)
    scope = models.CharField("公开方式", max_length=8, choices=Scope, default=Scope.OPEN)
    scope_reason = models.CharField("暂缓、不予公开的理由", max_length=500, blank=True)
    deferred_until = models.DateField("暂缓至", null=True, blank=True)
    person_rule = models.ForeignKey(
        "publicity.PersonRule",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="自然人公开依据",
        db_index=False,
    )
    looked_at = models.BooleanField("疑点已看过", default=False)
    checked_on = models.DateField("办理日", null=True, blank=True)
    checked_by_key = models.CharField("办理人编号", max_length=100, blank=True, editable=False)
    passed_on = models.DateField("审核日", null=True, blank=True)
    passed_by_key = models.CharField("审核人编号", max_length=100, blank=True, editable=False)
    automatic = models.BooleanField("免逐条审核", default=False)
    visible_from = models.DateField("公示起始日", null=True, blank=True)
    first_visible_on = models.DateField("首次公示日", null=True, blank=True)
    last_public_day = models.DateField("最后公示日", null=True, blank=True)
    announced_on = models.DateField("公示已通知日", null=True, blank=True, editable=False)
    change_ground = models.CharField("决定变动", max_length=12, choices=ChangeGround, blank=True)
    changed_on = models.DateField("决定变动日", null=True, blank=True)
    change_document = models.CharField("变动文书号", max_length=200, blank=True)
    noted_by_key = models.CharField("登记变动人编号", max_length=100, blank=True, editable=False)
    ended_from = models.DateField("停止公示日", null=True, blank=True, help_text="自该日起不再公示")
    end_ground = models.CharField("停止公示原因", max_length=10, choices=EndGround, blank=True)
    end_announced_on = models.DateField("停止公示已通知日", null=True, blank=True, editable=False)
    contested_on = models.DateField("异议标注日", null=True, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.document_number} {self.party_name}"


def disclosure_constraints(name: str) -> list[Any]:
    """Return what the database itself refuses on each of the two tables."""
    return [
        models.UniqueConstraint(fields=[*NATURAL_KEY, "version"], name=f"publicity_{name}_version"),
        models.UniqueConstraint(
            fields=NATURAL_KEY, condition=Q(state__in=PENDING), name=f"publicity_{name}_one_pending"
        ),
        models.UniqueConstraint(
            fields=NATURAL_KEY, condition=Q(state=State.PASSED), name=f"publicity_{name}_one_published"
        ),
        models.CheckConstraint(
            condition=Q(decided_on__lte=F("reported_on")) & Q(first_reported_on__lte=F("reported_on")),
            name=f"publicity_{name}_decided_first",
        ),
        models.CheckConstraint(
            condition=Q(scope=Scope.OPEN) | ~Q(scope_reason=""),
            name=f"publicity_{name}_scope_reasoned",
            violation_error_message="暂缓公开、不予公开应写明理由",
        ),
        models.CheckConstraint(
            condition=~Q(scope=Scope.DEFERRED) | Q(deferred_until__isnull=False),
            name=f"publicity_{name}_deferred_to_a_day",
        ),
        models.CheckConstraint(
            condition=Q(automatic=True) | Q(passed_by_key="") | ~Q(passed_by_key=F("checked_by_key")),
            name=f"publicity_{name}_two_officers",
            violation_error_message="办理与审核应由两名不同人员办理",
        ),
        models.CheckConstraint(
            condition=~Q(state=State.PASSED)
            | Q(passed_on__isnull=False, visible_from__gte=F("passed_on")) & ~Q(passed_by_key=""),
            name=f"publicity_{name}_passed_by_somebody",
        ),
        models.CheckConstraint(
            condition=~Q(state=State.WITHDRAWN)
            | Q(ended_from__isnull=False, end_ground=EndGround.CHANGE) & ~Q(change_ground=""),
            name=f"publicity_{name}_withdrawn_for_a_reason",
        ),
        models.CheckConstraint(
            condition=~Q(party=Party.PERSON, state=State.PASSED)
            | Q(scope=Scope.NOT_OPEN)
            | Q(person_rule__isnull=False),
            name=f"publicity_{name}_persons_by_rule",
            violation_error_message="没有明确依据的，自然人信息不公示",
        ),
    ]


def disclosure_indexes(name: str) -> list[models.Index]:
    """Return the ways both tables are read: every list in the order of its keyset."""
    passed = Q(state=State.PASSED)
    return [
        # The last public day stands at their end so that what is over is left out before its row is read.
        models.Index(
            fields=["-decided_on", "-id", "last_public_day"], condition=IS_PUBLIC, name=f"publicity_{name}_public"
        ),
        models.Index(
            fields=["authority_code", "-decided_on", "-id", "last_public_day"],
            condition=IS_PUBLIC,
            name=f"publicity_{name}_of_body",
        ),
        models.Index(fields=["document_number", "-id"], name=f"publicity_{name}_number"),
        models.Index(fields=["subject", "-decided_on", "-id", "last_public_day"], name=f"publicity_{name}_of"),
        models.Index(fields=["unit", "state", "-id"], name=f"publicity_{name}_of_unit"),
        models.Index(fields=["authority", "-id"], name=f"publicity_{name}_authority"),
        models.Index(fields=["due_on", "id"], condition=Q(state__in=PENDING), name=f"publicity_{name}_due"),
        models.Index(
            fields=["last_public_day", "id"],
            condition=passed & Q(end_announced_on__isnull=True),
            name=f"publicity_{name}_ending",
        ),
        models.Index(
            fields=["visible_from", "id"],
            condition=passed & Q(announced_on__isnull=True),
            name=f"publicity_{name}_coming",
        ),
        models.Index(
            fields=["changed_on", "id"], condition=passed & ~Q(change_ground=""), name=f"publicity_{name}_changed"
        ),
        models.Index(fields=["-id"], condition=Q(contested_on__isnull=False), name=f"publicity_{name}_contested"),
        models.Index(fields=["batch_no", "batch_row"], name=f"publicity_{name}_batch"),
        models.Index(fields=["decided_on", "unit"], name=f"publicity_{name}_month"),
    ]
