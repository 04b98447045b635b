"""Worker: load a city one way. Returns subjects per second."""

from __future__ import annotations

import sys
import time

from core.actors import Actor, acting
from core.text import bigrams, normalize_name
from subjects import city
from subjects.models import Identifier, Subject, SubjectName


def main() -> dict[str, float]:
    way, number = sys.argv[1], int(sys.argv[2])
    actor = Actor.job("bench")
    started = time.perf_counter()
    if way == "city":
        city.generate(actor, subjects=number, seed=1)
    else:
        with acting(actor, "bench"):
            for row in city.entities(number, 1):
                subject = Subject(
                    public_id=row.public_id,
                    kind=row.kind,
                    name=row.name,
                    established_on=row.established_on,
                    district_code=row.district_code,
                    address=row.address,
                    industry=row.industry,
                    legal_representative=row.legal_representative,
                    is_demo=True,
                )
                subject.save()
                Identifier(subject=subject, kind=row.kind, type="uscc", value=row.code).save()
                norm = normalize_name(row.name)
                SubjectName(subject=subject, kind=row.kind, name=row.name, norm=norm, grams=bigrams(norm)).save()
    return {"per_second": number / (time.perf_counter() - started)}
