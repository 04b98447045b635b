"""A small city: two listed companies, a rewarded one, and a listed person who must never be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from core import clock
from core.actors import Actor, acting
from sanctions.models import ListingPause
from sanctions.services.cases import ReportedSubject
from tests.factories import sanctions as make

TODAY, PAUSED_ON = date(2026, 6, 1), date(2026, 5, 20)
PERSON = "隐名氏"


@dataclass(frozen=True)
class City:
    """What stands in the database on TODAY."""

    wages: Any
    paused: Any
    reward: Any
    person: Any


@pytest.fixture
def city(db: None) -> Iterator[City]:
    """Listings of each kind, on a day in the middle of them; the clock stands there."""
    wages = make.listing(subjects=[make.legal_entity("广元市华盛建筑劳务有限公司")])
    paused = make.listing(subjects=[make.legal_entity("广元市旺达建筑劳务有限公司")])
    with acting(Actor.job("test"), "test.pause", on=PAUSED_ON):
        ListingPause.objects.create(listing=paused, from_on=PAUSED_ON, cause="objection", ref="TEST")
        paused.ends_on = None
        paused.save(update_fields=["ends_on"])
    rewarded = make.legal_entity("剑阁县青川茶业有限公司")
    reward = make.listing(
        entry=make.REWARD, subjects=[ReportedSubject(rewarded, "A 级", consented_on=date(2026, 3, 1))]
    )
    person = make.listing(subjects=[make.person(name=PERSON)])
    cache.clear()
    with clock.at(TODAY):
        yield City(wages, paused, reward, person)
    cache.clear()


def code_of(listing: Any) -> str:
    return str(listing.subject.identifiers.get().value)
