"""The words for kinds of penalty, old and new, as codes; what is in no vocabulary stays a word and is 其他."""

from __future__ import annotations

import re
import unicodedata

from publicity.enums import PenaltyKind

_SEPARATORS = re.compile(r"[;,、|/\n]+")
# In this order: a longer word before one that is part of it.
_WORDS: tuple[tuple[re.Pattern[str], PenaltyKind], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"暂扣.*吊销|吊销.*暂扣", PenaltyKind.PERMIT_UNCLEAR),
        (r"吊销", PenaltyKind.REVOKE_PERMIT),
        (r"暂扣", PenaltyKind.SUSPEND_PERMIT),
        (r"降低资质", PenaltyKind.DOWNGRADE),
        (r"没收违法所得", PenaltyKind.CONFISCATE_GAINS),
        (r"没收非法财[物务]", PenaltyKind.CONFISCATE_GOODS),
        (r"通报批评", PenaltyKind.CRITICISM),
        (r"警告", PenaltyKind.WARNING),
        (r"罚款|罚金", PenaltyKind.FINE),
        (r"停产停业", PenaltyKind.SUSPEND_BUSINESS),
        (r"责令关闭", PenaltyKind.CLOSE),
        (r"限制开展", PenaltyKind.RESTRICT_BUSINESS),
        (r"限制从业", PenaltyKind.BAR),
        (r"拘留", PenaltyKind.DETENTION),
    )
)


def kinds_of(text: str) -> tuple[str, ...]:
    """Return the codes of the kinds that a reported text names, each once, in order."""
    found: dict[str, None] = {}
    for part in _SEPARATORS.split(unicodedata.normalize("NFKC", text)):
        word = part.strip()
        if not word:
            continue
        if word.startswith("其他"):
            found[PenaltyKind.OTHER.value] = None
            continue
        named = next((kind for pattern, kind in _WORDS if pattern.search(word)), PenaltyKind.OTHER)
        found[named.value] = None
    return tuple(found)
