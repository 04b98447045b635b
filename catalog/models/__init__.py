"""Models by aggregate: instruments, the measure library, entries with their revisions, editions."""

from catalog.models.editions import Edition, EditionItem
from catalog.models.entries import Comment, Entry, EntryRevision, RevisionInitiator
from catalog.models.instruments import Article, LegalInstrument
from catalog.models.measures import (
    Measure,
    RevisionCitation,
    RevisionMeasure,
    RevisionMeasureCitation,
    RevisionMeasureUnit,
)

__all__ = [
    "Article",
    "Comment",
    "Edition",
    "EditionItem",
    "Entry",
    "EntryRevision",
    "LegalInstrument",
    "Measure",
    "RevisionCitation",
    "RevisionInitiator",
    "RevisionMeasure",
    "RevisionMeasureCitation",
    "RevisionMeasureUnit",
]
