"""What the law says of every row of a file, asking it once for each different question."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from publicity.enums import RecordKind, SeverityBy
from publicity.kinds import kinds_of
from publicity.law import Law

COMMON: dict[str, Any] = {
    "due_on": pl.Date,
    "due_provisional": pl.Boolean,
    "last_public_day": pl.Date,
    "scope": pl.String,
    "scope_reason": pl.String,
    "person_rule_id": pl.Int64,
}
OF_PENALTIES: dict[str, Any] = {
    "kinds": pl.List(pl.String),
    "severity": pl.String,
    "severity_by": pl.String,
    "severity_sure": pl.Boolean,
    "severity_note": pl.String,
    "regime_code": pl.String,
}
STEP = "fine_step"


def settle(frame: pl.DataFrame, *, kind: str, law: Law | None = None) -> pl.DataFrame:
    """Return the frame with what follows from each row by law, in the same order.

    Needs decided_on, party, authority_code; for penalties kinds_text and fine, for licences valid_to; a column
    `vertical` (bool) marks rows of units under their own rule. Adds the columns of `COMMON`, and for penalties those
    of `OF_PENALTIES`.
    """
    law = law or Law()
    if "vertical" not in frame.columns:
        frame = frame.with_columns(pl.lit(False).alias("vertical"))
    asked = ["decided_on", "party", "authority_code", "vertical"]
    if kind == RecordKind.PENALTY:
        frame = _with_step(frame, law)
        asked += ["kinds_text", STEP]
    else:
        asked.append("valid_to")
    questions = frame.select(asked).unique()
    answers = [_told(law, kind, row) for row in questions.to_dicts()]
    schema = COMMON | (OF_PENALTIES if kind == RecordKind.PENALTY else {})
    told = pl.DataFrame(answers, schema=schema)
    found = frame.join(questions.hstack(told), on=asked, how="left", nulls_equal=True, maintain_order="left")
    return found.drop(STEP, strict=False)


def _told(law: Law, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one question; the chunks of a file ask the same ones again and again."""
    key = (kind, *row.values())
    if key not in law.told:
        law.told[key] = _penalty(law, row) if kind == RecordKind.PENALTY else _licence(law, row)
    return law.told[key]


def _with_step(frame: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Mark the amount from which each fine is judged: amounts between two steps are one question."""
    step = pl.lit(0)
    for number, amount in enumerate(law.amounts):
        step = pl.when(pl.col("fine").fill_null(0).cast(pl.Float64) >= float(amount)).then(number).otherwise(step)
    return frame.with_columns(step.cast(pl.Int32).alias(STEP))


def _common(law: Law, kind: str, row: dict[str, Any], published: bool) -> dict[str, Any]:
    due_on, provisional = law.due(row["decided_on"], vertical=bool(row["vertical"]))
    person_rule = law.person_rule(kind, row["authority_code"] or "", row["decided_on"])
    scope, reason = law.scope(kind, row["party"], published, person_rule)
    return {
        "due_on": due_on,
        "due_provisional": provisional,
        "scope": str(scope),
        "scope_reason": reason,
        "person_rule_id": person_rule.pk if person_rule is not None and row["party"] == "Z" else None,
    }


def _penalty(law: Law, row: dict[str, Any]) -> dict[str, Any]:
    kinds = kinds_of(row["kinds_text"] or "")
    amount = law.amounts[row[STEP]] if law.amounts else Decimal(0)
    found = law.penalty(kinds, amount, row["decided_on"])
    return _common(law, RecordKind.PENALTY, row, found.rating.published) | {
        "last_public_day": found.last_public_day,
        "kinds": list(kinds),
        "severity": str(found.rating.severity),
        "severity_by": SeverityBy.TABLE.value,
        "severity_sure": found.rating.sure,
        "severity_note": found.rating.note,
        "regime_code": found.regime_code,
    }


def _licence(law: Law, row: dict[str, Any]) -> dict[str, Any]:
    return _common(law, RecordKind.LICENCE, row, True) | {"last_public_day": law.licence_last_day(row["valid_to"])}
