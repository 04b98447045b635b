"""Rows that come twice in one file: identical ones are duplicates, one that contradicts an earlier row is rejected."""

from __future__ import annotations

import polars as pl

from core.intake.checking import Findings
from core.intake.profiles import IDENTITY, Profile

NAMED = 3  # differing columns that a message names


class Repeats:
    """What was accepted so far in this file: 16 bytes a row, and one byte for each column to name a difference."""

    def __init__(self, profile: Profile, seed: int) -> None:
        self.profile, self.seed = profile, seed
        self.fields = profile.fields
        self.seen: pl.DataFrame | None = None

    def hashed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add `digest` (all content) and `key` (the natural key) to the rows."""
        identity = pl.coalesce(*self.profile.identity) if self.profile.identity else pl.lit(None, pl.String)
        keys = [identity.alias(IDENTITY) if name == IDENTITY else pl.col(name) for name in self.profile.key]
        return frame.with_columns(
            frame.select(self.fields).hash_rows(seed=self.seed).alias("digest"),
            frame.select(keys).hash_rows(seed=self.seed + 1).alias("key"),
        )

    def mark(self, frame: pl.DataFrame, findings: Findings) -> pl.DataFrame:
        """Add `duplicate` and `accepted`; a row with the key of an earlier accepted row but other content gets V11."""
        fine = frame.filter(~findings.rejected())
        marks = fine.select(
            "row", "key", "digest", *((pl.col(name).hash(self.seed) & 0xFF).cast(pl.UInt8) for name in self.fields)
        )
        known = []
        if self.seen is not None:  # looked up in one column; the others are touched only where something is met again
            met_again = self.seen["key"].is_in(marks["key"].implode())
            known = [self.seen.filter(met_again)] if met_again.any() else []
        first = pl.concat([*known, marks]).unique("key", keep="first", maintain_order=True)
        met = marks.join(first, on="key", how="left", suffix="__first", maintain_order="left")
        repeated = met.filter(pl.col("row") != pl.col("row__first"))
        same = repeated.filter(pl.col("digest") == pl.col("digest__first"))["row"]
        other = repeated.filter(pl.col("digest") != pl.col("digest__first"))
        new = marks.filter(~pl.col("row").is_in(repeated["row"].implode()))
        self.seen = new if self.seen is None else pl.concat([self.seen, new], rechunk=False)
        self._contradicted(other, findings)
        duplicate = pl.col("row").is_in(same.implode())
        return frame.with_columns(duplicate.alias("duplicate"), (~findings.rejected()).alias("accepted")).with_columns(
            (pl.col("accepted") & ~pl.col("duplicate")).alias("accepted")
        )

    def _contradicted(self, other: pl.DataFrame, findings: Findings) -> None:
        headers = {column.field: column for column in self.profile.columns}
        last = self.profile.column(next(name for name in reversed(self.profile.key) if name != IDENTITY))
        for row in other.iter_rows(named=True):
            differing = [name for name in self.fields if row[name] != row[f"{name}__first"]]
            column = headers[differing[0]] if differing else last
            shown = "、".join(f"“{headers[name].header}”" for name in differing[:NAMED]) or "内容"
            more = "等" if len(differing) > NAMED else ""
            findings.add(
                findings.rows == row["row"], column, "V11",
                f"与第 {row['row__first']} 行是同一份决定，但{shown}{more}不同，请核对后只保留一行",
            )  # fmt: skip
