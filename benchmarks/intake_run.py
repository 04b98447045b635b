"""Worker: one way of taking a file of penalties in, timed on a database with the city. Returns seconds and what was done."""

from __future__ import annotations

import csv
import resource
import sys
import time
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import tablib
from django.db import connection, transaction
from import_export import fields, resources, widgets
from simple_history.utils import bulk_create_with_history

from benchmarks.intake_files import write_csv, write_xlsx
from core import clock
from core.actors import Actor, acting
from core.fields import new_public_id
from core.intake.receiving import receive
from core.intake.rights import SUBMIT
from core.intake.running import run
from core.models import OutboxEvent
from organizations.models import Organization
from publicity.models import Penalty
from subjects import city
from subjects.models import Identifier, Subject


def actor() -> Actor:
    unit = Organization.objects.get(code="scjgj")
    return Actor("job", "bench", "测速", unit_id=unit.pk, permissions=frozenset({SUBMIT}))


def megabytes(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def main() -> dict[str, Any]:
    return {
        "city": make_city,
        "files": files,
        "ours": ours,
        "export": export,
        "bare": bare,
        "count": count,
        "history": history,
        "peer": peer,
    }[sys.argv[1]](*sys.argv[2:])


def make_city(subjects: str) -> dict[str, Any]:
    city.generate(Actor.job("bench"), subjects=int(subjects), seed=1)
    return {}


def files(folder: str, rows: str, sheet: str, subjects: str) -> dict[str, Any]:
    write_csv(Path(folder) / "penalties.csv", int(rows), int(subjects))
    write_xlsx(Path(folder) / "penalties.xlsx", int(sheet), int(subjects))
    return {}


def ours(name: str) -> dict[str, Any]:
    """Keep the file, read, check, match, merge, answer: all that a unit waits for."""
    path = Path(name)
    started = time.perf_counter()
    with path.open("rb") as upload:
        batch = receive(actor(), profile="penalties", upload=upload, name=path.name)
    kept = time.perf_counter() - started
    done = run(batch.public_id)
    assert done is not None
    return {
        "seconds": time.perf_counter() - started,
        "keeping": kept,
        "state": done.state,
        "problem": done.problem,
        "counts": {
            key: getattr(done, key) for key in ("rows", "inserted", "updated", "unchanged", "questioned", "rejected")
        },
        "memory_mb": megabytes(resource.RUSAGE_SELF) + megabytes(resource.RUSAGE_CHILDREN),
    }


OPENED = "SELECT id FROM subjects_subject WHERE is_provisional"
# Whom the run opened records for; they stand in the database before the bare COPY is timed.
PARTIES = {
    "core_personalidentifier": f"id IN (SELECT personal_id FROM subjects_identifier WHERE subject_id IN ({OPENED}))",
    "subjects_subject": "is_provisional",
    "subjects_identifier": f"subject_id IN ({OPENED})",
    "subjects_subjectname": f"subject_id IN ({OPENED})",
}
COPIED = {
    "publicity_penalty": "true",
    "publicity_historicalpenalty": "true",
    "core_outboxevent": "event_type = 'disclosure.reported'",
}


def export(folder: str) -> dict[str, Any]:
    """Write out what the run left, so that it can be copied in as it is."""
    with connection.cursor() as cursor:
        for table, which in (PARTIES | COPIED).items():
            with (Path(folder) / table).open("wb") as out:
                cursor.copy_expert(f"COPY (SELECT * FROM {table} WHERE {which}) TO STDOUT", out)
    return {}


def count() -> dict[str, Any]:
    """Return how many records, versions in history and events there are: a second run must add none."""
    tables = " UNION ALL ".join(f"SELECT count(*) FROM {table} WHERE {which}" for table, which in COPIED.items())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sum(count)::bigint FROM ({tables}) counted")
        return {"rows": int(cursor.fetchone()[0])}


def bare(folder: str) -> dict[str, Any]:
    """COPY record, history and outbox rows, triggers off; whom they are about stands in the database already."""
    with connection.cursor() as cursor:
        for table in PARTIES | COPIED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        with transaction.atomic():
            _copied_in(cursor, folder, PARTIES)
        started = time.perf_counter()
        with transaction.atomic():
            _copied_in(cursor, folder, COPIED)
        return {"seconds": time.perf_counter() - started}


def _copied_in(cursor: Any, folder: str, tables: Iterable[str]) -> None:
    for table in tables:
        with (Path(folder) / table).open("rb") as source:
            cursor.copy_expert(f"COPY {table} FROM STDIN", source)


def _rows(name: str, count: int) -> list[dict[str, str]]:
    with Path(name).open(encoding="utf-8") as source:
        reader = csv.DictReader(source)
        return [row for row in (next(reader) for _ in range(count)) if row["CF_XDR_SHXYM"]]


def _known(rows: list[dict[str, str]]) -> dict[str, int]:
    codes = [row["CF_XDR_SHXYM"] for row in rows]
    return dict(Identifier.objects.filter(type="uscc", value__in=codes).values_list("value", "subject_id"))


def _values(row: dict[str, str]) -> dict[str, Any]:
    """Return the columns of one penalty, as a program that fills the same table by hand would."""
    texts = {
        "party_name": row["CF_XDR_MC"], "uscc": row["CF_XDR_SHXYM"], "legal_representative": row["CF_FRDB"],
        "document_number": row["CF_WSH"], "violation": row["CF_WFXW"], "facts": row["CF_SY"], "basis": row["CF_YJ"],
        "kinds_text": row["CF_CFLB"], "content": row["CF_NR"], "authority_name": row["CF_CFJG"],
        "authority_code": row["CF_CFJGDM"], "source_name": row["CF_SJLY"], "source_code": row["CF_SJLYDM"],
    }  # fmt: skip
    today = clock.today()
    return texts | {
        "party": "G" if row["CF_XDR_LB"] == "个体工商户" else "F",
        "fine": Decimal(row["CF_NR_FK"]),
        "decided_on": row["CF_JDRQ"].replace("/", "-"),
        "valid_to": row["CF_YXQ"].replace("/", "-"),
        "reported_on": today,
        "first_reported_on": today,
        "content_digest": b"\x00" * 32,
        "kinds": ["fine"],
    }


def history(name: str, count: str) -> dict[str, Any]:
    """The same rows by bulk_create_with_history, then their events by bulk_create; subjects looked up by set."""
    who = actor()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE publicity_penalty DISABLE TRIGGER track_insert")
    started = time.perf_counter()
    rows = _rows(name, int(count))
    with transaction.atomic(), acting(who, "bench"):
        known = _known(rows)
        made = [
            Penalty(unit_id=who.unit_id, subject_id=known[row["CF_XDR_SHXYM"]], **_values(row))
            for row in rows
            if row["CF_XDR_SHXYM"] in known
        ]
        bulk_create_with_history(made, Penalty, batch_size=1_000)
        OutboxEvent.objects.bulk_create(
            [
                OutboxEvent(
                    event_type="disclosure.reported",
                    aggregate_type="publicity.penalty",
                    aggregate_id=row.public_id,
                    legal_on=clock.today(),
                    actor_kind="job",
                    payload={"kind": "penalty", "version": 1},
                )
                for row in made
            ],
            batch_size=1_000,
        )
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "done": len(made), "per_second": len(made) / seconds}


