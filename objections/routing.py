"""Who answers, by the dated rows of `TargetRoute`."""

from __future__ import annotations

from datetime import date

from core.problems import Problem
from objections.enums import Answerer
from objections.models import TargetRoute
from objections.targets import Target
from organizations.models import Organization
from organizations.selectors import acting_unit_on


def route_on(kind: str, subject_kind: str, day: date) -> TargetRoute:
    """Return the confirmed row in force on `day`, the one for this kind of subject before the general one.

    Problem OBJ-56 where there is none.
    """
    row = (
        TargetRoute.objects.on(day)
        .filter(target_kind=kind, subject_kind__in=["", subject_kind])
        .select_related("unit")
        .order_by("-subject_kind", "-valid_from", "-pk")
        .first()
    )
    if row is None:
        raise Problem(
            "OBJ-56", f"{day} 没有这类异议的办理分工", status=409, remedy="由联席会议办公室在“异议办理分工”中补录并复核"
        )
    return row


def answering_unit(route: TargetRoute, target: Target, day: date) -> Organization:
    """Return the unit that answers today for the part that the route names; Problem OBJ-56 where nobody does."""
    named = route.unit if route.answerer == Answerer.NAMED_UNIT else target.units.get(route.answerer)
    unit = acting_unit_on(named, day) if named else None
    if unit is None:
        raise Problem(
            "OBJ-56",
            f"{target.label}没有可以答复的{route.get_answerer_display()}",
            status=409,
            remedy="由联席会议办公室核对办理分工和单位承继关系",
        )
    return unit
