"""Tables of double publicity, by aggregate."""

from publicity.models.disclosure import NATURAL_KEY, Disclosure
from publicity.models.push import (
    Difference,
    Peer,
    Push,
    PushBatch,
    PushState,
    ReceivedDecision,
    Reconciliation,
    Wanted,
)
from publicity.models.quality import LedgerCount, QualityBoard, QualitySample, SampledRecord
from publicity.models.records import Licence, Penalty

__all__ = [
    "NATURAL_KEY",
    "Difference",
    "Disclosure",
    "LedgerCount",
    "Licence",
    "Peer",
    "Penalty",
    "Push",
    "PushBatch",
    "PushState",
    "QualityBoard",
    "QualitySample",
    "ReceivedDecision",
    "Reconciliation",
    "SampledRecord",
    "Wanted",
]
