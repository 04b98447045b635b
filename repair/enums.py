"""Closed vocabularies of credit repair."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """Three separate repairs: one of them never stands for another."""

    LEAVE_LIST = "leave_list", "移出名单"
    END_DISCLOSURE = "end_disclosure", "终止公示"
    CORRECT_OTHER = "correct_other", "修复其他失信信息"


class Channel(models.TextChoices):
    CITY = "city", "本市办理"
    NATIONAL = "national", "信用中国网站"
    MARKET = "market", "国家企业信用信息公示系统（市场监管）"
    SOURCE = "source", "名单来源部门"


class CountsFrom(models.TextChoices):
    LISTING = "listing", "列入之日"
    CORRECTION = "correction", "改正之日"


class Decider(models.TextChoices):
    INITIATOR = "initiator", "发起（处理）单位"
    LEAD = "lead", "印发认定决定的单位"


class Via(models.TextChoices):
    WINDOW = "window", "政务服务窗口"
    UNIT = "unit", "办理单位"
    ONLINE = "online", "网上申请"


class ApplicantRole(models.TextChoices):
    PERSON = "person", "本人"
    REPRESENTATIVE = "representative", "法定代表人（负责人）"
    AGENT = "agent", "委托代理人"
    ADMINISTRATOR = "administrator", "破产管理人"


class MaterialKind(models.TextChoices):
    PERFORMANCE = "performance", "纠正失信行为、履行义务的证明"
    COMMITMENT = "commitment", "信用承诺书"
    IDENTITY = "identity", "主体资格和身份证明"
    MANDATE = "mandate", "授权委托书"
    OTHER = "other", "其他材料"


class State(models.TextChoices):
    """Acts on an application; who waits for whom follows from it."""

    RECEIVED = "received", "已收件"
    ACCEPTED = "accepted", "已受理"
    FORWARDED = "forwarded", "已转交"
    VERIFIED = "verified", "已核实"
    OPINED = "opined", "已拟意见"
    APPROVED = "approved", "同意修复"
    PUBLISHED = "published", "已公布"
    REJECTED = "rejected", "不予修复"
    DECLINED = "declined", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"
    MOOT = "moot", "终止办理"
    REVOKED = "revoked", "已撤销修复"


OPEN = (
    State.RECEIVED.value,
    State.ACCEPTED.value,
    State.FORWARDED.value,
    State.VERIFIED.value,
    State.OPINED.value,
    State.APPROVED.value,
)


class Outcome(models.TextChoices):
    APPROVE = "approve", "同意修复"
    REJECT = "reject", "不予修复"


class ShieldKind(models.TextChoices):
    REORGANISATION = "reorganisation", "破产重整"
    SETTLEMENT = "settlement", "破产和解"


class ShieldState(models.TextChoices):
    DRAFTED = "drafted", "待复核"
    ACTIVE = "active", "屏蔽中"
    COMPLETED = "completed", "执行完毕"
    ENDED = "ended", "提前终止"
    DROPPED = "dropped", "未予复核"


class RevocationGround(models.TextChoices):
    FALSE_MATERIAL = "false_material", "提供虚假材料"
    FALSE_COMMITMENT = "false_commitment", "信用承诺严重不实"
    BROKEN_COMMITMENT = "broken_commitment", "故意不履行信用承诺"
