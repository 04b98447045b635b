"""Tables of repair, by aggregate."""

from repair.models.applications import Application, Extension, Material, SourceResult, Verification
from repair.models.effects import Bar, LiftedMeasure, Notified, PublicityEnd, Revocation, Shield
from repair.models.reference import EntryTerm, RegimeChoice

__all__ = [
    "Application",
    "Bar",
    "EntryTerm",
    "Extension",
    "LiftedMeasure",
    "Material",
    "Notified",
    "PublicityEnd",
    "RegimeChoice",
    "Revocation",
    "Shield",
    "SourceResult",
    "Verification",
]
