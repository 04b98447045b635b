"""Simulation: scenarios answered by the rules and the clock of the real thing, without writing (design §6)."""

from sanctions.simulation.acts import amendment, register
from sanctions.simulation.engine import Run, need, needs, register_act, simulate, simulate_document, zh
from sanctions.simulation.imagining import register_reader, standing_of, what_if
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
    "need",
    "needs",
    "read",
    "register",
    "register_act",
    "register_part",
    "register_reader",
    "simulate",
    "simulate_document",
    "standing_of",
    "what_if",
    "zh",
]
