"""What parent and child say to each other."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from core.intake.profiles import Profile
from core.intake.settings import IntakeSettings

# A message: lengths of its head in JSON and of two frames in Arrow's format, then these three.
LENGTH = struct.Struct("<IQQ")


@dataclass(frozen=True)
class Request:
    """What the parent asks for; `rows` asks for the raw cells of these rows instead of checked chunks."""

    path: str
    name: str
    profile: Profile
    settings: IntakeSettings
    chunk_rows: int
    skip_to: int
    memory: int
    seconds: int
    rows: tuple[int, ...] | None = None
