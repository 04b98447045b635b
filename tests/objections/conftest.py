"""A listing in force from 2026-03-02, on which every test objects."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.periods import Period
from sanctions.models import Listing
from tests.factories import sanctions as chain

START = date(2026, 1, 5)  # the case is decided and served in January; the measures begin on 2026-03-02
IN_FORCE = date(2026, 3, 2)


@pytest.fixture
def listing(db: None) -> Listing:
    with clock.at(START):
        company = chain.legal_entity()
    return chain.listing(start=START, subjects=[company], decision={"period": Period(months=36), "starts_on": IN_FORCE})
