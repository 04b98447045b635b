"""Closed vocabularies of the chain."""

from __future__ import annotations

from django.db import models


class Polarity(models.TextChoices):
    DISCIPLINE = "discipline", "失信惩戒"
    INCENTIVE = "incentive", "守信激励"


class CaseState(models.TextChoices):
    DRAFT = "draft", "起草"
    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已受理"
    NOTICED = "noticed", "已告知"
    CONVENED = "convened", "已召集会议"
    DECIDED = "decided", "已议决"
    ISSUED = "issued", "已印发"
    WITHDRAWN = "withdrawn", "已撤回"


class CaseLevel(models.TextChoices):
    GROUP = "group", "专项小组"
    OFFICE = "office", "联席会议办公室"


class SubjectRole(models.TextChoices):
    ENTITY = "entity", "当事主体"
    RESPONSIBLE_PERSON = "responsible_person", "责任人员"


class SubjectDecision(models.TextChoices):
    UNDECIDED = "undecided", "未议决"
    LISTED = "listed", "列入"
    NOT_LISTED = "not_listed", "不予列入"


class DocumentKind(models.TextChoices):
    NOTICE = "notice", "拟认定告知书"
    DETERMINATION = "determination", "认定决定书（附信用修复告知书）"


class VoteChoice(models.TextChoices):
    LIST = "list", "同意列入"
    NOT_LIST = "not_list", "不同意列入"
    ABSTAIN = "abstain", "弃权"


class PeriodSource(models.TextChoices):
    CATALOGUE = "catalogue", "目录清单"
    MINUTES = "minutes", "会议纪要"


class GovernedBy(models.TextChoices):
    CITY = "city", "本市认定"
    SOURCE = "source", "源名单认定"


class ListingState(models.TextChoices):
    """Acts only; pending, in force, paused and ended follow from the dates (core.periods)."""

    ISSUED = "issued", "已列入"
    PERFORMED = "performed", "已履行"
    WITHDRAWN = "withdrawn", "激励已取消"
    CLOSED = "closed", "提前结束"
    REPAIRED = "repaired", "已修复"
    REVOKED = "revoked", "已撤销"
    DELISTED = "delisted", "已移出"


class PauseCause(models.TextChoices):
    """Why the clock stands; a lapse is no pause, but a repair's span that its revocation gives back."""

    OBJECTION = "objection", "异议"
    COMPLAINT = "complaint", "投诉"
    COURT = "court", "司法裁定"
    LAPSE = "lapse", "信用修复被撤销"


class StopKind(models.TextChoices):
    """What a unit is told about a measure it applies or is to apply."""

    SUSPEND = "suspend", "暂停执行"
    RESUME = "resume", "恢复执行"
    RELEASE = "release", "停止执行"
    RESTORE = "restore", "恢复原状"


class OrderKind(models.TextChoices):
    STAY = "stay", "停止执行裁定"
    LIFT = "lift", "解除停止执行"
    REVOKE = "revoke", "撤销判决"


class TaskState(models.TextChoices):
    ASSIGNED = "assigned", "待签收"
    ACKNOWLEDGED = "acknowledged", "已签收"
    APPLIED = "applied", "已实施"
    REFUSED = "refused", "不予实施"
    RELEASED = "released", "已解除"


class TaskDuty(models.TextChoices):
    DUTY = "duty", "应当实施"
    NOTICE = "notice", "告知参考"


class MatterKind(models.TextChoices):
    """What is being decided when an approval system asks; which measures bear on it is data (`MatterRule`)."""

    LICENCE = "licence", "行政许可"
    QUALIFICATION = "qualification", "资质资格认定"
    HONOUR = "honour", "评先评优、荣誉表彰"
    SUBSIDY = "subsidy", "财政资金、政策补贴"
    PREFERENCE = "preference", "优惠便利政策"
    PROCUREMENT = "procurement", "政府采购"
    TENDER = "tender", "招标投标"
    LAND = "land", "土地等公共资源供应"
    FINANCE = "finance", "融资授信"
    APPOINTMENT = "appointment", "任职、录用、从业"
    TAX = "tax", "税务、海关事项"
    SUPERVISION = "supervision", "日常监管、检查"
    OTHER = "other", "其他"


class MatterEffect(models.TextChoices):
    """What a measure in force comes to for a kind of matter; `none` is known to have nothing to do with it."""

    FORBID = "forbid", "禁止"
    RESTRICT = "restrict", "限制"
    REMIND = "remind", "提醒"
    INCENTIVE = "incentive", "激励"
    NONE = "none", "与该类事项无关"


class CheckAction(models.TextChoices):
    """What one answer asks of the unit; for a subject the strongest of its answers."""

    FORBID = "forbid", "禁止"
    RESTRICT = "restrict", "限制"
    REMIND = "remind", "提醒"
    INCENTIVE = "incentive", "激励"
    NOTHING = "nothing", "所查来源中没有应对该事项实施的措施"
    NOT_FOUND = "not_found", "所查来源中没有该主体"
    REJECTED = "rejected", "该行有误，未核查"


class CheckDecision(models.TextChoices):
    """What the unit decided on the matter that it had asked about."""

    REFUSED = "refused", "不予办理"
    RESTRICTED = "restricted", "限制办理或从严办理"
    REWARDED = "rewarded", "落实激励"
    GRANTED = "granted", "予以办理"
    GRANTED_DESPITE = "granted_despite", "仍予办理"
    WITHDRAWN = "withdrawn", "申请人撤回或者未作决定"
