"""How common grams are: decides which of two plans a query takes, never what it answers."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection, transaction

from subjects.models import GramFrequency

COMMON_FROM = 100  # grams in fewer names are not kept: any bound below the plans' crossing would do
FRESH_SECONDS = 60.0
ALL = ""  # the empty gram counts all searched names
# Measured at 1M names: reading one matching row through the gram index costs about 14 rows of a walk in key order.
FETCH_TO_WALK = 14
_REFRESH = """
INSERT INTO subjects_gramfrequency (gram, names)
SELECT gram, count(*) FROM subjects_subjectname, unnest(grams) AS gram WHERE grams IS NOT NULL
 GROUP BY gram HAVING count(*) >= %s
UNION ALL
SELECT '', count(*) FROM subjects_subjectname WHERE grams IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of the common grams at the last refresh."""

    total: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def names_with(self, gram: str) -> int:
        """Return about how many names hold the gram; rare ones all count alike."""
        return self.counts.get(gram, min(COMMON_FROM, self.total))

    def rarest(self, grams: Iterable[str]) -> int:
        """Return the upper bound that the rarest of the grams sets."""
        return min(map(self.names_with, grams))

    def together(self, words: Iterable[list[str]]) -> float:
        """Return about how many names hold all the words, taken as independent of each other."""
        expected = float(self.total)
        for grams in words:
            expected *= self.rarest(grams) / max(self.total, 1)
        return expected

    def walk_is_cheaper(self, expected: float, limit: int) -> bool:
        """Return whether walking names in key order fills a page sooner than fetching all that the index gives."""
        return expected > math.sqrt(limit * max(self.total, 1) / FETCH_TO_WALK)

    def telling(self, grams: Iterable[str], *, most: int = 4) -> list[str]:
        """Return the grams worth asking the index for: the rarest, and others unless they are very common."""
        ordered = sorted(dict.fromkeys(grams), key=self.names_with)
        return ordered[:1] + [gram for gram in ordered[1:most] if self.names_with(gram) <= self.total / 20]


_held: tuple[float, str, Statistics] | None = None


def current() -> Statistics:
    """Return the statistics, read at most once a minute per process."""
    global _held  # noqa: PLW0603  (a cache of numbers that only steer plans)
    name, moment = str(connection.settings_dict["NAME"]), time.monotonic()
    if _held is None or _held[1] != name or moment - _held[0] > FRESH_SECONDS:
        counts = dict(GramFrequency.objects.values_list("gram", "names"))
        _held = (moment, name, Statistics(counts.pop(ALL, 0), counts))
    return _held[2]


def forget() -> None:
    """Drop what this process holds, so that the next search reads anew."""
    global _held  # noqa: PLW0603
    _held = None


def refresh_statistics() -> int:
    """Count all grams anew in one statement; returns how many common ones there are. Run after loads and nightly."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM subjects_gramfrequency")
        cursor.execute(_REFRESH, [COMMON_FROM])
        written = cursor.rowcount - 1
    forget()
    return written
