"""`makemigrations` that installs history triggers for every newly tracked model."""

from __future__ import annotations

from django.core.management.commands import makemigrations

from core.tracking import TrackingAutodetector


class Command(makemigrations.Command):
    autodetector = TrackingAutodetector
