"""Closed vocabularies of objections and complaints."""

from __future__ import annotations

from django.db import models


class TargetKind(models.TextChoices):
    """What can be objected to (design §4); who answers is data: `TargetRoute`."""

    FACTS = "facts", "事项事实"
    LISTING = "listing", "联合认定"
    DISCLOSURE = "disclosure", "双公示记录"
    BASE_RECORD = "base_record", "主体基础信息"
    REPAIR_REFUSAL = "repair_refusal", "信用修复不予通过"
    MEASURE = "measure", "措施实施"
    REWARD = "reward", "守信激励不予或取消"
    SOURCE_LIST = "source_list", "源名单记录"


class Answerer(models.TextChoices):
    INITIATING_UNIT = "initiating_unit", "发起单位"
    LEAD_UNIT = "lead_unit", "专项小组牵头单位"
    DECIDING_ORGAN = "deciding_organ", "决定机关"
    SOURCE_UNIT = "source_unit", "数据来源单位"
    REFUSING_AUTHORITY = "refusing_authority", "作出不予修复决定的机关"
    IMPLEMENTING_UNIT = "implementing_unit", "实施单位"
    DETERMINER = "determiner", "激励认定单位"
    FORWARDED = "forwarded", "转源单位"
    NAMED_UNIT = "named_unit", "指定单位"


class Relation(models.TextChoices):
    SELF = "self", "当事人本人"
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人（负责人）"
    AGENT = "agent", "委托代理人"


class Channel(models.TextChoices):
    WINDOW = "window", "窗口登记"
    UNIT = "unit", "单位登记"
    PUBLIC = "public", "网上提交"


class PaperKind(models.TextChoices):
    APPLICATION = "application", "申请书"
    EVIDENCE = "evidence", "证据材料"
    LICENCE = "licence", "营业执照或登记证书"
    IDENTITY = "identity", "身份证件"
    MANDATE = "mandate", "授权委托书"
    SOURCE_ANSWER = "source_answer", "源单位答复"


class IdentityResult(models.TextChoices):
    UNCHECKED = "", "未核验"
    PASSED = "passed", "核验通过"
    FAILED = "failed", "核验不通过"


class Outcome(models.TextChoices):
    NONE = "", "未定"
    REJECTED = "rejected", "不成立"
    UPHELD = "upheld", "成立"
    PARTLY_UPHELD = "partly_upheld", "部分成立"


class ObjectionState(models.TextChoices):
    RECEIVED = "received", "已收到"
    DECLINED = "declined", "不予受理"
    FORWARDED = "forwarded", "已转源单位"
    SOURCE_ANSWERED = "source_answered", "源单位已答复"
    ACCEPTED = "accepted", "已受理"
    DRAFTED = "drafted", "答复待签发"
    REJECTED = "rejected", "异议不成立"
    UPHELD = "upheld", "异议成立"
    PARTLY_UPHELD = "partly_upheld", "部分成立"
    REDETERMINED = "redetermined", "已重新认定"
    CORRECTED = "corrected", "已更正"
    WITHDRAWN = "withdrawn", "已撤回"
    TAKEN_OVER = "taken_over", "转投诉处理"
    SETTLED = "settled", "已由投诉处理办结"
    MOOT = "moot", "因认定已撤销终结"


class ComplaintState(models.TextChoices):
    RECEIVED = "received", "已收到"
    DECLINED = "declined", "不予受理"
    ACCEPTED = "accepted", "已受理"
    CONVENED = "convened", "已召集研究"
    DRAFTED = "drafted", "处理意见待签发"
    REJECTED = "rejected", "投诉不成立"
    UPHELD = "upheld", "投诉成立"
    PARTLY_UPHELD = "partly_upheld", "部分成立"
    REDETERMINED = "redetermined", "已重新认定"
    CORRECTED = "corrected", "已更正"
    WITHDRAWN = "withdrawn", "已撤回"
    MOOT = "moot", "因认定已撤销终结"


# Open: the matter is with the city and a second one about the same target has to wait.
OPEN_OBJECTION = ("received", "forwarded", "accepted", "drafted", "partly_upheld", "taken_over")
OPEN_COMPLAINT = ("received", "accepted", "convened", "drafted", "partly_upheld")
ANSWERED = ("rejected", "upheld", "partly_upheld")
