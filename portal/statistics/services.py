"""Counting the public statistics of a day."""

from __future__ import annotations

from core import clock
from core.actors import Actor, acting
from portal.statistics.models import PublishedFigures
from supervision import statistics


def count_figures(*, actor: Actor) -> PublishedFigures:
    """Count and keep today's figures; counted again they stand beside the earlier ones, and the newest are shown."""
    day = clock.today()
    with acting(actor, "portal.count_statistics"):
        return PublishedFigures.objects.create(on=day, figures=statistics.figures(day))


def counted_today() -> bool:
    return PublishedFigures.objects.filter(on=clock.today()).exists()
