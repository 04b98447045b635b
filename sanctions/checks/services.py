"""Asking: a numbered receipt is written with the answer, in one statement, before the answer is given.

Checks and their lines are only added (guard CR216), so they carry no history of their own; who asked stands in them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import structlog
from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from core import clock, sealed_text
from core.actors import Actor
from core.digests import canonical
from core.fields import new_public_id
from core.idempotency import once
from core.problems import refuse
from sanctions.checks import receipts
from sanctions.checks.answers import answers
from sanctions.checks.finding import find, keep_numbers
from sanctions.checks.rights import asking_unit
from sanctions.checks.rows import MOST_IN_A_JOB, Asked, Matter, Row, judged, matter_is_told
from sanctions.checks.standing import Standing, standing_on
from sanctions.models import Check, CheckJob
from subjects.selectors import world_of

TASK = "sanctions.answer_check"
DOOR = "checks"
LINES_SQL = """
INSERT INTO sanctions_checkedsubject (of_check_id, line, subject_id, personal_id, action, answer)
SELECT {owner}, line, subject, personal, action, answer
  FROM unnest(%(lines)s::int[], %(subjects)s::bigint[], %(personals)s::bigint[], %(actions)s::text[],
              %(answers)s::jsonb[]) AS given(line, subject, personal, action, answer)
"""
CHECK_SQL = """
WITH made AS (
    INSERT INTO sanctions_check (public_id, unit_id, asked_by_kind, asked_by_key, asked_by_label, matter_kind,
        matter_name, business_number, asked_at, asked_on, position, count, sources, sandbox, answered_at, digest, key_id,
        signature)
    VALUES (%(public_id)s, %(unit)s, %(by_kind)s, %(by_key)s, %(by_label)s, %(kind)s, %(name)s, %(business_number)s,
        %(at)s, %(on)s, %(position)s, %(count)s, %(sources)s, %(sandbox)s, %(at)s, %(digest)s, %(key_id)s, %(signature)s)
    RETURNING id
)
""" + LINES_SQL.format(owner="made.id").replace("FROM unnest", "FROM made, unnest")
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """A check with the bytes of its document and their proof; `replayed` where the same call was answered before."""

    number: str
    content: bytes
    seal: receipts.Seal
    replayed: bool = False


def ask(*, actor: Actor, matter: Matter, subjects: Sequence[Asked], key: str = "", body: bytes = b"") -> Given:
    """Answer at once about up to 1,000 subjects and keep the signed receipt.

    Without permission or scope NotPermitted; Problem 400 CHK-01 … CHK-04, ID-*, SUB-05 where nothing can be answered; a
    row that is wrong among good ones is answered as such. key: a call repeated under it with the same body gives the
    same receipt, another body is 409 IDEM-02.
    """
    unit, day = asking_unit(actor), clock.today()
    refuse(matter_is_told(matter), status=400)
    rows = judged(subjects, day)
    number = new_public_id()
    with transaction.atomic() if key else nullcontext():
        earlier = once(actor, DOOR, key, body, number)
        if earlier is not None:
            return given(Check.objects.select_related("unit").get(public_id=earlier), replayed=True)
        keep_numbers(rows)
        worth = standing_on(day, unit)
        check = _call(actor, unit, matter, len(rows), number, worth, day)
        lines = answered_lines(rows, kind=matter.kind, day=day, worth=worth, world=world_of(actor))
        content = receipts.document(receipts.header(check, worth.unit), lines.answers)
        seal = receipts.sealed(number, content)
        _write(check, lines, seal)
    return Given(number, content, seal)


def _call(actor: Actor, unit: int, matter: Matter, count: int, number: str, worth: Standing, day: date) -> Check:
    return Check(
        public_id=number,
        unit_id=unit,
        asked_by_kind=actor.kind,
        asked_by_key=actor.key,
        asked_by_label=actor.label,
        matter_kind=matter.kind,
        matter_name=matter.name.strip(),
        business_number=matter.business_number.strip(),
        asked_at=clock.now(),
        asked_on=day,
        position=worth.position,
        count=count,
        sources=list(worth.sources),
        sandbox=actor.sandbox,
    )


@dataclass(frozen=True, slots=True)
class Lines:
    """Answered rows as columns, the answers in canonical form."""

    lines: list[int]
    subjects: list[int | None]
    personals: list[int | None]
    actions: list[str]
    answers: list[bytes]

    def columns(self) -> dict[str, Any]:
        """Return the parameters of `LINES_SQL`."""
        values = {name: getattr(self, name) for name in ("lines", "subjects", "personals", "actions")}
        return values | {"answers": [answer.decode() for answer in self.answers]}


def answered_lines(rows: Sequence[Row], *, kind: str, day: date, worth: Standing, world: bool | None) -> Lines:
    """Return the answers to these rows, as they go into the receipt; a constant number of statements."""
    found = find(rows, units=worth.units, kind=kind, day=day, world=world)
    told = answers(rows, found, kind=kind, day=day, worth=worth)
    return Lines(
        lines=[row.line for row in rows],
        subjects=[found[row.line].subject if row.line in found else None for row in rows],
        personals=[row.personal for row in rows],
        actions=[answer["result"] for answer in told],
        answers=[canonical(answer) for answer in told],
    )


def _write(check: Check, lines: Lines, seal: receipts.Seal) -> None:
    values: dict[str, Any] = {
        "public_id": check.public_id,
        "unit": check.unit_id,
        "by_kind": check.asked_by_kind,
        "by_key": check.asked_by_key,
        "by_label": check.asked_by_label,
        "kind": check.matter_kind,
        "name": check.matter_name,
        "business_number": check.business_number,
        "at": check.asked_at,
        "on": check.asked_on,
        "position": check.position,
        "count": check.count,
        "sources": json.dumps(check.sources, ensure_ascii=False),
        "sandbox": check.sandbox,
        "digest": seal.digest,
        "key_id": seal.key_id,
        "signature": seal.signature,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHECK_SQL, values | lines.columns())


def write_lines(check: Check, lines: Lines) -> None:
    """Add lines to a check that is still open; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(LINES_SQL.format(owner="%(check)s"), {"check": check.pk, **lines.columns()})


