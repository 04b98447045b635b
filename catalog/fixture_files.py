"""Reading the catalogue's YAML files into plain values; a file at fault names its entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from catalog.content import CitationContent, MeasureContent, RevisionContent
from catalog.enums import MeasureMode, MeasureTarget, Polarity

FOLDER = Path(__file__).parent / "fixtures"


def _read(path: Path) -> list[dict[str, Any]]:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list):
        raise TypeError(f"{path.name} is not a list of rows")
    return rows


def read_instruments() -> list[dict[str, Any]]:
    """Return the columns of every instrument; `confidence: check` becomes needs_check."""
    rows = []
    for row in _read(FOLDER / "instruments.yaml"):
        columns = {key: value for key, value in row.items() if key != "confidence"}
        rows.append({"needs_check": row["confidence"] != "sure", **columns})
    return rows


def read_measures() -> list[dict[str, Any]]:
    """Return the columns of every measure of the library, in order."""
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "polarity": (Polarity.DISCIPLINE if row["code"].startswith("P") else Polarity.INCENTIVE).value,
            "measure_class": row["class"],
            "target": row["target"],
            "sort": position,
        }
        for position, row in enumerate(_read(FOLDER / "measures.yaml"), start=1)
    ]


def read_entries() -> list[RevisionContent]:
    """Return the first revision of every entry, by code."""
    targets = {row["code"]: row["target"] for row in read_measures()}
    found = []
    for path in sorted((FOLDER / "entries").glob("*.yaml")):
        polarity = Polarity.DISCIPLINE if path.name.startswith("discipline") else Polarity.INCENTIVE
        for row in _read(path):
            try:
                found.append(_entry(row, polarity.value, targets))
            except (KeyError, TypeError, ValueError) as problem:
                raise ValueError(f"{path.name}: {row.get('code')}: {problem!r}") from problem
    return sorted(found, key=lambda content: content.entry_code)


def _entry(row: dict[str, Any], polarity: str, targets: dict[str, str]) -> RevisionContent:
    refs = {key: item["ref"] for key, item in row["citations"].items()}
    period = row["period"]
    return RevisionContent(
        entry_code=row["code"],
        polarity=polarity,
        domain=row["domain"],
        title=row["title"],
        cause=row["cause"],
        handling=row["handling"],
        evidence=tuple(row["evidence"]),
        subject_kinds=tuple(row["subject_kinds"]),
        initiating_units=tuple(row["initiating_units"]),
        period_kind=period["kind"],
        period_min_months=period.get("min"),
        period_max_months=period.get("max"),
        period_default_months=period.get("default"),
        period_alternative=period.get("alternative", ""),
        period_text=period.get("text", ""),
        period_needs_check=period.get("needs_check", False),
        repair_condition=row["repair"]["text"],
        repair_needs_check=row["repair"].get("needs_check", False),
        severity=row.get("severity", ""),
        is_major=row.get("is_major", False),
        group_code=row["group"],
        governed_by=row["governed_by"],
        governance_note=row.get("governance_note", ""),
        effective_from=row["effective_from"],
        citations=tuple(_citation(item) for item in row["citations"].values()),
        measures=tuple(_measure(item, refs, targets) for item in row["measures"]),
    )


def _citation(item: dict[str, Any]) -> CitationContent:
    instrument, _, article = item["ref"].partition("/")
    return CitationContent(instrument, article, item.get("needs_check", False), item.get("note", ""))


def _measure(item: dict[str, Any], refs: dict[str, str], targets: dict[str, str]) -> MeasureContent:
    """A statutory measure is touched by repair and pause only where its row says that its law does so."""
    statutory = item.get("mode") == MeasureMode.STATUTORY
    return MeasureContent(
        code=item["code"],
        content=item["content"],
        units=tuple(item["units"]),
        citations=tuple(refs[key] for key in item["cite"]),
        mode=item.get("mode", MeasureMode.FOLLOWS_LISTING.value),
        min_months=item.get("min"),
        max_months=item.get("max"),
        permanent=item.get("permanent", False),
        start=item.get("start", ""),
        exit=item.get("exit", ""),
        ends_on_repair=item.get("ends_on_repair", not statutory),
        stops_on_pause=item.get("stops_on_pause", not statutory),
        target=item.get("target", targets.get(item["code"], MeasureTarget.ENTITY.value)),
        needs_check=item.get("needs_check", False),
        note=item.get("note", ""),
    )
