"""What the platform keeps of its exchange with others."""

from exchange.models.downflow import ListBatch, ListFollow, ListPart, ListRow
from exchange.models.following import Follower, OutgoingEvent, OutgoingHorizon, Snapshot, SnapshotFile

__all__ = [
    "Follower",
    "ListBatch",
    "ListFollow",
    "ListPart",
    "ListRow",
    "OutgoingEvent",
    "OutgoingHorizon",
    "Snapshot",
    "SnapshotFile",
]
