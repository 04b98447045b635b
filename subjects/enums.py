"""Codes of the subjects; stored values never change, labels are what people read."""

from __future__ import annotations

from django.db.models import TextChoices


class SubjectKind(TextChoices):
    """What a subject is in law; the same codes as in the catalogue and in the routing to working groups."""

    ENTERPRISE = "enterprise", "企业"
    INDIVIDUAL_BUSINESS = "individual_business", "个体工商户"
    SOCIAL_ORGANIZATION = "social_organization", "社会组织"
    INSTITUTION = "institution", "事业单位"
    PUBLIC_BODY = "public_body", "机关"
    NATURAL_PERSON = "natural_person", "自然人"


LEGAL_ENTITY_KINDS = tuple(kind.value for kind in SubjectKind if kind != SubjectKind.NATURAL_PERSON)


class SubjectStatus(TextChoices):
    """Whether the subject still exists, by the last life event."""

    ACTIVE = "active", "存续"
    REVOKED_LICENCE = "revoked_licence", "吊销"
    DEREGISTERED = "deregistered", "注销"
    DECEASED = "deceased", "死亡"


ENDED = frozenset({SubjectStatus.DEREGISTERED.value, SubjectStatus.DECEASED.value})


class LifeEventKind(TextChoices):
    """What happens to a subject between its registration and its end."""

    RENAME = "rename", "更名"
    LICENCE_REVOKED = "licence_revoked", "吊销营业执照"
    DEREGISTRATION = "deregistration", "注销"
    DEATH = "death", "死亡"
    MERGER = "merger", "合并"
    SPLIT = "split", "分立"


class NominationState(TextChoices):
    """A successor is only nominated by an event; a person decides what passes to it."""

    NOMINATED = "nominated", "待认定"
    CONFIRMED = "confirmed", "已认定承继"
    DECLINED = "declined", "不予承继"


class LoginCapacity(TextChoices):
    """For whom a person has logged in, as the login knows it."""

    SELF = "self", "本人"
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"
    AGENT = "agent", "经办人"


class MatchReason(TextChoices):
    """Why a search result is in the list."""

    CODE = "code", "代码"
    NAME = "name", "名称"
    FORMER_NAME = "former_name", "曾用名"
    FRAGMENTS = "fragments", "片段"


class Channel(TextChoices):
    """How a message goes to its subject."""

    SITE = "site", "站内消息"
    PRINT = "print", "书面送达"
    SMS = "sms", "短信"


class DeliveryState(TextChoices):
    QUEUED = "queued", "待送达"
    SENT = "sent", "已发出"
    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "未能送达"


class ProofMethod(TextChoices):
    """How it was proved that a document reached its subject."""

    DIRECT = "direct", "直接送达"
    LEFT = "left", "留置送达"
    POST = "post", "邮寄送达"
    ELECTRONIC = "electronic", "电子送达"
    ANNOUNCEMENT = "announcement", "公告送达"


class RecordKind(TextChoices):
    """Which list a credit record belongs to; the codes are those of the intake profiles."""

    HONOUR = "honours", "守信荣誉"
    SERIOUS_DISHONESTY = "serious-dishonesty", "严重失信"
    COMMITMENT = "commitments", "信用承诺"


class RecordState(TextChoices):
    CURRENT = "current", "现行"
    SUPERSEDED = "superseded", "已更新"
    WITHDRAWN = "withdrawn", "已撤回"
