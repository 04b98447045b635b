"""What the platform keeps of its exchange with others."""

from exchange.models.following import Follower, Snapshot, SnapshotFile

__all__ = ["Follower", "Snapshot", "SnapshotFile"]
