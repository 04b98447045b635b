"""The case: one catalogue entry, one or more subjects, from report to issue."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from organizations.models import WorkingGroup
from sanctions.enums import CaseLevel, CaseState, Polarity, SubjectDecision, SubjectRole
from sanctions.permissions import units_of_part


class CaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep the cases this actor may know of: own unit's, invited to, own group's, own district's; office all."""
        if actor.may("sanctions.case.see_all"):
            return self
        mine = Q(pk__in=[])
        if units := units_of_part(actor):
            mine |= Q(unit_id__in=units)
            mine |= Q(pk__in=self.model.objects.filter(meetings__invitees__unit_id__in=units).values("pk"))
        if actor.may("sanctions.case.accept") and actor.group_ids:
            mine |= Q(group_id__in=actor.group_ids) & ~Q(state__in=[CaseState.DRAFT])
            # A case taken up to the office stays known to every group whose subjects it has (实施方案 二（二）2).
            kinds = WorkingGroup.objects.filter(pk__in=actor.group_ids).values_list("subject_kinds", flat=True)
            theirs = CaseSubject.objects.filter(subject__kind__in=[kind for row in kinds for kind in row])
            mine |= Q(level=CaseLevel.OFFICE, pk__in=theirs.values("case"))
        if actor.may("sanctions.case.see_district") and actor.district_code:
            mine |= Q(unit__district__code=actor.district_code)
        return self.filter(mine)


class Case(models.Model):
    """联合奖惩事项. State covers procedure only and never changes after issue."""

    public_id = PublicIdField()
    polarity = models.CharField("类别", max_length=12, choices=Polarity)
    revision = models.ForeignKey("catalog.EntryRevision", models.PROTECT, verbose_name="目录事项")
    named_unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="+", verbose_name="目录所列发起单位"
    )
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="initiated_cases", verbose_name="发起单位"
    )
    group = models.ForeignKey(
        "organizations.WorkingGroup", models.PROTECT, null=True, blank=True, verbose_name="专项小组"
    )
    level = models.CharField("认定层级", max_length=8, choices=CaseLevel, default=CaseLevel.GROUP)
    state = models.CharField("状态", max_length=12, choices=CaseState, default=CaseState.DRAFT)
    act_on = models.DateField("行为发生日")
    recognized_on = models.DateField("单位认定日")
    document_number = models.CharField("认定依据文书号", max_length=128)
    facts = models.TextField("事由")
    created_on = models.DateField("起草日")
    drafted_by_key = models.CharField("起草人编号", max_length=100, editable=False)
    submitted_by_key = models.CharField("复核人编号", max_length=100, blank=True, editable=False)
    history = TriggerHistory()

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "联合奖惩事项"
        verbose_name_plural = "联合奖惩事项"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(act_on__lte=F("recognized_on")), name="sanctions_case_act_before"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(group__isnull=False), name="sanctions_case_routed"
            ),
            models.CheckConstraint(
                condition=~Q(submitted_by_key=F("drafted_by_key")),
                name="sanctions_case_two_officers",
                violation_error_message="起草与复核应由两名不同人员办理",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision.title}（{self.document_number}）"


class CaseSubject(models.Model):
    """One subject of a case, and what was decided about it."""

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="subjects", verbose_name="事项")
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="case_subjects", verbose_name="主体")
    role = models.CharField("地位", max_length=20, choices=SubjectRole, default=SubjectRole.ENTITY)
    facts = models.TextField("具体情形", blank=True)
    consented_on = models.DateField("同意公开日", null=True, blank=True)
    decision = models.CharField("议决", max_length=12, choices=SubjectDecision, default=SubjectDecision.UNDECIDED)
    decision_reason = models.TextField("议决理由", blank=True)
    history = TriggerHistory()

    class Meta:
        verbose_name = "事项主体"
        verbose_name_plural = "事项主体"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "subject"], name="sanctions_subject_once"),
            models.CheckConstraint(
                condition=Q(decision=SubjectDecision.UNDECIDED) | ~Q(decision_reason=""),
                name="sanctions_decision_reasoned",
            ),
        ]

    def __str__(self) -> str:
        return str(self.subject)


class Evidence(models.Model):
    """A file that proves the act; the kinds wanted are named by the catalogue entry."""

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence", verbose_name="事项")
    title = models.CharField("证据名称", max_length=200)
    attachment = models.ForeignKey("core.Attachment", models.PROTECT, verbose_name="文件")
    history = TriggerHistory()

    class Meta:
        verbose_name = "证据材料"
        verbose_name_plural = "证据材料"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title
