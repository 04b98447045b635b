"""The synthetic city: valid, harmless, repeatable, and found by search."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from core.actors import Actor
from core.identifiers import uscc_valid
from subjects import city, rules
from subjects.models import Identifier, Subject, SubjectName
from subjects.search import search
from subjects.synthesis import benchmark_names


def fingerprint() -> list[tuple[object, ...]]:
    rows = Subject.objects.order_by("public_id")
    return list(rows.values_list("public_id", "kind", "name", "established_on", "birth_on", "branch_of__public_id"))


def test_rows_follow_from_the_seed() -> None:
    assert list(city.entities(300, 5)) == list(city.entities(300, 5))
    assert list(city.persons(20, 5)) == list(city.persons(20, 5))
    assert list(city.entities(300, 5)) != list(city.entities(300, 6))
    assert benchmark_names(50, 3) == benchmark_names(50, 3)
    assert not any("示例" in name for name in benchmark_names(50, 3))


def test_every_row_obeys_the_rules_of_registration() -> None:
    rows = list(city.entities(3000, 5))
    assert len({row.code for row in rows}) == len({row.public_id for row in rows}) == 3000
    for row in rows:
        assert uscc_valid(row.code)
        assert row.code[2:8] == "510899"
        assert rules.code_fits_kind(row.kind, row.code) == []
        assert rules.demo_data_says_so(row.name, [row.code], is_demo=True) == []
        assert not row.former_name or "示例" in row.former_name
    for row in city.persons(50, 5):
        assert rules.person_is_of_age(row.birth_on, date(2026, 1, 1)) == []
        assert "示例" in row.name


@pytest.mark.usefixtures("db")
def test_a_city_is_loaded_with_history_and_found() -> None:
    call_command("generate_city", subjects=400, seed=9)
    assert Subject.objects.count() == Subject.history.count() == Identifier.objects.count() == 400
    assert SubjectName.objects.count() == SubjectName.history.count()
    assert set(Subject.history.values_list("history_act", flat=True)) == {"subjects.load"}
    assert Subject.objects.filter(kind="natural_person").count() == 8
    assert not Subject.objects.exclude(name__contains="示例").exists()
    assert Subject.objects.filter(branch_of__isnull=False).exists()
    for subject in Subject.objects.exclude(kind="natural_person")[:20]:
        assert subject.public_id in {hit.public_id for hit in search(subject.name).items}
    with pytest.raises(CommandError, match="已经生成"):
        call_command("generate_city", subjects=400, seed=9)
    call_command("generate_city", subjects=100, seed=10)
    assert Subject.objects.count() == 500


@pytest.mark.usefixtures("own_database")
def test_the_same_seed_gives_the_same_city_whatever_was_there() -> None:
    city.generate(Actor.job("test"), subjects=200, seed=4)
    first = fingerprint()
    city.generate(Actor.job("test"), subjects=100, seed=8)
    ids = [row[0] for row in first]
    assert [row for row in fingerprint() if row[0] in ids] == first
    assert {row.public_id for row in city.entities(196, 4)} <= set(ids)
