"""Profiles: one declaration gives template, validator, REST schema, error texts and documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.intake.columns import Column, CrossRule, Layout, Vocabulary
from core.problems import Problem

IDENTITY = "identity"  # the pseudo-field of a natural key: the first identifier that the row has


@dataclass(frozen=True)
class Profile:
    """A kind of table that units report. A new one is declared and registered; no other code changes."""

    code: str
    title: str
    version: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    target: str
    party_column: str | None = None
    identity: tuple[str, ...] = ()
    layouts: tuple[Layout, ...] = ()
    rules: tuple[CrossRule, ...] = ()
    vocabularies: Mapping[str, Vocabulary] = field(default_factory=dict)
    note: str = ""
    reported_within: str = ""  # the time-limit rule after whose last day a report is late (V07)

    @property
    def decision_field(self) -> str:
        """Return the field of the day on which the fact was decided, or nothing."""
        return "decided_on" if "decided_on" in self.fields else ""

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the typed columns of a chunk, in the order of the standard."""
        return tuple(column.field for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column of this field or code; KeyError where there is none."""
        for column in self.columns:
            if name in (column.field, column.code):
                return column
        raise KeyError(name)

    def problems(self) -> list[str]:
        """Return what is wrong with the declaration itself: a profile is checked when it is registered."""
        known = set(self.fields)
        found = [f"field {name} twice" for name in known if self.fields.count(name) > 1]
        named = [*self.key, *self.identity, *([self.party_column] if self.party_column else [])]
        found += [f"no field {name}" for name in named if name not in known | {IDENTITY}]
        found += [
            f"no column {rule.column}" for rule in self.rules if rule.column not in {c.code for c in self.columns}
        ]
        for column in self.columns:
            if column.vocabulary and column.vocabulary not in self.vocabularies:
                found.append(f"{column.code}: no vocabulary {column.vocabulary}")
            if column.kind_field and column.kind_field not in known:
                found.append(f"{column.code}: no field {column.kind_field}")
        for layout in self.layouts:
            found += [f"{layout.code}: no field {name}" for name in layout.names.values() if name not in known]
        return found


PROFILES: dict[str, Profile] = {}


def register(profile: Profile) -> None:
    """Make a profile known; called from `AppConfig.ready`. Raises ValueError for a declaration that contradicts itself."""
    if found := profile.problems():
        raise ValueError(f"profile {profile.code}: {'; '.join(found)}")
    PROFILES[profile.code] = profile


def profile(code: str) -> Profile:
    """Return the profile; Problem IN-01 names those there are."""
    found = PROFILES.get(code)
    if found is None:
        known = "、".join(f"{one.code}（{one.title}）" for one in PROFILES.values())
        raise Problem("IN-01", f"没有名为“{code[:40]}”的导入模板", status=404, field="profile", remedy=f"可用：{known}")
    return found