class SubjectOfCode(widgets.ForeignKeyWidget):
    """The subject behind a code, as the library's documentation does it."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return Subject.objects.get(identifiers__type="uscc", identifiers__value=value)


class PenaltyResource(resources.ModelResource):
    subject = fields.Field("subject", "subject", SubjectOfCode(Subject))

    class Meta:
        model = Penalty
        import_id_fields = ("authority_code", "document_number", "decided_on")
        exclude = ("id",)


class BulkPenaltyResource(PenaltyResource):
    class Meta(PenaltyResource.Meta):
        use_bulk = True
        batch_size = 1_000


def peer(name: str, count: str, way: str) -> dict[str, Any]:
    """The same table by django-import-export, by default or with its use_bulk; history by the same triggers, no events."""
    who = actor()
    rows = _rows(name, int(count))
    known = _known(rows)
    rows = [row for row in rows if row["CF_XDR_SHXYM"] in known]
    started = time.perf_counter()
    data = tablib.Dataset()
    for row in rows:
        values = _values(row)
        del values["content_digest"]
        values |= {"public_id": new_public_id(), "unit": who.unit_id, "subject": row["CF_XDR_SHXYM"], "kinds": "fine"}
        values |= {"state": "reported", "scope": "open", "severity": "ordinary", "severity_by": "table", "version": 1}
        data.headers = data.headers or list(values)
        data.append(list(values.values()))
    resource_class = BulkPenaltyResource if way == "bulk" else PenaltyResource
    with acting(who, "bench"):
        result = resource_class().import_data(data, raise_errors=True)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "done": result.total_rows, "per_second": len(rows) / seconds}
