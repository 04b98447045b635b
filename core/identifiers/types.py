"""The kinds of identifier a subject can carry, and which of them belong to a natural person."""

from __future__ import annotations

from django.db import models


class IdentifierType(models.TextChoices):
    """Every identifier the data standards name; values are never renamed."""

    USCC = "uscc", "统一社会信用代码"
    ORG_CODE = "org_code", "组织机构代码"
    REGISTRATION_NUMBER = "registration_number", "工商注册号"
    TAX_NUMBER = "tax_number", "税务登记号"
    INSTITUTION_CERTIFICATE = "institution_certificate", "事业单位证书号"
    SOCIAL_ORG_CERTIFICATE = "social_org_certificate", "社会组织登记证号"
    ID_CARD = "id_card", "公民身份号码"
    PASSPORT = "passport", "护照号码"
    HK_MACAO_PERMIT = "hk_macao_permit", "港澳居民来往内地通行证号码"
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证号码"
    RESIDENCE_PERMIT = "residence_permit", "港澳台居民居住证号码"
    FOREIGN_PERMANENT_ID = "foreign_permanent_id", "外国人永久居留身份证号码"

    @property
    def is_personal(self) -> bool:
        """Whether the number belongs to a natural person and so lives only in `PersonalIdentifier`."""
        return self in PERSONAL_TYPES


PERSONAL_TYPES = frozenset(
    {
        IdentifierType.ID_CARD,
        IdentifierType.PASSPORT,
        IdentifierType.HK_MACAO_PERMIT,
        IdentifierType.TAIWAN_PERMIT,
        IdentifierType.RESIDENCE_PERMIT,
        IdentifierType.FOREIGN_PERMANENT_ID,
    }
)
