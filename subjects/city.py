"""A city of synthetic subjects: valid, harmless, and the same for the same seed. Loaded by COPY under one actor."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from django.db import connection

from core import clock, personal
from core.actors import Actor, acting
from core.identifiers import IdentifierType, citizen_check_digit
from core.problems import Problem
from core.text import bigrams, normalize_name
from subjects import words
from subjects.codes import SyntheticCodes
from subjects.enums import SubjectKind
from subjects.models import Identifier
from subjects.models.subject import DEMO_MARK, PERSON
from subjects.rules import DEMO_DIVISION
from subjects.search import refresh_statistics
from subjects.synthesis import STYLE, public_ids

CHUNK = 20_000
MOST_PERSONS = 2_000
DISTRICTS = ("510802", "510811", "510812", "510821", "510822", "510823", "510824", "510890")
DISTRICT_WEIGHTS = (34, 10, 8, 13, 8, 11, 13, 3)
EPOCH = date(1998, 1, 1)
ENTERPRISE, SHOP = SubjectKind.ENTERPRISE.value, SubjectKind.INDIVIDUAL_BUSINESS.value
SOCIETY, INSTITUTION = SubjectKind.SOCIAL_ORGANIZATION.value, SubjectKind.INSTITUTION.value
KINDS, KIND_WEIGHTS = (ENTERPRISE, SHOP, SOCIETY, INSTITUTION), (60, 33, 4, 3)
PREFIXES = {ENTERPRISE: "91", SHOP: "92", SOCIETY: "52", INSTITUTION: "12"}
BRANCH_EVERY, FORMER_SHARE = 97, 0.03


@dataclass(frozen=True, slots=True)
class Row:
    """One subject to be loaded."""

    public_id: str
    kind: str
    name: str
    code: str = ""
    former_name: str = ""
    established_on: date | None = None
    birth_on: date | None = None
    district_code: str = ""
    address: str = ""
    industry: str = ""
    legal_representative: str = ""
    branch_of_previous: bool = False
    personal_id: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class CityReport:
    """What was loaded."""

    subjects: int
    persons: int
    names: int
    seed: int


def _name(chosen: random.Random, kind: str, place: str, style: str) -> tuple[str, str]:
    """Return a name with the demo mark in it, and the line of business."""
    if kind == ENTERPRISE:
        trade = chosen.choice(words.TRADES)
        form = chosen.choices(words.FORMS, words.FORM_WEIGHTS)[0]
        return f"{place}{style}{DEMO_MARK}{trade}{form}", trade
    endings = {SHOP: words.SHOPS, SOCIETY: words.SOCIETIES, INSTITUTION: words.INSTITUTIONS}[kind]
    ending = chosen.choice(endings)
    return f"{place}{style}{DEMO_MARK}{ending}", ending


def entities(n: int, seed: int, *, start: int = 0) -> Iterator[Row]:
    """Yield n synthetic legal entities, valid by every rule; the same ones for the same seed."""
    chosen = random.Random(f"city-{seed}-{start}")
    codes = SyntheticCodes(DEMO_DIVISION, seed)
    ids = public_ids(n, f"{seed}-{start}")
    previous = ""
    for number, public_id in enumerate(ids, start):
        kind = chosen.choices(KINDS, KIND_WEIGHTS)[0]
        style = chosen.choice(STYLE) + chosen.choice(STYLE) + (chosen.choice(STYLE) if chosen.random() < 0.2 else "")
        place = chosen.choices(words.PLACES, words.PLACE_WEIGHTS)[0]
        name, business = _name(chosen, kind, place, style)
        branch = bool(previous) and kind == ENTERPRISE and number % BRANCH_EVERY == 0 and number % CHUNK != 0
        if branch:
            name = f"{previous}第{number % 9 + 1}分公司"
        former = ""
        if not branch and chosen.random() < FORMER_SHARE:
            former = f"{place}{chosen.choice(STYLE)}{chosen.choice(STYLE)}{DEMO_MARK}{business}"
        yield Row(
            public_id=public_id,
            kind=kind,
            name=name,
            code=codes.code(PREFIXES[kind], number),
            former_name=former,
            established_on=EPOCH + timedelta(days=chosen.randrange(10_000)),
            district_code=chosen.choices(DISTRICTS, DISTRICT_WEIGHTS)[0],
            address=f"广元市{chosen.choice(words.ROADS)}{chosen.randrange(1, 400)}号",
            industry=business,
            legal_representative=f"{chosen.choice(words.FAMILY_NAMES)}{chosen.choice(words.GIVEN_NAMES)}（{DEMO_MARK}）",
            branch_of_previous=branch,
        )
        previous = name if kind == ENTERPRISE and not branch else ""


def persons(n: int, seed: int) -> Iterator[Row]:
    """Yield n synthetic persons of full age, with numbers of the division that does not exist."""
    chosen = random.Random(f"persons-{seed}")
    for number, public_id in enumerate(public_ids(n, f"persons-{seed}")):
        born = date(1950, 1, 1) + timedelta(days=chosen.randrange(18_000))
        first17 = f"{DEMO_DIVISION}{born:%Y%m%d}{number % 1000:03d}"
        family, given = chosen.choice(words.FAMILY_NAMES), chosen.choice(words.GIVEN_NAMES)
        yield Row(
            public_id=public_id,
            kind=PERSON,
            name=f"{DEMO_MARK}{family}{given}",
            birth_on=born,
            district_code=chosen.choices(DISTRICTS, DISTRICT_WEIGHTS)[0],
            number=first17 + citizen_check_digit(first17),
        )


def _protected(rows: list[Row]) -> list[Row]:
    owners = personal.protect_many(IdentifierType.ID_CARD, [row.number for row in rows])
    return [replace(row, personal_id=owners[row.number].pk) for row in rows]


NULL = "\\N"


SUBJECT_COLUMNS = (
    "subjects_subject (id, public_id, kind, name, status, established_on, birth_on, district_code, address, industry,"
    " legal_representative, registrar, registered_on, branch_of_id, is_provisional, is_demo)"
)
IDENTIFIER_COLUMNS = "subjects_identifier (subject_id, kind, type, value, personal_id, valid_from)"
NAME_COLUMNS = "subjects_subjectname (subject_id, kind, name, norm, grams, is_current, valid_from, valid_to)"


def _copy(columns: str, lines: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {columns} FROM STDIN", io.StringIO("".join(lines)))


@contextmanager
def _gathering_grams() -> Iterator[None]:
    """Let the gram index gather new entries and merge them in bulk during a load: three times as fast."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER INDEX subjects_name_grams SET (fastupdate = on)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER INDEX subjects_name_grams SET (fastupdate = off)")
            cursor.execute("SELECT gin_clean_pending_list('subjects_name_grams')")


