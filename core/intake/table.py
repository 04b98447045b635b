"""From raw rows to typed and checked ones: header found, columns named, values converted, rules run."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.intake import converting, headers, refusals, values
from core.intake.checking import CELL_LIMIT, Findings, check, too_long
from core.intake.frames import RawBatch
from core.intake.headers import Header
from core.intake.profiles import Profile
from core.intake.repeats import Repeats
from core.intake.settings import IntakeSettings

KEPT_OF_A_LONG_CELL = 200


class Table:
    """One file being read: its header, and everything that has to be remembered from row to row."""

    def __init__(self, profile: Profile, settings: IntakeSettings, header: Header, first_data_row: int) -> None:
        self.profile, self.settings, self.header = profile, settings, header
        self.first_data_row = first_data_row
        self.layout = headers.layout_of(profile, header.layout)
        self.absent = self.layout.absent if self.layout else frozenset()
        self.last_place = max(place for place, cell in enumerate(header.cells) if cell.strip())
        self.repeats = Repeats(profile, seed=20161)

    def chunk(self, batch: RawBatch) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the typed rows and what was found in them."""
        raw = self._rows(self._named(batch.frame), batch)
        findings = Findings(self.profile, self.settings, raw["row"])
        self._marked(raw, batch, findings)
        frame = converting.typed(self._cut(raw, findings).drop("over"), self.header, findings)
        for derived in self.layout.derived if self.layout else ():
            if derived.field not in self.header.fields.values():
                frame = frame.drop(f"{derived.field}__raw", strict=False)
                frame = frame.with_columns(derived.value.alias(derived.field))
        check(frame, findings, self.absent)
        findings.silence(batch.broken, "IN-24")
        frame = self.repeats.mark(self.repeats.hashed(converting.final(frame, findings)), findings)
        return frame, findings.frame()

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Name the raw columns by field, trim their text, and keep what stands beyond the header's last column."""
        places = {name: str(place) for place, name in self.header.fields.items() if str(place) in frame.columns}
        known = [pl.col(place).alias(name) for name, place in places.items()]
        lacking = [pl.lit(None, pl.String).alias(name) for name in self.profile.fields if name not in places]
        over = pl.lit(None, pl.String).alias("over")
        if "over" in frame.columns:  # only text has rows that a stray separator shifts
            beyond = [name for name in frame.columns if name.isdigit() and int(name) > self.last_place]
            over = pl.concat_str(*beyond, "over", ignore_nulls=True).replace("", None).alias("over")
        named = frame.select(pl.col("row"), *known, *lacking, over)
        return named.with_columns(values.trimmed(name) for name in [*places, "over"])

    def _rows(self, frame: pl.DataFrame, batch: RawBatch) -> pl.DataFrame:
        """Keep the data: no header, no blank row, no explanation, no header repeated further down."""
        texts = [pl.col(name) for name in self.profile.fields]
        filled = pl.any_horizontal(text.is_not_null() for text in texts)
        if batch.broken:
            filled |= pl.col("row").is_in(list(batch.broken))
        first = [pl.col(name) for name in self.header.fields.values()]
        explained = pl.any_horizontal(text.str.contains(headers.EXPLANATION.pattern) for text in first[:3])
        written = {name: self.header.cells[place].strip() for place, name in self.header.fields.items()}
        repeated = pl.sum_horizontal((pl.col(name) == text).cast(pl.UInt8) for name, text in written.items() if text)
        return frame.filter(
            (pl.col("row") >= self.first_data_row)
            & filled
            & ~explained.fill_null(value=False)
            & (repeated.fill_null(0) < headers.ENOUGH)
        )

    def _marked(self, frame: pl.DataFrame, batch: RawBatch, findings: Findings) -> None:
        """Report what the file says about rows and cells beyond their text."""
        rows = frame["row"]
        for row, reason in batch.broken.items():
            findings.add(rows == row, None, "IN-24", f"第 {row} 行{reason}")
        findings.add(
            frame["over"].is_not_null(), None, "IN-25",
            "这一行的列数多于表头，可能是单元格里有未加引号的分隔符，后面的内容已经错位",
        )  # fmt: skip
        says = {
            "formula": ("IN-21", "“{}”是公式，按其上次计算的结果导入，建议粘贴为数值"),
            "error": ("IN-22", "“{}”是错误值 {}，请改正公式或直接填写内容"),
            "merged": ("IN-23", "“{}”是合并单元格，按首个单元格的内容填入，请核对"),
        }
        for (place, mark, text), group in batch.marks.group_by("place", "mark", "text"):
            name = self.header.fields.get(int(place))
            if name is None:
                continue
            column = self.profile.column(name)
            code, say = says[str(mark)]
            findings.add(rows.is_in(group["row"].implode()), column, code, say.format(column.header, text))

    def _cut(self, frame: pl.DataFrame, findings: Findings) -> pl.DataFrame:
        """V16: no cell of megabytes goes any further; the rest of the row is still checked."""
        names = [name for name in self.profile.fields if (frame[name].str.len_bytes() > CELL_LIMIT).any()]
        for name in names:
            column = self.profile.column(name)
            length = pl.col(name).str.len_chars()
            most = self.settings.length(column) or CELL_LIMIT
            findings.expect(length > CELL_LIMIT, column, "V16", too_long(column, length, most), "error")
        findings.settle(frame)
        return frame.with_columns(
            pl.when(pl.col(name).str.len_chars() > CELL_LIMIT)
            .then(pl.col(name).str.slice(0, KEPT_OF_A_LONG_CELL))
            .otherwise(pl.col(name))
            .alias(name)
            for name in names
        )


def found_header(profile: Profile, rows: Sequence[Sequence[str | None]], *, strict: bool = True) -> Header:
    """Return the header; FileRefused where the table is another one, or lacks what every row needs."""
    header = headers.find(profile, rows)
    written = [cell for row in rows for cell in row if cell]
    if not written:
        raise refusals.empty()
    if header is None or header.share < headers.FEWEST_SHARE:
        raise refusals.wrong_profile(
            profile.title, list(header.cells) if header else written, header.share if header else 0
        )
    if header.doubled:
        raise refusals.doubled_columns(list(header.doubled))
    if strict and (lacking := _lacking(profile, header)):
        raise refusals.missing_columns(lacking)
    return header


def _lacking(profile: Profile, header: Header) -> list[str]:
    """Return the headers that every row needs and the file does not have."""
    layout = headers.layout_of(profile, header.layout)
    given = {*header.fields.values(), *(layout.absent if layout else ())}
    given |= {one.field for one in layout.derived} if layout else set()
    return [column.header for column in profile.columns if column.required == "R" and column.field not in given]
