"""What a profile says, for people and for machines: its page in the documents, and the schema of one row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.intake.columns import PARTIES, Column, ColumnType
from core.intake.profiles import Profile

NEEDS = {"R": "R", "O": "O", "-": "—"}
_FORMATS = {ColumnType.DATE: "date YYYY/MM/DD", ColumnType.AMOUNT: "decimal, 万元", ColumnType.INTEGER: "integer"}


def json_schema(profile: Profile) -> dict[str, Any]:
    """Return the JSON Schema of one row as the interface takes it, by column code.

    Every value may also be written as text in the forms that files contain, so that only the checks of the profile
    judge it: a row is answered for, never lost to a parser.
    """
    properties = {column.code: _property(profile, column) for column in profile.columns}
    required = [column.code for column in profile.columns if column.required == "R"]
    return {"type": "object", "title": profile.title, "properties": properties, "required": required}


def _property(profile: Profile, column: Column) -> dict[str, Any]:
    said = "；".join(part for part in (column.header, column.note) if part)
    found: dict[str, Any] = {"type": ["string", "null"], "description": said}
    if column.type in {ColumnType.AMOUNT, ColumnType.INTEGER}:
        found["type"] = ["number", "string", "null"]
    if column.length:
        found["maxLength"] = column.length
    if column.vocabulary:
        found["description"] = f"{said}（{'、'.join(profile.vocabularies[column.vocabulary].values)}）"
    if column.example:
        found["examples"] = [column.example]
    return found


def page(profiles: Iterable[Profile]) -> str:
    """Return the Markdown page about all profiles: columns, vocabularies, conditions and recognised layouts."""
    parts = [
        "# Intake profiles\n\nDeclared in `publicity/profiles.py` and `subjects/profiles.py`; template, checks, schema and "
        "this page come from the declaration. F = 法人及非法人组织, G = 个体工商户, Z = 自然人; R required, O optional, — blank. "
        "`?` marks what the standard leaves unsure: officers keep it as dated rows of `core.IntakeSetting`. "
        "Headers are compared without width, blanks, punctuation and `(必填)`; aliases and column codes are headers too.\n"
    ]
    for profile in profiles:
        parts.append(f"\n## {profile.title} (`{profile.code}`, {profile.version})\n\n")
        parts.append(f"{profile.note}\n\n" if profile.note else "")
        parts.append(
            _table(("column", "code", "type", "length", *PARTIES, "aliases", "note"), map(_row, profile.columns))
        )
        parts += [_vocabularies(profile), _conditions(profile), _layouts(profile)]
    return "".join(parts)


def _row(column: Column) -> tuple[str, ...]:
    length = f"{column.length}{'' if column.sure else ' ?'}" if column.length else ""
    kind = _FORMATS.get(column.type, column.type.value)
    needs = (NEEDS[column.need(party)] for party in PARTIES)
    header = column.header + ("" if column.standard else " (extra)")
    return (header, f"`{column.code}`", kind, length, *needs, "、".join(column.aliases), column.note)


def _vocabularies(profile: Profile) -> str:
    if not profile.vocabularies:
        return ""
    rows = (
        (
            f"{vocabulary.title}{'' if vocabulary.sure else ' ?'}",
            "、".join([*vocabulary.values, *([f"{vocabulary.open_prefix}…"] if vocabulary.open_prefix else [])]),
            "、".join(f"{text} → {word}" for text, word in vocabulary.synonyms.items()),
            vocabulary.basis,
        )
        for vocabulary in profile.vocabularies.values()
    )
    return "\n" + _table(("vocabulary", "values", "also written", "basis"), rows)


def _conditions(profile: Profile) -> str:
    rows = ((rule.code, f"`{rule.column}`", rule.message, rule.severity) for rule in profile.rules)
    return "\n" + _table(("rule", "column", "says", "severity"), rows) if profile.rules else ""


def _layouts(profile: Profile) -> str:
    parts = []
    for layout in profile.layouts:
        names = "、".join(f"`{name}`" for name in layout.names if name.isascii())
        parts.append(f"\nAlso recognised: {layout.title}: {names}.\n")
    return "".join(parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(head)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |\n" for line in lines)
