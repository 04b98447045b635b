"""Who may see which subjects: one scope used by lists, details, search, exports and counts alike."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db.models import Q, QuerySet

from core.actors import Actor
from subjects.models import Subject
from subjects.models.subject import PERSON
from subjects.permissions import VIEW

Widening = Callable[[Actor], Q]
_widenings: list[Widening] = []


def register(widening: Widening) -> None:
    """Let a higher floor say which further natural persons an actor may see, as a condition on `Subject`.

    Called from AppConfig.ready(), for example by the cases that a unit handles.
    """
    if widening not in _widenings:
        _widenings.append(widening)


def visible_to(actor: Actor) -> QuerySet[Subject]:
    """Return the subjects this actor may know of: all legal entities, and the persons that concern its unit.

    Whoever lacks the permission to look up subjects sees none.
    """
    if not actor.may(VIEW):
        return Subject.objects.none()
    persons = Q(pk__in=[])
    if actor.unit_id is not None:
        persons |= Q(registered_by=actor.unit_id)
    for widening in _widenings:
        persons |= widening(actor)
    return Subject.objects.filter(~Q(kind=PERSON) | persons)


def world_of(actor: Actor) -> bool | None:
    """Return which subjects a client sees by their demo mark: True only demo, False only real, None both.

    A sandbox sees demo data only, and no other client ever does; in a demo city, where all is demo, others see all.
    Officers and jobs see both (ADR 0028).
    """
    if actor.kind != "client":
        return None
    if actor.sandbox:
        return True
    return None if settings.DEMO else False
