"""Tables of the subjects."""

from subjects.models.life import LifeEvent, SubjectMerge, SuccessorNomination
from subjects.models.subject import GramFrequency, Identifier, Subject, SubjectName

__all__ = [
    "GramFrequency",
    "Identifier",
    "LifeEvent",
    "Subject",
    "SubjectMerge",
    "SubjectName",
    "SuccessorNomination",
]
