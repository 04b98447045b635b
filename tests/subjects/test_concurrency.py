"""Two officers at once: one owner, one record, whatever the order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from core.problems import Problem
from subjects import services
from subjects.models import Identifier, Subject, SubjectMerge
from tests.factories import subjects as make

THREADS = 4


def at_once(act: Callable[[int], object]) -> list[object]:
    """Run the act in threads that start together; return what each got, problems included."""
    barrier = Barrier(THREADS)

    def run(number: int) -> object:
        try:
            barrier.wait()
            return act(number)
        except Problem as problem:
            return problem.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


@pytest.mark.usefixtures("own_database")
def test_SUB04_of_registrations_under_one_code_one_succeeds() -> None:
    code = make.new_code()
    results = at_once(lambda number: make.entity(f"广元市并发{number}号有限公司", code=code))
    assert sorted(type(result).__name__ for result in results) == ["Subject", "str", "str", "str"]
    assert set(results) - {r for r in results if isinstance(r, Subject)} == {"SUB-04"}
    assert Subject.objects.count() == Identifier.objects.count() == 1


@pytest.mark.usefixtures("own_database")
def test_SUB09_of_registrations_under_one_code_root_one_succeeds() -> None:
    regions = ["510802", "510811", "510812", "510821"]
    codes = [make.new_code(root="TEAME001", region=region) for region in regions]
    results = at_once(lambda number: make.entity(f"广元市同根{number}号有限公司", code=codes[number]))
    assert [result for result in results if isinstance(result, str)] == ["SUB-09"] * 3


@pytest.mark.usefixtures("own_database")
def test_registrations_of_one_person_give_one_record() -> None:
    number = make.new_id_number()
    results = at_once(lambda _: make.person("测试丁", number=number))
    assert len({getattr(result, "pk", result) for result in results}) == 1
    assert Subject.objects.count() == Identifier.objects.count() == 1


@pytest.mark.usefixtures("own_database")
def test_SUB08_merges_at_once_never_make_a_circle_or_a_chain_that_misses_its_end() -> None:
    ring = [
        services.register_subject(
            make.keeper(), kind="enterprise", name=f"广元市待核{n}号有限公司", is_provisional=True
        )
        for n in range(THREADS)
    ]
    results = at_once(
        lambda n: services.merge(make.keeper(), source=ring[n], target=ring[(n + 1) % THREADS], reason="重复").pk
    )
    assert "SUB-08" in results
    for subject in Subject.objects.select_related("canonical"):
        assert subject.canonical is None or subject.canonical.canonical_id is None
    at_once(lambda n: services.undo_merge(make.keeper(), merged=SubjectMerge.objects.get(pk=results[n]), reason="误并")
            if isinstance(results[n], int) else None)  # fmt: skip
    assert not Subject.objects.filter(canonical__isnull=False).exists()
