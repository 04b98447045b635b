"""What a profile says about one column: its names, its type, who must fill it, and what may stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import polars as pl

Need = Literal["R", "O", "-"]  # required, optional, must be blank
PARTIES: Mapping[str, str] = {"F": "法人及非法人组织", "G": "个体工商户", "Z": "自然人"}
LONG_TERM = "2099/12/31"  # how the standard writes 长期


class ColumnType(StrEnum):
    """How the text of a cell becomes a value."""

    TEXT = "文本"
    DATE = "日期"
    AMOUNT = "金额（万元）"
    CODE = "代码"
    CHOICE = "选项"
    INTEGER = "整数"
    PERSONAL = "证件号码"


class Check(StrEnum):
    """The arithmetic that a code obeys."""

    PARTY = "party"  # social credit code of the party, with the placeholder and the prefix of its category
    BODY = "body"  # social credit code of a public body
    USCC = "uscc"
    ORG_CODE = "org_code"
    NAME = "name"  # the name of a party: no test data, no stray characters
    PERSONAL = "personal"  # an identity number by the kind that another column names


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a profile. `field` names the typed column of a chunk; `code` names it in errors and in JSON."""

    code: str
    header: str
    field: str
    type: ColumnType = ColumnType.TEXT
    length: int | None = None
    aliases: tuple[str, ...] = ()
    required: Mapping[str, Need] | Need = "O"
    vocabulary: str | None = None
    several: bool = False  # a choice of several values joined with ;
    scan: bool = False  # free text in which V15 looks for personal numbers
    note: str = ""
    example: str = ""
    long_term: bool = False  # 长期 and 2099/12/31 are accepted
    check: Check | None = None
    kind_field: str = ""  # for identity numbers: the field that holds the kind of document
    sure: bool = True  # whether the standard was seen to say so; what is unsure is loaded as an editable row
    standard: bool = True  # whether the template shows it; the others are recognised when they come

    def need(self, party: str) -> Need:
        """Return what the declaration asks of this party."""
        if isinstance(self.required, str):
            return self.required
        return self.required.get(party, "O")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The values a choice may take; `open_prefix` begins a value that names something else (其他-补办)."""

    name: str
    title: str
    values: tuple[str, ...]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    open_prefix: str = ""
    basis: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class CrossRule:
    """A condition over several columns; `broken` is true for the rows that break it (null counts as kept).

    The expression reads typed columns by field name, and `today`. A field that the file's layout lacks is null.
    """

    code: str
    column: str
    message: str
    broken: pl.Expr
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class Derived:
    """A field that a layout does not carry and that follows from those it does."""

    field: str
    value: pl.Expr


@dataclass(frozen=True, slots=True)
class Layout:
    """Another set of headers under which the same facts come: header or column code → field.

    `absent` are the fields that this layout never had, or never asked for: they are not required of it.
    """

    code: str
    title: str
    names: Mapping[str, str]
    absent: frozenset[str] = frozenset()
    derived: tuple[Derived, ...] = ()
    ignored: tuple[str, ...] = ()  # headers that belong to the layout and carry nothing to keep
