"""Tables of double publicity, by aggregate."""

from publicity.models.disclosure import NATURAL_KEY, Disclosure
from publicity.models.records import Licence, Penalty

__all__ = ["NATURAL_KEY", "Disclosure", "Licence", "Penalty"]
