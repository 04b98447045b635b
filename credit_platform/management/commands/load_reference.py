"""Load organisations, catalogue and time limits; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

import catalog.services
import core.intake.keeping
import exchange.loading
import objections.loading
import organizations.services
import publicity.loading
import repair.loading
import sanctions.loading
import supervision.loading
from core.actors import Actor

MODULES = (
    organizations.services,
    catalog.services,
    sanctions.loading,
    publicity.loading,
    core.intake.keeping,
    repair.loading,
    objections.loading,
    exchange.loading,
    supervision.loading,
)


class Command(BaseCommand):
    """Load the reference data of each app, lower floors first; a second run changes nothing."""

    help = "Load reference data (organisations, districts, catalogue, time limits); safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.job("load_reference")
        for module in MODULES:
            result = module.load_reference(actor)
            if options["verbosity"] > 0:
                self.stdout.write(f"{module.__name__.partition('.')[0]}: {result}")
