"""The file mode of GB/T 39443: batches are laid down in one directory, receipts and holdings picked up in another.

FIL-01 a file appears whole or not at all: written beside, synced, renamed; its SM3 stands in NAME.sm3 before that.
FIL-02 a file whose SM3 does not match, or that is none of ours, is put aside with the reason and changes nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from exchange.upward.adapters import batch_document
from publicity.push.adapters import Adapter, Answer, Receiver
from publicity.push.lines import LARGEST_ANSWER, Fault
from publicity.push.parcels import Parcel
from publicity.push.sealing import canonical, day_digest, sm3

RECEIPTS, HOLDINGS = "*.receipt.json", "holdings-{}-*.json"
DONE, REFUSED = "done", "refused"


class Unsound(Exception):
    """A file that is not what its digest says, or no JSON object."""


def lay_down(folder: Path, name: str, document: Mapping[str, Any]) -> Path:
    """Write a document with its digest beside it so that a reader never sees half of it."""
    content = canonical(document)
    _write(folder / f"{name}.sm3", sm3(content).encode())
    return _write(folder / name, content)


def _write(path: Path, content: bytes) -> Path:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path


def pick_up(path: Path) -> dict[str, Any]:
    """Return the document of a file whose digest matches; Unsound otherwise."""
    if path.stat().st_size > LARGEST_ANSWER:
        raise Unsound("文件过大")
    content = path.read_bytes()
    said = path.with_name(f"{path.name}.sm3")
    if not said.is_file() or said.read_text("ascii", "replace").strip() != sm3(content):
        raise Unsound("E3001 文件与摘要不符")
    try:
        found = json.loads(content)
    except ValueError:
        raise Unsound("不是 JSON") from None
    if not isinstance(found, dict):
        raise Unsound("格式不符")
    return found


@dataclass(frozen=True, slots=True)
class Filed(Receiver):
    """A receipt that came as a file: moved away with what became of it."""

    path: Path

    def taken(self) -> None:
        self._move(DONE)

    def refused(self, why: str) -> None:
        self._move(REFUSED)
        _write(self.path.parent / REFUSED / f"{self.path.name}.why.txt", why.encode())

    def _move(self, to: str) -> None:
        folder = self.path.parent / to
        folder.mkdir(exist_ok=True)
        for path in (self.path, self.path.with_name(f"{self.path.name}.sm3")):
            if path.exists():
                path.replace(folder / path.name)


@dataclass(frozen=True)
class ProvinceFiles(Adapter):
    """How the province is spoken to by files; numbers come with the first receipt."""

    outgoing: Path
    incoming: Path
    _held: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    by_unit = True

    def document(self, parcel: Parcel) -> dict[str, Any]:
        return batch_document(parcel)

    def hand_over(self, document: Mapping[str, Any]) -> Answer:
        try:
            lay_down(self.outgoing, f"{document['batch_no']}.json", document)
        except OSError as error:
            raise Fault(f"报送目录不可写：{type(error).__name__}") from None
        return {"state": "sent"}

    def receipts(self) -> Iterator[tuple[Answer, Receiver]]:
        try:
            found = sorted(self.incoming.glob(RECEIPTS))
            for path in found:
                receiver = Filed(path)
                try:
                    answer = pick_up(path)
                except Unsound as why:
                    receiver.refused(str(why))
                    continue
                yield answer, receiver
        except OSError as error:
            raise Fault(f"回执目录不可读：{type(error).__name__}") from None

    def span(self, kind: str) -> Answer:
        days = sorted(str(row.get("decided_on")) for row in self._rows(kind))
        return {"first": days[0], "last": days[-1]} if days else {"first": None, "last": None}

    def digests(self, kind: str, first: date, last: date) -> Answer:
        cells: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in self._rows(kind):
            day = str(row.get("decided_on"))
            if first.isoformat() <= day <= last.isoformat():
                pair = (str(row.get("rec_uid")), str(row.get("digest")))
                cells.setdefault((day, str(row.get("unit") or "")), []).append(pair)
        return {
            "days": [
                {"decided_on": day, "unit": unit, "count": len(held), "digest": day_digest(held)}
                for (day, unit), held in sorted(cells.items())
            ]
        }

    def rows(self, kind: str, day: date, unit: str) -> Answer:
        same = (day.isoformat(), unit)
        return {
            "rows": [
                row for row in self._rows(kind) if (str(row.get("decided_on")), str(row.get("unit") or "")) == same
            ]
        }

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        """Return the newest list of what the province holds of a kind; read once per run."""
        if kind not in self._held:
            self._held[kind] = self._read(kind)
        return self._held[kind]

    def _read(self, kind: str) -> list[dict[str, Any]]:
        try:
            found = sorted(self.incoming.glob(HOLDINGS.format(kind)))
            if not found:
                raise Fault("对方没有交来持有清单")
            rows = pick_up(found[-1]).get("rows")
        except OSError as error:
            raise Fault(f"回执目录不可读：{type(error).__name__}") from None
        except Unsound as why:
            raise Fault(f"持有清单{why}") from None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Fault("持有清单格式不符")
        return rows
