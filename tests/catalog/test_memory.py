"""The catalogue in memory says what the database says of every entry on every day, with the same reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from catalog import selectors
from catalog.models import Entry
from core import clock
from tests.factories.catalog import make_active, make_next, make_revision

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def test_it_agrees_with_the_database(django_assert_num_queries: Any) -> None:
    with clock.at(TODAY):
        first = make_active()
        make_next(first, date(2027, 3, 1))
        make_revision("published")
        make_revision("drafted")
    with django_assert_num_queries(2):
        catalogue = selectors.Catalogue()
    codes = ["CJ-999999", *Entry.objects.values_list("code", flat=True)]
    days = [date(2009, 1, 1) + timedelta(days=step) for step in range(0, 7000, 1750)]
    for day in [*days, TODAY, date(2027, 2, 28), date(2027, 3, 1)]:
        told = dict(selectors.revisions_in_force(day).values_list("entry__code", "pk"))
        for code in codes:
            held = catalogue.in_force(code, day)
            assert (held.pk if held else None) == told.get(code), (code, day)
    for code in codes:
        for day in (date(2009, 1, 1), date(2022, 6, 1), TODAY):
            assert catalogue.why_not(code, day) == selectors.why_not_in_force(code, day)
    with django_assert_num_queries(0):
        catalogue.in_force("CJ-003", TODAY)
