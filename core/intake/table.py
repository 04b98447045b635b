"""From raw rows to typed and checked ones: header found, columns named, values converted, rules run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from core.identifiers import IdentifierType, normalize
from core.intake import headers, refusals, values
from core.intake.checking import CELL_LIMIT, KINDS, PLACEHOLDER, Findings, check
from core.intake.columns import PARTIES, Check, Column, ColumnType
from core.intake.frames import RawBatch
from core.intake.headers import Header
from core.intake.profiles import Profile
from core.intake.repeats import Repeats
from core.intake.settings import IntakeSettings

KEPT_OF_A_LONG_CELL = 200
NOTHING = ("null", "NULL", "Null", "None", "nan", "NaN", "N/A", "#N/A")
DASHES = ("/", "-", "--", "—", "——", "无", "\\", "*")
AMOUNTS = pl.Decimal(18, 6)


class Table:
    """One file being read: its header, and everything that has to be remembered from row to row."""

    def __init__(self, profile: Profile, settings: IntakeSettings, header: Header, first_data_row: int) -> None:
        self.profile, self.settings, self.header = profile, settings, header
        self.first_data_row = first_data_row
        self.layout = headers.layout_of(profile, header.layout)
        carried = {*header.fields.values()}
        derived = {one.field for one in self.layout.derived} if self.layout else set()
        self.absent = (self.layout.absent if self.layout else frozenset()) - carried - derived
        self.repeats = Repeats(profile, seed=20161)

    def chunk(self, batch: RawBatch) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the typed rows and what was found in them."""
        raw = self._rows(self._named(batch.frame), batch)
        findings = Findings(self.profile, self.settings, raw["row"])
        self._marked(raw, batch, findings)
        frame = self._typed(self._cut(raw, findings), findings)
        for derived in self.layout.derived if self.layout else ():
            if derived.field not in self.header.fields.values():
                frame = frame.with_columns(derived.value.alias(derived.field))
        check(frame, findings, self.absent)
        frame = frame.drop([name for name in frame.columns if name.endswith("__raw")])
        frame = self.repeats.mark(self.repeats.hashed(self._final(frame)), findings)
        return frame, findings.frame()

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Name the raw columns by field, trim their text, and keep what stands beyond the header's last column."""
        places = {name: str(place) for place, name in self.header.fields.items() if str(place) in frame.columns}
        known = [pl.col(place).alias(name) for name, place in places.items()]
        lacking = [pl.lit(None, pl.String).alias(name) for name in self.profile.fields if name not in places]
        over = pl.col("over") if "over" in frame.columns else pl.lit(None, pl.String).alias("over")
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
            length = frame[name].str.len_chars()
            most = self.settings.length(column) or CELL_LIMIT
            message = pl.select(
                pl.format("“{}”有 {} 个字符，最多 {} 个", pl.lit(column.header), length, most)
            ).to_series()
            findings.add(length > CELL_LIMIT, column, "V16", message, "error")
        return frame.with_columns(
            pl.when(pl.col(name).str.len_chars() > CELL_LIMIT)
            .then(pl.col(name).str.slice(0, KEPT_OF_A_LONG_CELL))
            .otherwise(pl.col(name))
            .alias(name)
            for name in names
        )

    def _typed(self, frame: pl.DataFrame, findings: Findings) -> pl.DataFrame:
        """Convert every column; where a text is no value, its raw text stays beside it for the rules."""
        frame = frame.drop("over")
        for column in self.profile.columns:
            nothing = NOTHING if column.type is ColumnType.TEXT else (*NOTHING, *DASHES)
            if column.check is not Check.NAME:
                kept = ~pl.col(column.field).is_in(nothing)
                frame = frame.with_columns(pl.when(kept).then(pl.col(column.field)).alias(column.field))
        for column in self.profile.columns:
            frame = self._column(frame, column, findings)
        return frame

    def _column(self, frame: pl.DataFrame, column: Column, findings: Findings) -> pl.DataFrame:
        name, raw = column.field, frame[column.field]
        if column.type is ColumnType.TEXT:
            return frame
        if column.type is ColumnType.CODE:
            return frame.with_columns(values.code_form(pl.col(name)).alias(name))
        if column.type is ColumnType.PERSONAL:
            return self._personal(frame, column)
        if column.type is ColumnType.CHOICE:
            return self._choice(frame, column, findings)
        if column.type is ColumnType.DATE:
            parse = partial(values.parse_date, long_term=column.long_term)
            found, wrong = values.dates(raw, parse)
            code = "V06"
        elif column.type is ColumnType.AMOUNT:
            scale = self.header.scales.get(name)
            parse_amount = partial(values.parse_amount, scale=scale) if scale else values.parse_amount
            found, wrong = values.amounts(raw, parse_amount, plain=scale in {None, 1})
            code = "V09"
        else:
            found, wrong = values.converted(raw, values.parse_integer, pl.Int64)
            code = "V08"
        if wrong.is_not_null().any():
            shown = pl.select(
                pl.format("“{}”填写的“{}”：{}", pl.lit(column.header), raw.str.slice(0, 30), wrong)
            ).to_series()
            findings.add(wrong.is_not_null(), column, code, shown)
        return frame.with_columns(raw.alias(f"{name}__raw"), found.alias(name))

    def _personal(self, frame: pl.DataFrame, column: Column) -> pl.DataFrame:
        """Bring identity numbers to the form in which they are compared, by the kind that stands beside them."""
        number = values.code_form(pl.col(column.field)).alias(column.field)
        frame = frame.with_columns(number)
        kinds = {text: kind.value for text, kind in KINDS.items()}
        kind = (
            pl.when(pl.col(column.field).is_null())
            .then(None)
            .otherwise(
                pl.col(column.kind_field).replace_strict(kinds, default="other")
                if column.kind_field
                else pl.lit(IdentifierType.ID_CARD.value)
            )
            .fill_null(IdentifierType.ID_CARD.value if column.kind_field else "other")
        )
        kind = pl.when(pl.col(column.field).is_not_null()).then(kind)
        frame = frame.with_columns(kind.alias(f"{column.field}_kind"))
        old = frame[column.field].str.contains(r"^[0-9]{15}$").fill_null(value=False)
        if old.any():
            full = values.converted(
                frame[column.field].set(~old, None),
                lambda text: (normalize(IdentifierType.ID_CARD, text), ""),
                pl.String,
            )[0]
            is_card = pl.col(f"{column.field}_kind") == IdentifierType.ID_CARD.value
            frame = frame.with_columns(
                pl.when(is_card & full.is_not_null()).then(full).otherwise(pl.col(column.field)).alias(column.field)
            )
        return frame

    def _choice(self, frame: pl.DataFrame, column: Column, findings: Findings) -> pl.DataFrame:
        """V02 and V08: bring a choice to the words of its vocabulary."""
        assert column.vocabulary is not None
        vocabulary = self.profile.vocabularies[column.vocabulary]
        words = self.settings.vocabulary(self.profile, column.vocabulary)
        choices = values.Choices(words, vocabulary.synonyms, vocabulary.open_prefix, several=column.several)
        found, wrong = values.converted(frame[column.field], choices.parse, pl.String)
        party = column.field == self.profile.party_column
        if party:
            found = found.replace({label: code for code, label in PARTIES.items()})
        if wrong.is_not_null().any():
            code = "V02" if party else "V08"
            shown = pl.select(pl.format("“{}”：{}", pl.lit(column.header), wrong)).to_series()
            findings.add(wrong.is_not_null(), column, code, shown)
        return frame.with_columns(frame[column.field].alias(f"{column.field}__raw"), found.alias(column.field))

    def _final(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Leave out what stands for nothing: the placeholder is no code."""
        codes = [column.field for column in self.profile.columns if column.check is Check.PARTY]
        return frame.with_columns(pl.when(pl.col(name) != PLACEHOLDER).then(pl.col(name)).alias(name) for name in codes)


def found_header(profile: Profile, rows: Sequence[Sequence[str | None]], *, strict: bool = True) -> Header:
    """Return the header; FileRefused where the table is another one, or lacks what every row needs."""
    header = headers.find(profile, rows)
    written = [cell for row in rows[:3] for cell in row if cell]
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
