"""Finding the header of a table as people send it, and which column each of its cells means.

Compared after NFKC, without blanks and punctuation, without `(必填)` and the like; a column answers to its header, its
aliases, its column code, and the part of its header inside or outside of brackets where that is unambiguous.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.intake.columns import Column, ColumnType, Layout
from core.intake.profiles import Profile

SEARCHED_ROWS = 30
EXPLANATION = re.compile(r"表格说明|填表说明|填写说明|填报说明|导入说明")
_MARKS = re.compile(r"[(\[【](?:必填项?|选填项?|必录|可选|非必填|必须填写|条件必填)[^)\]】]*[)\]】]|^\*+|\*+$|[:]$")
_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff、,，。.;；:_\-—*/\"'“”‘’|]+")
_BRACKETS = re.compile(r"[(\[【<《{](.*?)[)\]】>》}]")
_UNIT = re.compile(r"[(\[【](?:单位)?[:]?(万元|元|千元|亿元)(?:人民币)?[)\]】]")
# What one unit is in 万元: a header that counts in yuan must never be read as one that counts in ten thousands.
SCALES = {"万元": Decimal(1), "元": Decimal("0.0001"), "千元": Decimal("0.1"), "亿元": Decimal(10000)}
ENOUGH = 3  # recognised cells that make a row a header
FEWEST_SHARE = 0.5  # of a header's cells that must be recognised before the file is taken for this profile


def plain(text: str) -> str:
    """Return the header as it is compared: width, case, blanks, punctuation and `(必填)` no longer count."""
    folded = unicodedata.normalize("NFKC", text).strip()
    return _NOISE.sub("", _BRACKETS.sub(r"(\1)", _MARKS.sub("", folded))).casefold()


def unit_of(text: str) -> str:
    """Return the unit that a header states in brackets, or nothing."""
    found = _UNIT.search(unicodedata.normalize("NFKC", text).replace(" ", ""))
    return found.group(1) if found else ""


def _without_unit(text: str) -> str:
    return _UNIT.sub("", unicodedata.normalize("NFKC", text))


class Names:
    """Every spelling under which the fields of one layout are known."""

    def __init__(self, pairs: Iterable[tuple[str, str, bool]]) -> None:
        """Take (spelling, field, whether it states an amount); parts of a header count only where one field has them."""
        self.fields: dict[str, str] = {}
        parts: dict[str, set[str]] = {}
        for text, name, amount in pairs:
            spelling = _without_unit(text) if amount else text
            self.fields.setdefault(plain(spelling), name)
            for part in _parts(spelling):
                parts.setdefault(part, set()).add(name)
        for part, names in parts.items():
            if len(names) == 1 and part not in self.fields:
                self.fields[part] = next(iter(names))

    def find(self, text: str | None) -> str | None:
        """Return the field that a header cell means."""
        if not text or len(text) > 200:
            return None
        return self.fields.get(plain(text)) or self.fields.get(plain(_without_unit(text)))


def _parts(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text)
    inner = [plain(part) for part in _BRACKETS.findall(folded)]
    outer = plain(_BRACKETS.sub("", folded))
    return [part for part in [*inner, outer] if len(part) > 1 and part != plain(text)]


@dataclass(frozen=True)
class Header:
    """What was found at the top of a table."""

    layout: str  # "" for the profile's own columns
    rows: tuple[int, ...]  # positions of the header rows among those searched
    fields: Mapping[int, str]  # place of the column → field
    scales: Mapping[str, Decimal] = field(default_factory=dict)  # field → factor to 万元
    ignored: tuple[str, ...] = ()  # header cells that mean nothing to the profile
    cells: tuple[str, ...] = ()  # the header as the file writes it
    doubled: tuple[str, ...] = ()  # headers that mean a column already taken
    share: float = 0.0


def names_of(profile: Profile) -> dict[str, Names]:
    """Return the spellings of each layout; the profile's own columns come first, under the empty name."""
    amounts = {column.field for column in profile.columns if column.type is ColumnType.AMOUNT}
    found = {"": Names((text, c.field, c.field in amounts) for c in profile.columns for text in spellings(c))}
    for layout in profile.layouts:
        found[layout.code] = Names((text, name, name in amounts) for text, name in layout.names.items())
    return found


def spellings(column: Column) -> tuple[str, ...]:
    """Return what a column may be called."""
    return (column.header, column.code, *column.aliases)


