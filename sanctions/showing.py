"""What higher floors take out of what is shown: listings hidden from the public, measures lifted for a while.

Filled from AppConfig.ready(): a court's ruling shields a company in reorganisation, and publicity has its own end.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Q

Condition = Callable[[date], Q]
_hidden: list[Condition] = []
_lifted: list[Condition] = []


def register_hidden(condition: Condition) -> None:
    """Let a higher floor say, as a condition on a plain query of `Listing`, what no public page shows on a day."""
    if condition not in _hidden:
        _hidden.append(condition)


def register_lifted(condition: Condition) -> None:
    """Let a higher floor say, as a condition on `ExecutionTask`, which measures are lifted on a day."""
    if condition not in _lifted:
        _lifted.append(condition)


def hidden_on(day: date) -> Q:
    found = Q(pk__in=[])
    for condition in _hidden:
        found |= condition(day)
    return found


def lifted_on(day: date) -> Q:
    found = Q(pk__in=[])
    for condition in _lifted:
        found |= condition(day)
    return found
