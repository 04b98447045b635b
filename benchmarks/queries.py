"""The fixed mix of questions, taken from names that both city sizes hold."""

from __future__ import annotations

import random

from subjects import words
from subjects.synthesis import STYLE

COMMON = ["有限公司", "广元", "公司", "建筑工程有限公司", "广元市利州区", "商贸", "责任公司", "科技有限"]
SELECTIVE = ("code", "full name", "2 characters", "4 characters", "6 characters", "former name")
KINDS = (*SELECTIVE, "common words", "no hit")
_ABSENT = "饕餮魑魅魍魉貔貅囹圄"


def mix(names: list[str], codes: list[str], former: list[str], *, each: int, seed: int) -> dict[str, list[str]]:
    """Return `each` queries of every kind; `names` and `codes` are those of the smaller city."""
    chosen = random.Random(f"queries-{seed}")
    tails = [tail for name in chosen.sample(names, each * 8) if len(tail := _without_place(name)) >= 6]
    plain = [tail for tail in tails if tail[0] in STYLE and tail[1] in STYLE and not tail.startswith(words.TRADES)]
    return {
        "code": chosen.sample(codes, each),
        "full name": chosen.sample(names, each),
        "2 characters": [tail[:2] for tail in plain[:each]],
        "4 characters": [tail[:4] for tail in plain[each : 2 * each]],
        "6 characters": [tail[:6] for tail in plain[2 * each : 3 * each]],
        "former name": chosen.sample(former, each),
        "common words": [COMMON[number % len(COMMON)] for number in range(min(each, len(COMMON)))],
        "no hit": ["".join(chosen.sample(_ABSENT, 4)) for _ in range(each)],
    }


def _without_place(name: str) -> str:
    place = max((place for place in words.PLACES if name.startswith(place)), key=len, default="")
    return name[len(place) :]
