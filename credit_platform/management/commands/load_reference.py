"""Load organisations, catalogue and time limits; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

import catalog.services
import objections.loading
import organizations.services
import repair.loading
import sanctions.loading
from core.actors import Actor


class Command(BaseCommand):
    """Load the reference data of each app, lower floors first; a second run changes nothing."""

    help = "Load reference data (organisations, districts, catalogue, time limits); safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.job("load_reference")
        modules = (organizations.services, catalog.services, sanctions.loading, repair.loading, objections.loading)
        for module in modules:
            result = module.load_reference(actor)
            if options["verbosity"] > 0:
                self.stdout.write(f"{module.__name__.partition('.')[0]}: {result}")
