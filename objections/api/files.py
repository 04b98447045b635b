"""Files inside a JSON body."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

from core.actors import Actor
from core.attachments import store
from core.problems import Problem
from objections.services.filing import Paper


def papers_of(files: list[dict[str, Any]] | None, actor: Actor) -> tuple[Paper, ...]:
    """Keep the files of a request, encrypted, and return them; Problem names the file that cannot be read."""
    return tuple(_paper(row, number, actor) for number, row in enumerate(files or []))


def _paper(row: dict[str, Any], number: int, actor: Actor) -> Paper:
    try:
        content = base64.b64decode(row["content"], validate=True)
    except (binascii.Error, ValueError):
        raise Problem(
            "bad_file",
            f"files[{number}] 不是合法的 base64",
            field=f"files[{number}].content",
            remedy="用标准 base64 编码文件内容",
        ) from None
    return Paper(row["kind"], store(io.BytesIO(content), actor=actor, name=row["name"]), row["name"])
