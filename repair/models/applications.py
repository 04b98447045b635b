"""The application, its materials, and each thing that was found, decided and published about it."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import clock
from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from repair.enums import OPEN, ApplicantRole, Channel, Kind, MaterialKind, Outcome, State, Via
from repair.permissions import HANDLING, RECEIVING

DECIDED = (State.APPROVED.value, State.PUBLISHED.value, State.REVOKED.value)
ANSWERED = (*DECIDED, State.REJECTED.value)


def title_of(record: Any) -> str:
    """Return how letters and pages call what is repaired: a listing, or the publication of a penalty."""
    if hasattr(record, "document_number"):
        return f"行政处罚决定（{record.document_number}）公示信息"
    return f"“{record.revision.title}”名单记录"


def heading_of(record: Any) -> str:
    """Return the code or number of what is repaired with what it is about."""
    if hasattr(record, "document_number"):
        return f"{record.document_number} {record.get_severity_display()}失信处罚公示"
    return f"{record.revision.entry.code} {record.revision.title}"


class ApplicationQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's unit handles or took in, what its group or district concerns; the office sees all."""
        if actor.may("repair.application.see_all"):
            return self
        mine = Q(pk__in=[])
        if actor.unit_ids:
            if not actor.permissions.isdisjoint(HANDLING):
                mine |= Q(unit_id__in=actor.unit_ids)
            if not actor.permissions.isdisjoint(RECEIVING):
                mine |= Q(received_by_unit_id__in=actor.unit_ids)
        if actor.may("repair.application.see_group") and actor.group_ids:
            mine |= Q(listing__case_subject__case__group_id__in=actor.group_ids)
        if actor.may("repair.application.see_district") and actor.district_code:
            mine |= Q(unit__district__code=actor.district_code)
        return self.filter(mine)


class Application(models.Model):
    """修复申请: who asks for which repair of which record, and how far it has come."""

    public_id = PublicIdField()
    kind = models.CharField("修复种类", max_length=16, choices=Kind, default=Kind.LEAVE_LIST)
    listing = models.ForeignKey(
        "sanctions.Listing",
        models.PROTECT,
        related_name="repair_applications",
        null=True,
        blank=True,
        verbose_name="列入",
    )
    penalty = models.ForeignKey(
        "publicity.Penalty",
        models.PROTECT,
        related_name="repair_applications",
        null=True,
        blank=True,
        verbose_name="处罚公示记录",
    )
    subject = models.ForeignKey(
        "subjects.Subject", models.PROTECT, related_name="repair_applications", verbose_name="主体"
    )
    channel = models.CharField("办理渠道", max_length=10, choices=Channel)
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="办理单位")
    received_by_unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收件单位"
    )
    via = models.CharField("来件方式", max_length=8, choices=Via)
    applicant_name = models.CharField("申请人", max_length=100)
    applicant_role = models.CharField("申请人身份", max_length=16, choices=ApplicantRole)
    applicant_number = models.ForeignKey(
        "core.PersonalIdentifier", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申请人证件"
    )
    login = models.ForeignKey(
        "subjects.LoginProof", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登录核验"
    )
    statement = models.TextField("申请理由")
    commitment = models.TextField("信用承诺")
    corrected_on = models.DateField("改正日", null=True, blank=True)
    received_on = models.DateField("收到日")
    secret_digest = models.CharField("查询码摘要", max_length=64, editable=False)
    identity_checked_on = models.DateField("身份核验日", null=True, blank=True)
    identity_note = models.CharField("核验情况", max_length=300, blank=True)
    accepted_on = models.DateField("受理日", null=True, blank=True)
    forwarded_on = models.DateField("转交日", null=True, blank=True)
    forwarded_to = models.CharField("转交对象", max_length=200, blank=True)
    opinion = models.CharField("拟办意见", max_length=8, choices=Outcome, blank=True)
    opinion_text = models.TextField("拟办理由", blank=True)
    answered_on = models.DateField("答复日", null=True, blank=True)
    answer = models.TextField("答复理由", blank=True)
    published_on = models.DateField("公布日", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.RECEIVED)
    opined_by_key = models.CharField("拟办人编号", max_length=100, blank=True, editable=False)
    answered_by_key = models.CharField("签发人编号", max_length=100, blank=True, editable=False)
    number = models.PositiveIntegerField("序号", null=True, blank=True)
    number_year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    history = TriggerHistory(excluded_fields=["secret_digest"])

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "修复申请"
        verbose_name_plural = "修复申请"
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "state"], name="repair_application_of_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "kind"], condition=Q(state__in=OPEN), name="repair_one_open_application"
            ),
            models.UniqueConstraint(fields=["unit", "number_year", "number"], name="repair_decision_number"),
            models.UniqueConstraint(
                fields=["penalty", "kind"], condition=Q(state__in=OPEN), name="repair_one_open_about_a_penalty"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.LEAVE_LIST, listing__isnull=False, penalty__isnull=True)
                | Q(kind=Kind.END_DISCLOSURE, listing__isnull=True, penalty__isnull=False),
                name="repair_kind_of_a_record",
                violation_error_message="移出名单针对名单记录，终止公示针对处罚公示记录",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*OPEN[1:], *ANSWERED]) | Q(identity_checked_on__isnull=False),
                name="repair_identity_first",
                violation_error_message="受理、转交之前应核验申请人身份",
            ),
            models.CheckConstraint(
                condition=Q(identity_checked_on__isnull=True) | Q(identity_checked_on__gte=F("received_on")),
                name="repair_checked_after_receipt",
            ),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True) | Q(accepted_on__gte=F("received_on")),
                name="repair_accepted_after_receipt",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True)
                | Q(accepted_on__isnull=False, answered_on__gte=F("accepted_on"))
                | Q(forwarded_on__isnull=False, answered_on__gte=F("received_on")),
                name="repair_answered_after_acceptance",
                violation_error_message="答复不能早于受理",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ANSWERED) | Q(answered_on__isnull=False), name="repair_answer_dated"
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True) | Q(published_on__gte=F("answered_on")),
                name="repair_published_after_answer",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED) | Q(published_on__isnull=False),
                name="repair_publication_dated",
            ),
            models.CheckConstraint(
                condition=Q(answered_by_key="") | ~Q(answered_by_key=F("opined_by_key")),
                name="repair_two_officers",
                violation_error_message="拟办与签发应由两名不同人员办理",
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.CITY) | Q(accepted_on__isnull=True) | Q(forwarded_on__isnull=False),
                name="repair_other_channels_forwarded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_kind_display()}申请"

    @property
    def record(self) -> Any:
        """The listing or the penalty that it is about."""
        return self.listing if self.penalty_id is None else self.penalty

    @property
    def title(self) -> str:
        return title_of(self.record)

    @property
    def heading(self) -> str:
        return heading_of(self.record)

    @property
    def receipt(self) -> str:
        """The receipt number that the applicant holds."""
        return self.public_id

    @property
    def verification(self) -> Verification | None:
        """The verification that counts: the latest one."""
        return self.verifications.order_by("-pk").first()

    def numbered(self) -> str:
        """Return the decision's number, or nothing before the answer."""
        if self.number is None:
            return ""
        return f"广信修〔{self.number_year}〕{self.number}号（{self.unit.short_name}）"


