"""Identifiers of subjects: their kinds, their arithmetic, their normal form, and what is wrong with one."""

from core.identifiers.arithmetic import (
    PERMIT_REGIONS,
    citizen_check_digit,
    id_card_birth,
    id_card_checks,
    id_card_to_18,
    id_card_valid,
    make_uscc,
    org_code_check_digit,
    org_code_valid,
    registration_check_digit,
    registration_number_valid,
    residence_permit_valid,
    tax_number_valid,
    uscc_check_digit,
    uscc_valid,
)
from core.identifiers.checks import normalize, validate
from core.identifiers.citizens import holds_citizen_number
from core.identifiers.prefixes import PREFIXES, Prefix, kind_of_uscc
from core.identifiers.types import PERSONAL_TYPES, IdentifierType

__all__ = [
    "PERMIT_REGIONS",
    "PERSONAL_TYPES",
    "PREFIXES",
    "IdentifierType",
    "Prefix",
    "citizen_check_digit",
    "holds_citizen_number",
    "id_card_birth",
    "id_card_checks",
    "id_card_to_18",
    "id_card_valid",
    "kind_of_uscc",
    "make_uscc",
    "normalize",
    "org_code_check_digit",
    "org_code_valid",
    "registration_check_digit",
    "registration_number_valid",
    "residence_permit_valid",
    "tax_number_valid",
    "uscc_check_digit",
    "uscc_valid",
    "validate",
]
