"""What a listing means in practice: the laws it rests on, and which unit applies which measure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_CITATION = re.compile(r"^(《.+》)(.*)$")
WORDS = {"applied": "已实施", "released": "已解除", "refused": "核实中"}


def laws(basis: str) -> list[tuple[str, list[str]]]:
    """Return the legal documents named in a basis, each once, with its articles in order."""
    found: dict[str, list[str]] = {}
    for part in filter(None, (piece.strip() for piece in basis.split("；"))):
        match = _CITATION.match(part)
        title, article = (match[1], match[2]) if match else (part, "")
        articles = found.setdefault(title, [])
        if article and article not in articles:
            articles.append(article)
    return list(found.items())


def rows(listing: Any, marks: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the measures that were tasked for this listing, with the units and how far they are.

    marks: the words beside what is being contested, by task.
    """
    tasks = sorted(listing.tasks.all(), key=lambda task: (task.measure.code, task.pk))
    found: dict[str, dict[str, Any]] = {}
    for task in tasks:
        row = found.setdefault(
            task.measure.code,
            {"code": task.measure.code, "name": task.measure.name, "content": task.content, "units": [], "words": {}},
        )
        row["units"].append(task.unit.name)
        word = "，".join(filter(None, (_word(task, listing.state_on), marks.get(task.public_id, ""))))
        row["words"][word] = row["words"].get(word, 0) + 1
    for row in found.values():
        many = len(row["units"]) > 1
        row["words"] = [f"{word} {number} 家" if many else word for word, number in row["words"].items()]
    return list(found.values())


def _word(task: Any, state: str) -> str:
    if task.duty == "notice":
        return "告知参考"
    if state == "paused" and task.state != "released":
        return "暂停执行"
    return WORDS.get(task.state, "办理中")
