"""The autodetector that remembers to install history triggers."""

from __future__ import annotations

from typing import Any

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.operations import CreateModel

from core.history import TrackHistory

FUNCTIONS = ("core", "0001_functions")


class TrackingAutodetector(MigrationAutodetector):
    """Append `TrackHistory` to the migration that creates a model's history table."""

    def _build_migration_list(self, graph: Any = None) -> None:
        super()._build_migration_list(graph)  # type: ignore[misc]
        for migrations in self.migrations.values():  # type: ignore[attr-defined]
            for migration in migrations:
                created = [op.name for op in migration.operations if isinstance(op, CreateModel)]
                tracked = [name.removeprefix("Historical") for name in created if name.startswith("Historical")]
                migration.operations.extend(TrackHistory(name) for name in tracked)
                if tracked and migration.app_label != "core" and FUNCTIONS not in migration.dependencies:
                    migration.dependencies.append(FUNCTIONS)
