"""Codes of the catalogue; stored values never change, labels are what officers read."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices


class Polarity(TextChoices):
    DISCIPLINE = "discipline", "失信惩戒"
    INCENTIVE = "incentive", "守信激励"


class InstrumentKind(TextChoices):
    """Kinds of legal instruments, strongest first."""

    LAW = "law", "法律"
    ADMINISTRATIVE_REGULATION = "administrative_regulation", "行政法规"
    LOCAL_REGULATION = "local_regulation", "地方性法规"
    CENTRAL_DOCUMENT = "central_document", "党中央、国务院文件"
    DEPARTMENTAL_RULE = "departmental_rule", "部门规章"
    JUDICIAL_INTERPRETATION = "judicial_interpretation", "司法解释"
    NORMATIVE_DOCUMENT = "normative_document", "规范性文件"
    MEMORANDUM = "memorandum", "备忘录"
    STANDARD = "standard", "标准"


# What may carry a class-1 measure (国办发〔2020〕49号), and what never carries a discipline entry by itself.
STRONG_KINDS = (
    InstrumentKind.LAW.value,
    InstrumentKind.ADMINISTRATIVE_REGULATION.value,
    InstrumentKind.LOCAL_REGULATION.value,
    InstrumentKind.CENTRAL_DOCUMENT.value,
)
WEAK_KINDS = (InstrumentKind.MEMORANDUM.value, InstrumentKind.STANDARD.value)


class MeasureClass(IntegerChoices):
    RIGHTS = 1, "一类：减损权益或者增加义务"
    MANAGEMENT = 2, "二类：管理性措施"
    MARKET = 3, "三类：市场和行业自主措施"


class MeasureTarget(TextChoices):
    ENTITY = "entity", "主体本身"
    RESPONSIBLE_PERSON = "responsible_person", "责任人员"


class MeasureMode(TextChoices):
    FOLLOWS_LISTING = "follows_listing", "随名单期限"
    STATUTORY = "statutory", "依法定期限"


class PeriodKind(TextChoices):
    FIXED = "fixed", "固定期限"
    RANGE = "range", "期限幅度"
    PERMANENT = "permanent", "长期"
    UNTIL_PERFORMED = "until_performed", "至履行完毕"
    EVALUATION_CYCLE = "evaluation_cycle", "评价周期"


class PeriodAlternative(TextChoices):
    """What an entry's law allows besides its length in months, as “2年……至履行完毕” or “3年或者终身”."""

    PERMANENT = "permanent", "长期"
    UNTIL_PERFORMED = "until_performed", "至履行完毕"


class Severity(TextChoices):
    MINOR = "minor", "轻微"
    ORDINARY = "ordinary", "一般"
    SERIOUS = "serious", "严重"


class Governance(TextChoices):
    CITY = "city", "本市"
    SOURCE = "source", "名单来源部门"


class RevisionState(TextChoices):
    """Acts done to a revision; whether it is in force on a day follows from its dates."""

    DRAFTED = "drafted", "草拟"
    SUBMITTED = "submitted", "已报送"
    COMPILED = "compiled", "已汇编"
    COMMENTED = "commented", "征求意见"
    REVIEWED = "reviewed", "已审核"
    PUBLISHED = "published", "已发布"
    SUPERSEDED = "superseded", "已被新版取代"
    WITHDRAWN = "withdrawn", "已撤回"


OPEN_STATES = (
    RevisionState.DRAFTED.value,
    RevisionState.SUBMITTED.value,
    RevisionState.COMPILED.value,
    RevisionState.COMMENTED.value,
    RevisionState.REVIEWED.value,
)
FROZEN_STATES = (RevisionState.PUBLISHED.value, RevisionState.SUPERSEDED.value, RevisionState.WITHDRAWN.value)
