"""Simulation: scenarios answered by the rules and the clock of the real thing, without writing (design §6)."""

from sanctions.simulation import acts, court
from sanctions.simulation.acts import amendment
from sanctions.simulation.engine import (
    Run,
    need,
    needs,
    offered,
    register_act,
    register_restored,
    simulate,
    simulate_document,
    zh,
)
from sanctions.simulation.imagining import (
    imagine,
    lawful_stories,
    register_reader,
    register_story,
    standing_of,
    what_if,
)
from sanctions.simulation.scenario import Act, Scenario, Unreadable, read
from sanctions.simulation.snapshot import Snapshot, register_part
from sanctions.simulation.standing import REPAIRED, Hold, Standing

__all__ = [
    "REPAIRED",
    "Act",
    "Hold",
    "Run",
    "Scenario",
    "Snapshot",
    "Standing",
    "Unreadable",
    "amendment",
    "imagine",
    "lawful_stories",
    "need",
    "needs",
    "offered",
    "read",
    "register",
    "register_act",
    "register_part",
    "register_reader",
    "register_restored",
    "register_story",
    "simulate",
    "simulate_document",
    "standing_of",
    "what_if",
    "zh",
]


def register() -> None:
    """Enter the acts of this floor; from AppConfig.ready()."""
    acts.register()
    court.register()
