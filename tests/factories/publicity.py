"""Reported decisions for tests, by the columns of the 2018 standard."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from core.actors import Actor, acting
from organizations.models import Organization
from publicity.models import Licence, Penalty
from subjects.models import Subject

_numbers = count(1)
BODY_CODE = "11510800MB1DEMO12X"


def penalty_columns(subject: Subject, unit: Organization, decided_on: date, **changes: Any) -> dict[str, Any]:
    number = next(_numbers)
    columns = {
        "subject": subject,
        "party": "Z" if subject.is_person else "F",
        "party_name": subject.name,
        "document_number": f"广市监处罚〔{decided_on.year}〕{number}号",
        "decided_on": decided_on,
        "authority": unit,
        "authority_name": unit.name,
        "authority_code": unit.uscc or BODY_CODE,
        "source_name": unit.name,
        "source_code": unit.uscc or BODY_CODE,
        "unit": unit,
        "reported_on": decided_on,
        "first_reported_on": decided_on,
        "content_digest": hashlib.sha256(str(number).encode()).digest(),
        "violation": "违反《食品安全法》第三十四条",
        "facts": "经营超过保质期的食品",
        "basis": "《食品安全法》第一百二十四条",
        "kinds_text": "罚款",
        "kinds": ["fine"],
        "content": "罚款人民币二万元",
        "fine": Decimal("2"),
        "regime_code": "order-36",
    }
    return columns | changes


def licence_columns(subject: Subject, unit: Organization, decided_on: date, **changes: Any) -> dict[str, Any]:
    columns = penalty_columns(subject, unit, decided_on)
    for name in ("violation", "facts", "basis", "kinds_text", "kinds", "fine", "regime_code"):
        del columns[name]
    return (
        columns
        | {
            "document_title": "准予许可决定书",
            "licence_kind": "普通",
            "content": "准予从事食品销售",
            "valid_from": decided_on,
            "valid_to": date(2099, 12, 31),
        }
        | changes
    )


def reported_penalty(subject: Subject, unit: Organization, decided_on: date, **changes: Any) -> Penalty:
    """Return a reported penalty as the intake leaves it."""
    with acting(Actor.job("test.report"), "publicity.report"):
        return Penalty.objects.create(**penalty_columns(subject, unit, decided_on, **changes))


def reported_licence(subject: Subject, unit: Organization, decided_on: date, **changes: Any) -> Licence:
    """Return a reported licence as the intake leaves it."""
    with acting(Actor.job("test.report"), "publicity.report"):
        return Licence.objects.create(**licence_columns(subject, unit, decided_on, **changes))
