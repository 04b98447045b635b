"""What higher floors take out of what is shown: penalties that a court's ruling shields for a while.

Filled from AppConfig.ready().
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Q

Condition = Callable[[date], Q]
_hidden: list[Condition] = []


def register_hidden(condition: Condition) -> None:
    """Let a higher floor say, as a condition on a plain query of `Penalty`, what no public page shows on a day."""
    if condition not in _hidden:
        _hidden.append(condition)


NOTHING = Q(pk__in=[])


def hidden_on(day: date) -> Q:
    """Return what no public page shows on the day; NOTHING where nobody hides anything."""
    found = NOTHING
    for condition in _hidden:
        if (hidden := condition(day)) != NOTHING:
            found |= hidden
    return found
