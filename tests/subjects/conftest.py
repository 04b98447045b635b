"""Search statistics are held per process; every test starts without them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from subjects.search import statistics


@pytest.fixture(autouse=True)
def fresh_statistics() -> Iterator[None]:
    statistics.forget()
    yield
    statistics.forget()
