"""Tables of double publicity, by aggregate."""

from publicity.models.candidates import Candidate, CandidateState
from publicity.models.disclosure import NATURAL_KEY, Disclosure
from publicity.models.push import (
    RETURNED,
    BatchState,
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
from publicity.models.reference import LicenceTerm, PersonRule, Regime, SeverityRule, TrustedUnit

__all__ = [
    "NATURAL_KEY",
    "RETURNED",
    "BatchState",
    "Candidate",
    "CandidateState",
    "Difference",
    "Disclosure",
    "LedgerCount",
    "Licence",
    "LicenceTerm",
    "Peer",
    "Penalty",
    "PersonRule",
    "Push",
    "PushBatch",
    "PushState",
    "QualityBoard",
    "QualitySample",
    "ReceivedDecision",
    "Reconciliation",
    "Regime",
    "SampledRecord",
    "SeverityRule",
    "TrustedUnit",
    "Wanted",
]
