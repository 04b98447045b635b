"""Models by aggregate: instruments, the measure library, entries with their revisions, editions."""

from catalog.models.editions import Edition, EditionItem
from catalog.models.entries import Comment, Entry, EntryRevision, RevisionInitiator
from catalog.models.instruments import Article, Impact, LegalInstrument
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
    "Impact",
    "LegalInstrument",
    "Measure",
    "RevisionCitation",
    "RevisionInitiator",
    "RevisionMeasure",
    "RevisionMeasureCitation",
    "RevisionMeasureUnit",
]
