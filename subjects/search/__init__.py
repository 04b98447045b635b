"""Search of legal entities by name, former name and code. See docs/adr/0009-name-search.md."""

from subjects.search.engine import COUNT_CAP, Among, Hit, SearchPage, search
from subjects.search.statistics import refresh_statistics

__all__ = ["COUNT_CAP", "Among", "Hit", "SearchPage", "refresh_statistics", "search"]
