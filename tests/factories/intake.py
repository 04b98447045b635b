"""Files as units hand them in: rows by column code, as CSV or JSON."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.actors import Actor
from core.intake import deciding
from core.intake.receiving import receive
from core.intake.rights import SUBMIT
from core.intake.running import run
from core.models.intake import IntakeBatch
from organizations import selectors
from tests.factories import subjects as make

_numbers = itertools.count(1)
UNIT = "scjgj"


def clerk(unit: str = UNIT) -> Actor:
    """Return the job of a unit that may hand in."""
    return Actor("job", "test.intake", "测试报送", unit_id=selectors.unit(unit).pk, permissions=frozenset({SUBMIT}))


def penalty(**changes: Any) -> dict[str, Any]:
    """Return one right row of `penalties`, with changes by column code."""
    number = next(_numbers)
    authority = selectors.unit(UNIT)
    return {
        "CF_XDR_MC": f"广元测试处罚{number}号有限公司",
        "CF_XDR_LB": "法人及非法人组织",
        "CF_XDR_SHXYM": make.new_code(),
        "CF_FRDB": "测试甲",
        "CF_WSH": f"广测市监处〔2026〕{number}号",
        "CF_WFXW": "销售超过保质期的食品",
        "CF_SY": "经查，当事人销售超过保质期的饮料 12 瓶。",
        "CF_YJ": "《中华人民共和国食品安全法》第一百二十四条第一款",
        "CF_CFLB": "罚款",
        "CF_NR": "罚款 5000 元。",
        "CF_NR_FK": "0.5",
        "CF_JDRQ": "2026/03/02",
        "CF_YXQ": "2027/03/01",
        "CF_CFJG": authority.name,
        "CF_CFJGDM": authority.uscc,
        "CF_SJLY": authority.name,
        "CF_SJLYDM": authority.uscc,
    } | changes


def as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the rows as CSV under their column codes, in UTF-8."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_json(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return json.dumps(list(rows), ensure_ascii=False).encode()


def handed_in(
    rows: Sequence[Mapping[str, Any]], *, profile: str = "penalties", actor: Actor | None = None, **more: Any
) -> IntakeBatch:
    """Hand the rows in as CSV, without working them off."""
    return receive(actor or clerk(), profile=profile, upload=io.BytesIO(as_csv(rows)), name="报送.csv", **more)


def intake(rows: Sequence[Mapping[str, Any]], *, chunk_rows: int = 50_000, **more: Any) -> IntakeBatch:
    """Hand the rows in and work them off."""
    done = run(handed_in(rows, **more).public_id, chunk_rows=chunk_rows)
    assert done is not None
    return done


def taken_back(batch: IntakeBatch, officer: Actor, reason: str = "报送了测试文件") -> IntakeBatch:
    """Order that the batch be taken back, and let the worker do it."""
    deciding.withdraw(officer, batch=batch, reason=reason)
    done = run(batch.public_id)
    assert done is not None
    return done


def counts(batch: IntakeBatch) -> dict[str, int]:
    """Return the counters that are not zero."""
    names = ("rows", "inserted", "updated", "unchanged", "duplicate", "questioned", "rejected")
    return {name: getattr(batch, name) for name in names if getattr(batch, name)}
