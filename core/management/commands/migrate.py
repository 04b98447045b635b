"""`migrate` with the house's autodetector, so that it reports the same missing migrations."""

from __future__ import annotations

from django.core.management.commands import migrate

from core.tracking import TrackingAutodetector


class Command(migrate.Command):
    autodetector = TrackingAutodetector
