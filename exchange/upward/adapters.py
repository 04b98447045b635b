"""The reference interface of the province over HTTP: numbers first, batches, receipts at once or later, three digests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import clock
from publicity.models import Push, Wanted
from publicity.push.adapters import Answer, Rest
from publicity.push.lines import Fault
from publicity.push.parcels import Parcel
from publicity.push.sealing import canonical, sm3


class ProvinceRest(Rest):
    """How the province is spoken to over HTTP; see docs/province.md for every field."""

    by_unit = True

    def document(self, parcel: Parcel) -> dict[str, Any]:
        return batch_document(parcel)

    def numbers(self, parcel: Parcel) -> Mapping[str, str]:
        """Ask for the numbers of records that have none; asked again for the same record, the province says the same."""
        fresh = [row for row in parcel.rows if not row.number and row.wanted == Wanted.SHOWN]
        if not fresh:
            return {}
        asked = [{"rec_uid": row.uid, "table": parcel.kind.table, "natural_key": natural_key(row)} for row in fresh]
        found = self.line.post("/numbers", {"batch_no": parcel.batch.number, "records": asked}).get("numbers")
        rows = found if isinstance(found, list) else []
        given = {str(row.get("rec_uid")): str(row.get("number") or "")[:64] for row in rows if isinstance(row, dict)}
        numbers = {row.uid: given[row.uid] for row in fresh if given.get(row.uid)}
        if len(numbers) < len(fresh) or len(set(numbers.values())) < len(numbers):
            raise Fault("取号应答不全或者编号重复")
        return numbers

    def hand_over(self, document: Mapping[str, Any]) -> Answer:
        return self.line.post("/batches", document)


def natural_key(row: Push) -> str:
    """Return by what people on both sides know a record: unit, document number, day."""
    day = row.decided_on.isoformat() if row.decided_on else ""
    return f"{unit_of(row)}/{row.document_number or row.uid}/{day}"


def unit_of(row: Push) -> str:
    """Return the code by which both sides name the reporting unit."""
    return (row.unit.uscc or row.unit.code) if row.unit is not None else ""


def batch_document(parcel: Parcel) -> dict[str, Any]:
    """Return a batch as the province takes it: what it is, its digest, and each record with number, op and payload."""
    records = [_record(row, record) for row, record in zip(parcel.rows, parcel.records, strict=True)]
    return {
        "batch_no": parcel.batch.number,
        "direction": "up",
        "table": parcel.kind.table,
        "kind": parcel.kind.name,
        "profile": parcel.kind.profile,
        "count": len(records),
        "digest": sm3(canonical(records)),
        "sent_at": clock.now().isoformat(),
        "records": records,
    }


def _record(row: Push, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return one record: A until it was acknowledged once, U from then on, D to have it taken away."""
    gone = record["op"] == "D"
    found = {
        "rec_uid": row.uid,
        "generation": row.generation,
        "number": row.number,
        "op": "D" if gone else "U" if row.acknowledged_at else "A",
        "natural_key": natural_key(row),
        "unit": unit_of(row),
        "decided_on": record["decided_on"],
    }
    if gone:
        return found
    return found | {"replaces": record["replaces"], "digest": record["digest"], "payload": record["document"]}
