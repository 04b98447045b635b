"""Reported decisions for tests, by the columns of the 2018 standard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from core import clock, deadlines
from core.actors import Actor, acting
from organizations import selectors
from organizations.models import Organization
from publicity.guards import ACTS
from publicity.models import Licence, Penalty
from publicity.permissions import JOB
from publicity.services import announcing, changing, reviewing
from subjects.models import Subject
from tests.factories import sanctions as chain
from tests.factories import subjects

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


# --- brought along through the services ------------------------------------------------------------------------------


def unit(code: str) -> Organization:
    return selectors.unit(code)


def penalty(unit_code: str, decided_on: date, *, subject: Subject | None = None, **changes: Any) -> Penalty:
    """Return a reported penalty of a unit of the reference city."""
    return reported_penalty(subject or subjects.entity(), unit(unit_code), decided_on, **changes)


def licence(unit_code: str, decided_on: date, *, subject: Subject | None = None, **changes: Any) -> Licence:
    """Return a reported licence of a unit of the reference city."""
    return reported_licence(subject or subjects.entity(), unit(unit_code), decided_on, **changes)


def handler_of(record: Any) -> Actor:
    return chain.actor_of(record.unit.code, "handler")


def reviewer_of(record: Any, number: int = 1) -> Actor:
    return chain.actor_of(record.unit.code, "reviewer", number)


def publish(record: Any) -> Any:
    """Carry a reported record through both persons on the day that is pinned."""
    reviewing.check(actor=handler_of(record), record=record)
    return reviewing.approve(actor=reviewer_of(record), record=record)


def published_penalty(unit_code: str, decided_on: date, **changes: Any) -> Penalty:
    return publish(penalty(unit_code, decided_on, **changes))


def published_licence(unit_code: str, decided_on: date, **changes: Any) -> Licence:
    return publish(licence(unit_code, decided_on, **changes))


def shown(records: Iterable[Any], day: date) -> None:
    """Let records be public since a day, by what the review writes; many at once, whatever the day that is pinned."""
    found = list(records)
    with acting(Actor.job("test"), "test.pass"):
        rows = type(found[0]).objects.filter(pk__in=[row.pk for row in found])
        rows.update(state="checked", checked_by_key="a", checked_on=day)
        rows.update(
            state="passed", passed_by_key="b", passed_on=day, visible_from=day, first_visible_on=day,
            last_public_day=day.replace(year=day.year + 1),
        )  # fmt: skip


KEPT = {"id", "public_id", "version", "previous", "content_digest", "state", "recorded_at"}
ACTED = {name.removesuffix("_id") for name in ACTS} - {"authority", "severity", "regime_code"}


def new_version(record: Any, **changes: Any) -> Any:
    """Return the next version of a decision as the intake reports it."""
    columns = {
        field.name: getattr(record, field.name)
        for field in record._meta.concrete_fields
        if field.name not in KEPT | ACTED
    }
    columns |= {"version": record.version + 1, "previous": record, "content_digest": bytes(32), **changes}
    with acting(Actor.job("test.report"), "publicity.report"):
        return type(record).objects.create(**columns)


def due_days(record: Any) -> list[Any]:
    return list(deadlines.deadlines_of(record))


def announce(day: date) -> tuple[int, int]:
    """Run both announcing jobs on a day; returns how many appeared and ended."""
    actor = Actor.job("publicity.announce", JOB)
    with clock.at(day):
        return announcing.announce_appearances(actor=actor), announcing.announce_ends(actor=actor)


def record_in(kind: str, unit_code: str, state: str, day: date) -> Any:
    """Return a record in a state, brought there through the services."""
    record = (penalty if kind == "penalty" else licence)(unit_code, day)
    if state in {"returned", "recalled"}:
        act = reviewing.send_back if state == "returned" else reviewing.recall
        return act(actor=handler_of(record), record=record, reason="试")
    if state == "checked":
        return reviewing.check(actor=handler_of(record), record=record)
    if state in {"passed", "withdrawn", "superseded"}:
        publish(record)
    if state == "superseded":
        publish(new_version(record))
        record.refresh_from_db()
    if state == "withdrawn":
        changing.note_change(
            actor=handler_of(record), record=record, ground="revoked", changed_on=clock.today(), reason="撤销"
        )
        changing.withdraw(actor=reviewer_of(record), record=record, reason="撤销")
    return record