def load(actor: Actor, rows: Iterable[Row], *, is_demo: bool) -> int:
    """Write subjects with identifiers and names by COPY, in transactions of some thousand; history included.

    While the database takes one chunk, a thread prepares the next; `rows` must not need the database.
    """
    loaded, today, stream = 0, clock.today(), iter(rows)

    def prepared(keys: list[int]) -> _Chunk:
        return _chunk(list(islice(stream, CHUNK)), keys, today, is_demo=is_demo)

    with _gathering_grams(), ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(prepared, _new_keys())
        while (chunk := coming.result()).subjects:
            coming = ahead.submit(prepared, _new_keys())
            with acting(actor, "subjects.load", reason="成批建档"):
                _copy(SUBJECT_COLUMNS, chunk.subjects)
                _copy(IDENTIFIER_COLUMNS, chunk.identifiers)
                _copy(NAME_COLUMNS, chunk.names)
            loaded += len(chunk.subjects)
    return loaded


def _new_keys() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('subjects_subject', 'id')) FROM generate_series(1, %s)", [CHUNK]
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(slots=True)
class _Chunk:
    """Lines ready for COPY."""

    subjects: list[str]
    identifiers: list[str]
    names: list[str]


def _chunk(rows: list[Row], keys: list[int], on: date, *, is_demo: bool) -> _Chunk:
    today, demo = on.isoformat(), "t" if is_demo else "f"
    subjects: list[str] = []
    identifiers: list[str] = []
    names: list[str] = []
    for place, (key, row) in enumerate(zip(keys, rows, strict=False)):
        since = row.established_on.isoformat() if row.established_on else NULL
        born = row.birth_on.isoformat() if row.birth_on else NULL
        parent = keys[place - 1] if row.branch_of_previous and place else NULL
        subjects.append(
            f"{key}\t{row.public_id}\t{row.kind}\t{row.name}\tactive\t{since}\t{born}\t{row.district_code}\t{row.address}"
            f"\t{row.industry}\t{row.legal_representative}\t\t{today}\t{parent}\tf\t{demo}\n"
        )
        if row.personal_id:
            identifiers.append(f"{key}\t{row.kind}\tid_card\t{NULL}\t{row.personal_id}\t{NULL}\n")
        else:
            identifiers.append(f"{key}\t{row.kind}\tuscc\t{row.code}\t{NULL}\t{since}\n")
        norm = normalize_name(row.name)
        grams = NULL if row.personal_id else "{" + ",".join(bigrams(norm)) + "}"
        names.append(f"{key}\t{row.kind}\t{row.name}\t{norm}\t{grams}\tt\t{since}\t{NULL}\n")
        if row.former_name:
            norm = normalize_name(row.former_name)
            grams = "{" + ",".join(bigrams(norm)) + "}"
            names.append(f"{key}\t{row.kind}\t{row.former_name}\t{norm}\t{grams}\tf\t{NULL}\t{since}\n")
    return _Chunk(subjects, identifiers, names)


def settle() -> None:
    """Bring the planner's and the search's statistics up to date after a load."""
    with connection.cursor() as cursor:
        for table in ("subjects_subject", "subjects_identifier", "subjects_subjectname"):
            cursor.execute(f"ANALYZE {table}")
    refresh_statistics()


def generate(actor: Actor, *, subjects: int, seed: int = 1) -> CityReport:
    """Load a city of `subjects` synthetic subjects, few of them persons; the same seed gives the same city.

    Refuses SUB-22 when the city of this seed, or a part of it, is loaded already.
    """
    few = min(subjects // 50, MOST_PERSONS)
    first = next(iter(entities(1, seed)), None) if subjects > few else None
    if first and Identifier.objects.filter(type=IdentifierType.USCC, value=first.code).exists():
        raise Problem("SUB-22", f"种子 {seed} 的演示城市已经生成", status=409, remedy="改用另一个 --seed")
    load(actor, entities(subjects - few, seed), is_demo=True)
    with acting(actor, "subjects.load", reason="成批建档"):
        people = _protected(list(persons(few, seed)))
    load(actor, people, is_demo=True)
    settle()
    with connection.cursor() as cursor:
        cursor.execute("SELECT names FROM subjects_gramfrequency WHERE gram = ''")
        searched = cursor.fetchone()[0]
    return CityReport(subjects=subjects, persons=few, names=searched, seed=seed)
