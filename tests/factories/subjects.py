"""Subjects for tests: real services, valid codes, names that nobody bears."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from core.actors import Actor
from core.identifiers import citizen_check_digit, make_uscc
from subjects import permissions, services
from subjects.models import Subject

PREFIX_OF = {
    "enterprise": "91",
    "individual_business": "92",
    "social_organization": "51",
    "institution": "12",
    "public_body": "11",
}
_numbers = itertools.count(1)


def keeper() -> Actor:
    """Return a job that may do everything with subjects."""
    return Actor.job("test", permissions=permissions.PERMISSIONS)


def new_code(kind: str = "enterprise", *, region: str = "510802", root: str | None = None) -> str:
    """Return a valid social credit code that no other call returns, unless its root is given."""
    return make_uscc(PREFIX_OF[kind], region, root or f"T{next(_numbers):07d}")


def new_id_number(birth: date = date(1988, 8, 8), *, region: str = "510802") -> str:
    """Return a valid citizen number with this birth date that no other call returns."""
    first17 = f"{region}{birth:%Y%m%d}{next(_numbers) % 1000:03d}"
    return first17 + citizen_check_digit(first17)


def entity(name: str | None = None, *, kind: str = "enterprise", code: str | None = None, **more: Any) -> Subject:
    """Register a legal entity."""
    return services.register_subject(
        keeper(),
        kind=kind,
        name=name or f"广元市测试{next(_numbers)}号有限公司",
        code=code or new_code(kind),
        **more,
    )


def demo_entity(name: str = "广元市示例建筑有限公司", *, kind: str = "enterprise", **more: Any) -> Subject:
    """Register a demo entity: code in the division that does not exist, 示例 in the name."""
    return services.register_subject(
        keeper(), kind=kind, name=name, code=new_code(kind, region="510899"), is_demo=True, **more
    )


def person(name: str = "测试甲", *, birth: date = date(1988, 8, 8), number: str | None = None, **more: Any) -> Subject:
    """Register a natural person of age."""
    return services.register_person(
        more.pop("actor", None) or keeper(), name=name, id_type="id_card", number=number or new_id_number(birth), **more
    )
