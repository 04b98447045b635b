"""Every column of a chunk becomes typed; a text that is no value gets a finding and stays beside as `<field>__raw`."""

from __future__ import annotations

from functools import partial

import polars as pl

from core.identifiers import IdentifierType, normalize
from core.intake import values
from core.intake.checking import KINDS, PLACEHOLDER, Findings
from core.intake.columns import PARTIES, Check, Column, ColumnType
from core.intake.headers import Header

NOTHING = ("null", "NULL", "Null", "None", "nan", "NaN", "N/A", "#N/A")
DASHES = ("/", "-", "--", "—", "——", "无", "\\", "*")
ID_CARD, OTHER = IdentifierType.ID_CARD.value, "other"
_CODES = {ColumnType.CODE, ColumnType.PERSONAL}


def typed(frame: pl.DataFrame, header: Header, findings: Findings) -> pl.DataFrame:
    """Return the rows with every column of the profile converted."""
    columns = findings.profile.columns
    frame = frame.with_columns(_without_nothing(column) for column in columns if column.check is not Check.NAME)
    frame = frame.with_columns(values.code_form(pl.col(c.field)).alias(c.field) for c in columns if c.type in _CODES)
    for column in columns:
        if column.type is ColumnType.CHOICE:
            frame = _choice(frame, column, findings)
        elif column.type in {ColumnType.DATE, ColumnType.AMOUNT, ColumnType.INTEGER}:
            frame = _value(frame, column, header, findings)
    for column in columns:  # after the choices: the kind of a document is one
        if column.type is ColumnType.PERSONAL:
            frame = _personal(frame, column)
    return frame


def final(frame: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Leave out what only the rules needed, and what stands for nothing: the placeholder is no code."""
    codes = [column.field for column in findings.profile.columns if column.check is Check.PARTY]
    frame = frame.drop([name for name in frame.columns if name.endswith("__raw")])
    return frame.with_columns(pl.when(pl.col(name) != PLACEHOLDER).then(pl.col(name)).alias(name) for name in codes)


def _without_nothing(column: Column) -> pl.Expr:
    nothing = NOTHING if column.type is ColumnType.TEXT else (*NOTHING, *DASHES)
    text = pl.col(column.field)
    return pl.when(~text.is_in(nothing)).then(text).alias(column.field)


def _value(frame: pl.DataFrame, column: Column, header: Header, findings: Findings) -> pl.DataFrame:
    """V06 and V09: dates, amounts and whole numbers."""
    name, raw = column.field, frame[column.field]
    if column.type is ColumnType.DATE:
        code = "V06"
        found, wrong = values.dates(raw, partial(values.parse_date, long_term=column.long_term))
    elif column.type is ColumnType.AMOUNT:
        code = "V09"
        scale = header.scales.get(name, values.TEN_THOUSANDS)
        parse = partial(values.parse_amount, scale=scale)
        found, wrong = values.amounts(raw, parse, plain=scale == values.TEN_THOUSANDS)
    else:
        code = "V08"
        found, wrong = values.converted(raw, values.parse_integer, pl.Int64)
    frame = frame.with_columns(raw.alias(f"{name}__raw"), found.alias(name))
    shown = pl.format(
        "“{}”填写的“{}”：{}", pl.lit(column.header), pl.col(f"{name}__raw").str.slice(0, 30), pl.col("wrong")
    )
    return _told(frame, wrong, column, code, shown, findings)


def _choice(frame: pl.DataFrame, column: Column, findings: Findings) -> pl.DataFrame:
    """V02 and V08: bring a choice to the words of its vocabulary."""
    assert column.vocabulary is not None
    name, profile = column.field, findings.profile
    vocabulary = profile.vocabularies[column.vocabulary]
    words = findings.settings.vocabulary(profile, column.vocabulary)
    choices = values.Choices(words, vocabulary.synonyms, vocabulary.open_prefix, several=column.several)
    found, wrong = values.converted(frame[name], choices.parse, pl.String)
    party = name == profile.party_column
    if party:
        found = found.replace({label: code for code, label in PARTIES.items()})
    frame = frame.with_columns(frame[name].alias(f"{name}__raw"), found.alias(name))
    shown = pl.format("“{}”：{}", pl.lit(column.header), pl.col("wrong"))
    return _told(frame, wrong, column, "V02" if party else "V08", shown, findings)


def _told(
    frame: pl.DataFrame, wrong: pl.Series, column: Column, code: str, message: pl.Expr, findings: Findings
) -> pl.DataFrame:
    if wrong.null_count() < len(wrong):
        findings.expect(pl.col("wrong").is_not_null(), column, code, message)
        findings.settle(frame.with_columns(wrong.alias("wrong")))
    return frame


def _personal(frame: pl.DataFrame, column: Column) -> pl.DataFrame:
    """Name the kind of an identity number as the identifiers of subjects do, and write old numbers in 18 digits.

    Without a kind beside it, it is a citizen number: the 2015 tables and most of those who leave it blank mean that.
    """
    number = pl.col(column.field)
    kind = pl.lit(ID_CARD)
    if column.kind_field:
        told, raw = pl.col(column.kind_field), pl.col(f"{column.kind_field}__raw")
        known = told.replace_strict({text: kind.value for text, kind in KINDS.items()}, default=OTHER)
        kind = pl.when(raw.is_null()).then(pl.lit(ID_CARD)).otherwise(known.fill_null(OTHER))
    frame = frame.with_columns(pl.when(number.is_not_null()).then(kind).alias(f"{column.field}_kind"))
    old = number.str.contains(r"^[0-9]{15}$") & (pl.col(f"{column.field}_kind") == ID_CARD)
    olds = frame.select(pl.when(old).then(number)).to_series()
    if olds.null_count() == len(olds):
        return frame
    full, _ = values.converted(olds, lambda text: (normalize(IdentifierType.ID_CARD, text), ""), pl.String)
    return frame.with_columns(pl.coalesce(full, number).alias(column.field))
