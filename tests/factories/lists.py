"""Lists of others: sources, rows, and whole batches handed in and worked off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

from core import clock
from core.actors import Actor
from core.identifiers import IdentifierType
from exchange.downflow import running
from exchange.downflow.receiving import PART_ROWS, Manifest, begin_batch, complete_batch, take_part
from exchange.models import ListBatch
from exchange.permissions import LIST_JOB
from publicity.push.sealing import day_digest, digest_of
from sanctions.models import ExternalSource
from sanctions.services.external_sources import keep_source
from subjects.models import Subject
from tests.factories import sanctions as make

TAKER = Actor.job("exchange.fetch_lists", LIST_JOB)
LISTED = date(2026, 1, 5)
_numbers = count(1)


def source(unit: str = "fgw", list_code: str = "enforcement") -> ExternalSource:
    """Return a list that the unit's systems may push."""
    known = ExternalSource.objects.get(code="sc-credit", list_code=list_code)
    office = make.actor_of("fgw", "office")
    return keep_source(actor=office, values={"unit": make.unit(unit)}, reason="与省平台约定", source=known)


def row(number: str, subject: Subject | None = None, **changes: Any) -> dict[str, Any]:
    """Return one row as a source sends it; of a subject on file with its code and name."""
    found: dict[str, Any] = {
        "number": number,
        "name": "外地示例贸易有限公司",
        "authority": "某市示例人民法院",
        "document": f"（2026）示例执{number}号",
        "listed_on": LISTED.isoformat(),
        "expected_exit_on": "2029-01-04",
    }
    if subject is not None:
        code = subject.identifiers.get(type=IdentifierType.USCC).value
        found |= {"name": subject.name, "uscc": code}
    return {name: value for name, value in (found | changes).items() if value is not None}


def digest(rows: Sequence[Mapping[str, Any]]) -> str:
    return day_digest((str(one.get("number", "")), digest_of(one)) for one in rows)


def manifest(rows: Sequence[Mapping[str, Any]], **changes: Any) -> Manifest:
    told: dict[str, Any] = {
        "source": "sc-credit",
        "list_code": "enforcement",
        "number": f"L{next(_numbers):06d}",
        "extent": "full",
        "as_of": clock.today(),
        "count": len(rows),
        "digest": digest(rows),
    }
    return Manifest(**(told | changes))


def complete(rows: Sequence[Mapping[str, Any]], **changes: Any) -> ListBatch:
    """Hand a batch in, in parts, up to its completion."""
    batch = begin_batch(actor=TAKER, manifest=manifest(rows, **changes))
    for place, start in enumerate(range(0, len(rows), PART_ROWS), 1):
        take_part(actor=TAKER, batch=batch, number=place, rows=rows[start : start + PART_ROWS])
    return complete_batch(actor=TAKER, batch=batch)


def received(rows: Sequence[Mapping[str, Any]], **changes: Any) -> ListBatch:
    """Hand a batch in and work it off."""
    batch = complete(rows, **changes)
    running.run(batch.public_id)
    batch.refresh_from_db()
    return batch
