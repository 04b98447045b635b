"""Floor 6: monitoring, 督查, 通报, statistics."""
