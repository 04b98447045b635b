"""What reporting units are called: told by the app that keeps them, without the kernel knowing its tables."""

from __future__ import annotations

from collections.abc import Callable

_names: list[Callable[[int], str]] = []


def register_unit_names(name_of: Callable[[int], str]) -> None:
    """Say how a unit is called; called once from AppConfig.ready() of the app that keeps the units."""
    _names[:] = [name_of]


def unit_name(unit_id: int) -> str:
    """Return the unit's name, or nothing where nobody keeps units."""
    return _names[0](unit_id) if _names else ""
