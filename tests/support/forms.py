"""What a refused form of the workbench must show: the rule, the words, at the right field, and nothing lost."""

from __future__ import annotations

import re
from typing import Any

CHINESE = re.compile(r"[\u4e00-\u9fff]{4,}")


def shows_refusal(answer: Any, code: str, field: str = "", *, typed: tuple[str, ...] = (), kept: int = 0) -> None:
    """The form came back with this code at this field (or at its head), what was typed, and so many files taken in."""
    form = answer.context["form"]
    assert answer.status_code in {403, 409}, (answer.status_code, form.errors)
    at = " ".join(str(error) for error in form.errors.get(field or "__all__", []))
    assert code in at, (code, field, form.errors)
    assert CHINESE.search(at), at
    assert "怎样办理：" in at, at
    text = answer.content.decode()
    for words in typed:
        assert words in text, words
    assert len(answer.context["kept"]) == kept, answer.context["kept"]
    assert text.count("已收下：") == kept


def tokens(answer: Any) -> dict[str, str]:
    """Return what the returned form posts in the place of files that were taken in."""
    return {f"{name}-kept": token for name, (_, token) in answer.context["kept"].items()}
