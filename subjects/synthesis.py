"""Names and ids that follow from a seed; needs no database, so that measurements can use it from outside."""

from __future__ import annotations

import random
from collections.abc import Iterator

from core.fields import CROCKFORD
from subjects import words

STYLE = "".join(dict.fromkeys(words.STYLE))


def benchmark_names(n: int, seed: int) -> list[str]:
    """Return n enterprise names of realistic variety, without the demo mark, for measurements only."""
    chosen = random.Random(f"names-{seed}")
    return [
        place + first + second + (third if long else "") + trade + form
        for place, first, second, third, long, trade, form in zip(
            chosen.choices(words.PLACES, words.PLACE_WEIGHTS, k=n),
            chosen.choices(STYLE, k=n),
            chosen.choices(STYLE, k=n),
            chosen.choices(STYLE, k=n),
            chosen.choices((False, False, False, True), k=n),
            chosen.choices(words.TRADES, k=n),
            chosen.choices(words.FORMS, words.FORM_WEIGHTS, k=n),
            strict=True,
        )
    ]


_PAIRS = [first + second for first in CROCKFORD for second in CROCKFORD]


def public_ids(n: int, seed: object) -> Iterator[str]:
    """Yield n public ids that follow from the seed; only synthetic subjects have predictable ones."""
    chosen = random.Random(f"ids-{seed}")
    for _ in range(n):
        bits = chosen.getrandbits(80)
        yield "".join([_PAIRS[(bits >> shift) & 1023] for shift in range(70, -1, -10)])
