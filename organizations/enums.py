"""Codes of the organisations; stored values never change, labels are what officers read."""

from __future__ import annotations

from django.db.models import TextChoices


class Role(TextChoices):
    """What an officer may be assigned to do; permissions hang on these, see permissions.py of every app."""

    HANDLER = "handler", "经办"
    REVIEWER = "reviewer", "审核"
    WINDOW = "window", "窗口"
    DISTRICT_CREDIT = "district_credit", "县区信用办"
    GROUP_LEAD = "group_lead", "专项小组"
    OFFICE = "office", "联席办"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN.value, Role.SECURITY_ADMIN.value, Role.AUDIT_ADMIN.value})


class UnitKind(TextChoices):
    """What sort of body a unit is."""

    PARTY = "party", "党委机关"
    GOVERNMENT = "government", "人民政府"
    ADMINISTRATION = "administration", "行政机关"
    COURT = "court", "人民法院"
    PROCURATORATE = "procuratorate", "人民检察院"
    INSTITUTION = "institution", "事业单位"
    MASS_ORGANISATION = "mass", "群团组织"
    MILITARY = "military", "军事机关"
    UTILITY = "utility", "公共事业单位"
    ASSOCIATION = "association", "行业协会"


class UnitLevel(TextChoices):
    CENTRAL = "central", "中央"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县区级"


class SuccessionKind(TextChoices):
    """How duties passed from one unit to another; a pure rename is a name period, not a succession."""

    MERGE = "merge", "并入"
    SPLIT = "split", "分立"
    RENAME = "rename", "更名重设"
    TAKEOVER = "takeover", "划转部分职责"


ENDING_SUCCESSIONS = frozenset({SuccessionKind.MERGE.value, SuccessionKind.SPLIT.value, SuccessionKind.RENAME.value})


class GroupCode(TextChoices):
    ENTERPRISE = "enterprise", "企业"
    PERSON = "person", "个人"
    SOCIAL = "social", "社会组织"
    OFFICE = "office", "联席会议办公室"


class SubjectKind(TextChoices):
    """Kinds of subjects that a 专项小组 answers for; the same codes as the catalogue and the subjects use."""

    ENTERPRISE = "enterprise", "企业"
    INDIVIDUAL_BUSINESS = "individual_business", "个体工商户"
    SOCIAL_ORGANIZATION = "social_organization", "社会组织"
    INSTITUTION = "institution", "事业单位"
    PUBLIC_BODY = "public_body", "机关"
    NATURAL_PERSON = "natural_person", "自然人"


class Confidence(TextChoices):
    """How sure we are of a reference fact; the administrator corrects what is unsure."""

    LOOKED_UP = "L", "已查证"
    SECOND_HAND = "L~", "间接查证"
    REMEMBERED = "M", "据常识"
    UNSURE = "M?", "待核实"
    DESIGN = "X", "设计约定"


class ClientScope(TextChoices):
    """What an outside system may call; granted per client, always for one unit."""

    CHECKS = "checks", "嵌入核查"
    FEEDBACK = "feedback", "措施反馈"
    INTAKE = "intake", "信息报送"
    EXCHANGE = "exchange", "平台交换"
