"""`migrate` with the house's autodetector, so that it reports the same missing migrations, and without idle rendering."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from core.migrating import rendering_what_changed
from core.tracking import TrackingAutodetector


class Command(migrate.Command):
    autodetector = TrackingAutodetector

    def handle(self, *args: Any, **options: Any) -> None:
        with rendering_what_changed():
            super().handle(*args, **options)