def layout_of(profile: Profile, code: str) -> Layout | None:
    """Return the layout with this code; None for the profile's own columns."""
    return next((layout for layout in profile.layouts if layout.code == code), None)


def find(profile: Profile, rows: Sequence[Sequence[str | None]]) -> Header | None:
    """Return the best header among the first rows, or None where no row looks like one."""
    best: Header | None = None
    for code, names in names_of(profile).items():
        layout = layout_of(profile, code)
        for place in range(min(len(rows), SEARCHED_ROWS)):
            found = _at(names, code, layout, rows, place)
            if found and (best is None or len(found.fields) > len(best.fields)):
                best = found
    return best


def _at(
    names: Names, code: str, layout: Layout | None, rows: Sequence[Sequence[str | None]], place: int
) -> Header | None:
    """Read the row as a header, alone or as the upper of two rows that only together name the columns."""
    if any(EXPLANATION.search(cell or "") for cell in rows[place]):
        return None
    alone = [names.find(cell) for cell in rows[place]]
    if len({name for name in alone if name}) >= ENOUGH:
        return _second(names, _header(code, layout, rows[place], alone, (place,)), layout, rows, place)
    if place + 1 >= len(rows):
        return None
    return _second(names, None, layout, rows, place, code)


def _second(
    names: Names,
    alone: Header | None,
    layout: Layout | None,
    rows: Sequence[Sequence[str | None]],
    place: int,
    code: str = "",
) -> Header | None:
    """Take the row below in as well: as a repetition in codes, or as the lower half of a header in two rows."""
    if place + 1 >= len(rows):
        return alone
    upper, lower = _filled(rows[place]), rows[place + 1]
    below = [names.find(cell) for cell in lower]
    known = {name for name in below if name}
    if alone is not None and not known:
        return alone
    code = alone.layout if alone else code
    pairs = [_named(names, rows[place], upper, lower, at) for at in range(max(len(upper), len(lower)))]
    cells, fields = [text for text, _ in pairs], [name for _, name in pairs]
    both = len({name for name in fields if name})
    if both < ENOUGH or (alone is None and both <= len(known)):
        return alone  # a title above a header adds nothing to it
    if alone is not None and both <= len(alone.fields) and len(known) * 2 < len([cell for cell in lower if cell]):
        return alone
    return _header(code, layout, cells, fields, (place, place + 1))


def _named(
    names: Names, row: Sequence[str | None], groups: Sequence[str | None], lower: Sequence[str | None], at: int
) -> tuple[str, str | None]:
    """Return the text and the field of one column under a header in two rows: group and name, name, or upper cell."""
    up, group, down = (cells[at] if at < len(cells) else None for cells in (row, groups, lower))
    joined = f"{group}{down}" if group and down else None
    for text in (joined, down, up):
        if text and (name := names.find(text)):
            return (up if up and names.find(up) == name else text), name
    return down or up or "", None


def _filled(row: Sequence[str | None]) -> list[str | None]:
    """Spread the title of a group over the blank cells to its right, as a merged cell shows it."""
    found: list[str | None] = []
    for cell in row:
        found.append(cell or (found[-1] if found else None))
    return found


def _header(
    code: str,
    layout: Layout | None,
    cells: Sequence[str | None],
    names: Sequence[str | None],
    rows: tuple[int, ...],
) -> Header:
    fields: dict[int, str] = {}
    scales: dict[str, Decimal] = {}
    doubled: list[str] = []
    ignored: list[str] = []
    unneeded = {plain(text) for text in layout.ignored} if layout else set()
    recognised = 0
    for place, (cell, name) in enumerate(zip(cells, names, strict=True)):
        if name is None:
            if cell and cell.strip():
                recognised += plain(cell) in unneeded
                ignored += [] if plain(cell) in unneeded else [cell.strip()]
            continue
        recognised += 1
        if name in fields.values():
            doubled.append((cell or "").strip())
            continue
        fields[place] = name
        if unit := unit_of(cell or ""):
            scales[name] = SCALES[unit]
    written = [cell for cell in cells if cell and cell.strip()]
    share = recognised / len(written) if written else 0.0
    return Header(
        code, rows, fields, scales, tuple(ignored), tuple(cell or "" for cell in cells), tuple(doubled), share
    )
