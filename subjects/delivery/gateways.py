"""Ways out of the house: what takes text messages from us, by name. A file gateway ships.

A gateway is handed parcels and answers for each with "" or why it failed. The same parcel may be handed over twice
(a worker died before it could say that it had sent it): its key tells, and a gateway passes it on once.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings

from core import clock
from subjects.enums import Channel


@dataclass(frozen=True, slots=True)
class Parcel:
    """One text message; its number never shows in a `repr`."""

    key: str
    text: str
    again: bool
    _phone: str = ""

    def __repr__(self) -> str:
        return f"<Parcel {self.key}>"

    @property
    def phone(self) -> str:
        return self._phone


class Gateway(Protocol):
    def hand_over(self, parcels: Sequence[Parcel]) -> dict[str, str]:
        """Return for each parcel's key "" when it was taken, else why not (without any number)."""
        ...


class FileGateway:
    """Appends to `sms-YYYY-MM.jsonl` in `SMS_SPOOL_DIR`, one line per message, for a forwarder to pick up.

    The lines hold numbers in clear, as a forwarder needs them: directory and files belong to the platform's user
    alone. One writer at a time; a line cut short by a crash is closed off and written again.
    """

    def hand_over(self, parcels: Sequence[Parcel]) -> dict[str, str]:
        try:
            directory = Path(settings.SMS_SPOOL_DIR)
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = directory / f"sms-{clock.today():%Y-%m}.jsonl"
            with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as spool:
                fcntl.flock(spool, fcntl.LOCK_EX)
                taken = _keys_in(directory) if any(parcel.again for parcel in parcels) else set()
                _append(spool, [parcel for parcel in parcels if parcel.key not in taken])
        except OSError as error:
            return dict.fromkeys((parcel.key for parcel in parcels), f"写入失败：{error.strerror}")
        return dict.fromkeys((parcel.key for parcel in parcels), "")


def _append(spool: IO[bytes], parcels: Iterable[Parcel]) -> None:
    at = clock.now().isoformat(timespec="seconds")
    size = spool.seek(0, os.SEEK_END)
    if size:
        spool.seek(size - 1)
        if spool.read(1) != b"\n":
            spool.write(b"\n")
    for parcel in parcels:
        row = {"key": parcel.key, "to": parcel.phone, "text": parcel.text, "at": at}
        spool.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    spool.flush()
    os.fsync(spool.fileno())


def _keys_in(directory: Path) -> set[str]:
    """Return the keys in this month's and the last month's file; a line cut short counts as not written."""
    found = set()
    for path in sorted(directory.glob("sms-*.jsonl"))[-2:]:
        for line in path.read_bytes().splitlines():
            try:
                found.add(json.loads(line)["key"])
            except ValueError:
                continue
    return found


_gateways: dict[str, Gateway] = {Channel.SMS.value: FileGateway()}


def register(channel: str, gateway: Gateway) -> None:
    """Put another gateway in the place of the one that ships."""
    _gateways[channel] = gateway


def gateways() -> dict[str, Gateway]:
    return dict(_gateways)
