"""Whose decisions an officer of supervision sees: the own unit's, the district's units', every unit's."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from core.actors import Actor
from organizations.models import Organization
from supervision.permissions import SEE, SEE_ALL, SEE_DISTRICT


def units_of(actor: Actor) -> Q:
    """Return the condition on units."""
    if actor.may(SEE_ALL):
        return Q()
    mine = Q(pk__in=[])
    if actor.may(SEE) and actor.unit_ids:
        mine |= Q(pk__in=actor.unit_ids)
    if actor.may(SEE_DISTRICT) and actor.district_code:
        mine |= Q(district__code=actor.district_code)
    return mine


def units_seen(actor: Actor, asked: Any) -> QuerySet[Organization]:
    """Return the units that the actor sees and that were asked for; one query when it is read."""
    rows = Organization.objects.filter(units_of(actor))
    if asked.district:
        rows = rows.filter(district__code=asked.district)
    return rows.filter(code=asked.unit) if asked.unit else rows
