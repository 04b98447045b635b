"""Tables of the subjects."""

from subjects.models.delivery import Delivery, Message
from subjects.models.identity import LoginProof
from subjects.models.life import LifeEvent, SubjectMerge, SuccessorNomination
from subjects.models.records import CreditRecord
from subjects.models.subject import GramFrequency, Identifier, Subject, SubjectName

__all__ = [
    "CreditRecord",
    "Delivery",
    "GramFrequency",
    "Identifier",
    "LifeEvent",
    "LoginProof",
    "Message",
    "Subject",
    "SubjectMerge",
    "SubjectName",
    "SuccessorNomination",
]
