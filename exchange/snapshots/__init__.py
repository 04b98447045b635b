"""Snapshots: every public list as it was at one position of the feed, as files."""
