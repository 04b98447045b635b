"""Worker: fill a benchmark database with legal entities under realistic names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date

from django.db import connection

from benchmarks.catalogue import FORMER_EVERY, SEED, all_names, former_names
from core.actors import Actor
from subjects import city
from subjects.codes import SyntheticCodes
from subjects.synthesis import public_ids


def main() -> dict[str, int]:
    size = int(sys.argv[1])
    names, former = all_names(size), former_names(size)
    codes = SyntheticCodes("510899", SEED)

    def rows() -> Iterator[city.Row]:
        for number, (public_id, name) in enumerate(zip(public_ids(size, SEED), names, strict=True)):
            place = number // FORMER_EVERY
            has_former = number % FORMER_EVERY == 0 and place < len(former)
            yield city.Row(
                public_id=public_id,
                kind="enterprise",
                name=name,
                code=codes.code("91", number),
                former_name=former[place] if has_former else "",
                established_on=date(2015, 6, 1),
                district_code="510802",
            )

    city.load(Actor.job("benchmarks"), rows(), is_demo=False)
    city.settle()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE subjects_subject, subjects_subjectname, subjects_identifier")
        cursor.execute("COMMENT ON TABLE subjects_subjectname IS %s", [f"benchmark city {size} {SEED}"])
    return {"size": size}
