"""Reference data from the readable files, three-way: what the file says, what was last loaded, what the row says now.

A row is written only where it is missing, or where the file changed and nobody edited the row since. An officer's edit
is never overwritten: the row is left and reported. Rows that left the files stay.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import models

from core.problems import Problem
from organizations.models import ReferenceRow


@dataclass(slots=True)
class LoadReport:
    """What a load did, per kind of row, and what it left to officers."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return self.created.total() + self.updated.total()

    def __str__(self) -> str:
        lines = [
            f"新建 {self.created.total()}，更新 {self.updated.total()}，未变 {self.unchanged.total()}，保留 {len(self.left)}"
        ]
        return "\n".join([*lines, *self.left, *self.gone])


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a file: its key for the reader, how it is found in the table, and its values by column."""

    key: str
    identity: Mapping[str, Hashable]
    values: Mapping[str, Any]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def digest_of(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Loader:
    """Carries one load: reads a file, settles every row of a kind against the table in a fixed number of statements."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.report = LoadReport()
        self.seen: dict[str, set[str]] = defaultdict(set)

    def read(self, name: str) -> list[dict[str, Any]]:
        """Return the entries of a file; a Problem ORG-30 names the file and line that cannot be read."""
        path = self.directory / f"{name}.yaml"
        try:
            entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise Problem(
                "ORG-30", f"参考数据 {path.name} 读不出来：{error}", remedy="由系统管理员改正文件后重新载入"
            ) from error
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise Problem("ORG-30", f"参考数据 {path.name} 应为条目列表", remedy="由系统管理员改正文件后重新载入")
        return entries

    def settle(self, kind: str, model: type[models.Model], rows: Sequence[Row]) -> dict[str, int]:
        """Bring the rows of one kind into the table and return their primary keys by key."""
        known = {mark.key: mark for mark in ReferenceRow.objects.filter(kind=kind)}
        manager = model._default_manager
        by_pk = manager.select_for_update().in_bulk([mark.object_pk for mark in known.values()])
        strangers = self._strangers(model, [row for row in rows if row.key not in known])
        fresh: list[tuple[Row, dict[str, Any], models.Model]] = []
        edited: list[models.Model] = []
        marks: list[ReferenceRow] = []
        placed: dict[str, int] = {}
        for row in rows:
            plain = {column: _plain(value) for column, value in row.values.items()}
            mark, present = known.get(row.key), None
            if mark is None:
                present = strangers.get(tuple(row.identity.values()))
                if present is None:
                    fresh.append((row, plain, model(**row.identity, **row.values)))
                    continue
                self.report.left.append(f"{kind} {row.key}：已由人员建立，未载入")
            else:
                present = by_pk.get(mark.object_pk)
                if present is not None and self._settle_known(kind, row, plain, mark, present):
                    edited.append(present)
                    marks.append(mark)
            if present is None:
                self.report.left.append(f"{kind} {row.key}：记录已由人员删除，未恢复")
            else:
                placed[row.key] = present.pk
        self.seen[kind].update(row.key for row in rows)
        self._write(kind, model, fresh, edited, marks)
        placed.update((row.key, made.pk) for row, _, made in fresh)
        return placed

    def _strangers(self, model: type[models.Model], rows: Sequence[Row]) -> dict[tuple[Hashable, ...], models.Model]:
        """Return rows that exist though no load made them, by identity."""
        if not rows:
            return {}
        columns = list(rows[0].identity)
        return {tuple(getattr(found, column) for column in columns): found for found in model._default_manager.all()}

    def _settle_known(
        self, kind: str, row: Row, plain: dict[str, Any], mark: ReferenceRow, present: models.Model
    ) -> bool:
        """Apply a changed entry to a row nobody edited, in memory; True where it must be written."""
        if mark.digest == digest_of(plain):
            self.report.unchanged[kind] += 1
            return False
        now = {column: _plain(getattr(present, column)) for column in mark.values}
        if now == plain:
            changes = False
        elif now != mark.values:
            self.report.left.append(f"{kind} {row.key}：载入后经人员修改，文件的改动未采用")
            return False
        else:
            changes = True
            for column, value in row.values.items():
                setattr(present, column, value)
        mark.values, mark.digest = plain, digest_of(plain)
        self.report.updated[kind] += changes
        self.report.unchanged[kind] += not changes
        if not changes:
            mark.save(update_fields=["values", "digest"])
        return changes

    def _write(
        self,
        kind: str,
        model: type[models.Model],
        fresh: Sequence[tuple[Row, dict[str, Any], models.Model]],
        edited: Sequence[Any],
        marks: Sequence[ReferenceRow],
    ) -> None:
        manager = model._default_manager
        if fresh:
            manager.bulk_create([made for _, _, made in fresh])
            ReferenceRow.objects.bulk_create(
                ReferenceRow(kind=kind, key=row.key, object_pk=made.pk, values=plain, digest=digest_of(plain))
                for row, plain, made in fresh
            )
            self.report.created[kind] += len(fresh)
        if edited:
            columns = sorted({column for mark in marks for column in mark.values})
            manager.bulk_update(edited, columns)
            ReferenceRow.objects.bulk_update(marks, ["values", "digest"])

    def finish(self) -> LoadReport:
        """Report rows that left the files; they stay in the tables."""
        for kind, key in ReferenceRow.objects.filter(kind__in=self.seen).values_list("kind", "key").order_by("id"):
            if key not in self.seen[kind]:
                self.report.gone.append(f"{kind} {key}：文件中已没有，数据保留")
        return self.report
