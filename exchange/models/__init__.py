"""What the platform keeps of its exchange with others."""

from exchange.models.following import Follower, OutgoingEvent, OutgoingHorizon, Snapshot, SnapshotFile

__all__ = ["Follower", "OutgoingEvent", "OutgoingHorizon", "Snapshot", "SnapshotFile"]