def given(check: Check, *, replayed: bool = False) -> Given:
    """Return what a check was answered with, as it is kept; Problem 500 CHK-20 where that is no longer what was signed."""
    content = receipts.genuine(check)
    return Given(check.public_id, content, receipts.seal_of(check), replayed)


def ask_later(*, actor: Actor, matter: Matter, subjects: Sequence[Asked], key: str = "", body: bytes = b"") -> Check:
    """Take up to 10,000 subjects in and return the numbered check at once; a worker answers it chunk by chunk.

    What was asked is sealed until it is answered. Problems as of `ask`. The caller then calls `hand_over`.
    """
    unit, day = asking_unit(actor), clock.today()
    refuse(matter_is_told(matter), status=400)
    judged(subjects, day, most=MOST_IN_A_JOB)
    number = new_public_id()
    with transaction.atomic():
        earlier = once(actor, DOOR, key, body, number)
        if earlier is not None:
            return Check.objects.select_related("unit").get(public_id=earlier)
        worth = standing_on(day, unit)
        check = _call(actor, unit, matter, len(subjects), number, worth, day)
        check.save()
        key_id, asked = sealed_text.close(_asked_text(subjects), bound_to(number))
        CheckJob.objects.create(of_check=check, key_id=key_id, asked=asked, units=sorted(worth.units))
    return check


def hand_over(check: Check) -> None:
    """Send the number, and nothing of what was asked, to the workers; where the queue is away, the sweep finds it."""
    number = check.public_id
    transaction.on_commit(lambda: _send(number))


def bound_to(number: str) -> str:
    """Return what the sealed rows of a check belong to."""
    return f"check:{number}"


def _asked_text(subjects: Sequence[Asked]) -> str:
    return json.dumps([asdict(one) for one in subjects], ensure_ascii=False)


def _send(number: str) -> None:
    try:
        current_app.send_task(TASK, args=[number], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("check_not_queued", check=number, error=type(error).__name__)