class Material(models.Model):
    """A file that belongs to an application; rows are added while it is being handled, never edited."""

    public_id = PublicIdField()
    application = models.ForeignKey(Application, models.PROTECT, related_name="materials", verbose_name="申请")
    kind = models.CharField("种类", max_length=12, choices=MaterialKind)
    title = models.CharField("名称", max_length=200)
    attachment = models.ForeignKey("core.Attachment", models.PROTECT, verbose_name="文件")
    added_on = models.DateField("提交日")
    history = TriggerHistory()

    class Meta:
        verbose_name = "修复材料"
        verbose_name_plural = "修复材料"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class Verification(models.Model):
    """核实记录: what the unit looked at and found; never edited, made anew only where a refusal was found wrong."""

    public_id = PublicIdField()
    application = models.ForeignKey(Application, models.PROTECT, related_name="verifications", verbose_name="申请")
    verified_on = models.DateField("核实日")
    method = models.CharField("核实方式", max_length=200)
    findings = models.TextField("核实情况")
    corrected = models.BooleanField("失信行为已纠正、义务已履行")
    materials_true = models.BooleanField("材料属实")
    corrected_on = models.DateField("核实的改正日", null=True, blank=True)
    proof = models.ForeignKey("core.Attachment", models.PROTECT, null=True, blank=True, verbose_name="核实材料")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)
    history = TriggerHistory()

    class Meta:
        verbose_name = "核实记录"
        verbose_name_plural = "核实记录"

    def __str__(self) -> str:
        return f"{self.application} 核实"


class Extension(models.Model):
    """延长核实: why, told to the applicant on which day; at most one per application."""

    public_id = PublicIdField()
    application = models.OneToOneField(Application, models.PROTECT, related_name="extension", verbose_name="申请")
    reason = models.CharField("理由", max_length=500)
    extended_on = models.DateField("延长日")
    told_on = models.DateField("告知申请人日")
    history = TriggerHistory()

    class Meta:
        verbose_name = "延长核实"
        verbose_name_plural = "延长核实"
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="repair_extension_reasoned")]

    def __str__(self) -> str:
        return f"{self.application} 延长"


class SourceResult(models.Model):
    """办理结果镜像: what the channel that governs the record decided, its document and its day."""

    public_id = PublicIdField()
    application = models.OneToOneField(Application, models.PROTECT, related_name="source_result", verbose_name="申请")
    outcome = models.CharField("结果", max_length=8, choices=Outcome)
    source = models.CharField("作出机关", max_length=200)
    document_number = models.CharField("文书号", max_length=128)
    decided_on = models.DateField("决定日")
    ended_on = models.DateField("来源终止公示日", null=True, blank=True)
    proof = models.ForeignKey("core.Attachment", models.PROTECT, null=True, blank=True, verbose_name="文书")
    history = TriggerHistory()

    class Meta:
        verbose_name = "来源办理结果"
        verbose_name_plural = "来源办理结果"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=Outcome.REJECT, ended_on__isnull=True)
                | Q(outcome=Outcome.APPROVE, ended_on__gte=F("decided_on")),
                name="repair_source_end_dated",
                violation_error_message="来源同意修复的，应填写来源终止公示日，且不早于其决定日",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.get_outcome_display()}"
