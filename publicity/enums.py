"""Closed vocabularies of double publicity; what the standard leaves unsure is rows, not code."""

from __future__ import annotations

from django.db import models


class RecordKind(models.TextChoices):
    LICENCE = "licence", "行政许可"
    PENALTY = "penalty", "行政处罚"


class Party(models.TextChoices):
    """行政相对人类别; a person is published only where a confirmed row of law says so."""

    ENTITY = "F", "法人及非法人组织"
    BUSINESS = "G", "个体工商户"
    PERSON = "Z", "自然人"


PUBLISH, WITHDRAW = "PUB-T01", "PUB-T02"  # the time limits: how soon a decision is public, and a changed one gone


class State(models.TextChoices):
    """Acts on one version of a decision; whether the public sees it today follows from dates as well."""

    REPORTED = "reported", "已报送"
    CHECKED = "checked", "已办理待审核"
    PASSED = "passed", "已审核公示"
    RETURNED = "returned", "已退回"
    RECALLED = "recalled", "报送已撤回"
    SUPERSEDED = "superseded", "已被更新"
    WITHDRAWN = "withdrawn", "已撤下"


PENDING = (State.REPORTED.value, State.CHECKED.value)


class Scope(models.TextChoices):
    OPEN = "open", "公开"
    DEFERRED = "deferred", "暂缓公开"
    NOT_OPEN = "not_open", "不予公开"


class Severity(models.TextChoices):
    MINOR = "minor", "轻微"
    ORDINARY = "ordinary", "一般"
    SERIOUS = "serious", "严重"


SEVERITY_ORDER = (Severity.MINOR.value, Severity.ORDINARY.value, Severity.SERIOUS.value)


class PenaltyKind(models.TextChoices):
    """行政处罚法 第九条; `permit_unclear` is the old 暂扣或者吊销, of which only the unit knows which it was."""

    WARNING = "warning", "警告"
    CRITICISM = "criticism", "通报批评"
    FINE = "fine", "罚款"
    CONFISCATE_GAINS = "confiscate_gains", "没收违法所得"
    CONFISCATE_GOODS = "confiscate_goods", "没收非法财物"
    SUSPEND_PERMIT = "suspend_permit", "暂扣许可证件"
    DOWNGRADE = "downgrade", "降低资质等级"
    REVOKE_PERMIT = "revoke_permit", "吊销许可证件"
    PERMIT_UNCLEAR = "permit_unclear", "暂扣或者吊销许可证、执照"
    RESTRICT_BUSINESS = "restrict_business", "限制开展生产经营活动"
    SUSPEND_BUSINESS = "suspend_business", "责令停产停业"
    CLOSE = "close", "责令关闭"
    BAR = "bar", "限制从业"
    DETENTION = "detention", "行政拘留"
    OTHER = "other", "其他"


class LicenceKind(models.TextChoices):
    ORDINARY = "ordinary", "普通"
    FRANCHISE = "franchise", "特许"
    QUALIFICATION = "qualification", "认可"
    APPROVAL = "approval", "核准"
    REGISTRATION = "registration", "登记"
    OTHER = "other", "其他"


class ChangeGround(models.TextChoices):
    """What happened to the decision itself (行政处罚法 第四十八条)."""

    CHANGED = "changed", "决定被变更"
    REVOKED = "revoked", "决定被撤销"
    ILLEGAL = "illegal", "决定被确认违法"
    VOID = "void", "决定被确认无效"
    MISREPORTED = "misreported", "报送有误"


class EndGround(models.TextChoices):
    """Why a version left the public view before its last lawful day."""

    REPAIR = "repair", "信用修复，终止公示"
    CHANGE = "change", "决定变更或者撤销"


class SeverityBy(models.TextChoices):
    TABLE = "table", "按对照表"
    OFFICER = "officer", "单位认定"
