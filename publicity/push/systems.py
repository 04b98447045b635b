"""The systems that follow us: what each holds, how it is spoken to, and what its answers mean.

Filled here with the city portal, and from AppConfig.ready() by the floors above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.problems import NotFound
from publicity.enums import RecordKind
from publicity.push.adapters import Adapter, Rest
from publicity.push.kinds import Kind, kind_named
from publicity.push.lines import CITY_PORTAL, line


def never(code: str) -> bool:
    """Tell of a code of refusal that another attempt may change it."""
    return False


@dataclass(frozen=True, slots=True)
class System:
    """One system that follows us.

    kinds: what it holds, in the order of sending. connect: the adapter, or None where the settings name no address.
    final: whether a code of refusal is about the content, so that only the reporting unit can mend it. three_way:
    whether it keeps units apart, and the receipts are the third side of its comparison. client: the public id of the
    API client through which its later receipts come; empty: through none.
    """

    code: str
    label: str
    kinds: tuple[str, ...]
    connect: Callable[[], Adapter | None]
    final: Callable[[str], bool] = never
    three_way: bool = False
    client: Callable[[], str] = lambda: ""

    def tables(self) -> list[Kind]:
        return [kind_named(name) for name in self.kinds]


_systems: dict[str, System] = {}


def register(system: System) -> None:
    """Add a system; called once, from here or from AppConfig.ready()."""
    _systems[system.code] = system


def system_of(code: str) -> System:
    """Return a system by its code; Problem 404 for one that nobody registers."""
    found = _systems.get(code)
    if found is None:
        raise NotFound("该对接系统")
    return found


def system_of_client(public_id: str) -> System | None:
    """Return the system whose later receipts come through this API client."""
    return next((system for system in _systems.values() if public_id and system.client() == public_id), None)


def _city_portal() -> Adapter | None:
    found = line(CITY_PORTAL)
    return Rest(found) if found is not None else None


register(System(CITY_PORTAL, "市政府门户网站", tuple(RecordKind.values), _city_portal))
