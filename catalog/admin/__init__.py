"""The workbench of the catalogue: lists, the page of a revision, acts as buttons with forms, the impact preview."""

from catalog.admin.library import ArticleAdmin, EditionAdmin, EntryAdmin, InstrumentAdmin, MeasureAdmin
from catalog.admin.preview import ImpactAdmin
from catalog.admin.revisions import RevisionAdmin

__all__ = [
    "ArticleAdmin",
    "EditionAdmin",
    "EntryAdmin",
    "ImpactAdmin",
    "InstrumentAdmin",
    "MeasureAdmin",
    "RevisionAdmin",
]
