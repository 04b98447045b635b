"""Keeping the settings of intake profiles: loaded where a standard is unsure, changed by two officers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from core import dated
from core.actors import Actor
from core.dated import DatedLaw
from core.intake.columns import PARTIES, Need
from core.intake.profiles import PROFILES, Profile
from core.intake.rights import SETTINGS
from core.intake.settings import IntakeSettings, Severity
from core.models import IntakeSetting
from core.problems import Violation

CODE = "CORE-13"
STANDARD_DAY = date(2018, 8, 13)  # the guiding opinion that carries the tables of 2018
STANDARD = "发改办财金〔2018〕424号附件（原表待核对）"
K = IntakeSetting.Kind
# How hard each rule is was set by this house, not by a text: officers may soften or harden it.
SEVERITIES = {"V07": "warning", "V10": "error", "V12": "error", "V15": "warning", "V16": "error"}
_RULE = re.compile(r"(?:V\d{2}|IN-\d{2})(?::\w+)?")


def load_reference(actor: Actor) -> int:
    """Load what the standards leave unsure, marked so; what officers have changed stays as it is."""
    rows = [row for profile in PROFILES.values() for row in _unsure(profile)]
    return dated.load(IntakeSetting, rows, actor=actor, act="intake.setting.load", key=("profile", "kind", "target"))


def _unsure(profile: Profile) -> Iterator[dict[str, Any]]:
    shared = {"profile": profile.code, "valid_from": STANDARD_DAY, "confidence": IntakeSetting.Confidence.UNSURE}
    for name, words in profile.vocabularies.items():
        if not words.sure:
            value = "\n".join(words.values)
            yield {**shared, "kind": K.VOCABULARY, "target": name, "value": value, "basis": words.basis or STANDARD}
    for column in profile.columns:
        if column.length and not column.sure:
            yield {**shared, "kind": K.LENGTH, "target": column.code, "value": str(column.length), "basis": STANDARD}
    for code, severity in SEVERITIES.items():
        yield {**shared, "kind": K.SEVERITY, "target": code, "value": severity, "basis": "平台约定，待主管部门核定"}


def kept(profile: Profile, day: date) -> dict[str, Any]:
    """Return what the rows in force on the day say, as arguments of `IntakeSettings`."""
    lengths: dict[str, int] = {}
    required: dict[str, dict[str, Need]] = {}
    words: dict[str, tuple[str, ...]] = {}
    severities: dict[str, Severity] = {}
    for row in reversed(IntakeSetting.objects.on(day).filter(profile=profile.code)):  # the newest has the last word
        if row.kind == K.LENGTH:
            lengths[row.target] = int(row.value)
        elif row.kind == K.REQUIRED:
            required[row.target] = needs(row.value)
        elif row.kind == K.VOCABULARY:
            words[row.target] = tuple(row.value.split("\n"))
        else:
            severities[row.target] = cast(Severity, row.value)
    return {"lengths": lengths, "required": required, "vocabularies": words, "severities": severities}


def needs(text: str) -> dict[str, Need]:
    """Read `R`, or `F=R,G=O,Z=-`; ValueError for anything else."""
    if text in {"R", "O", "-"}:
        return {"": cast(Need, text)}
    found: dict[str, Need] = {}
    for part in text.split(","):
        party, _, need = part.strip().partition("=")
        if party not in PARTIES or need not in {"R", "O", "-"}:
            raise ValueError(text)
        found[party] = cast(Need, need)
    return found


def _violations(row: IntakeSetting) -> list[Violation]:
    profile = PROFILES.get(row.profile)
    if profile is None:
        return [Violation(CODE, "没有这个导入模板", "profile", f"可用：{'、'.join(PROFILES)}")]
    codes = {column.code for column in profile.columns}
    if row.kind == K.VOCABULARY:
        row.value = "\n".join(line.strip() for line in row.value.splitlines() if line.strip())
        known, sound = row.target in profile.vocabularies, bool(row.value)
        remedy = f"对象填选项名：{'、'.join(profile.vocabularies)}；取值每行一个"
    elif row.kind == K.LENGTH:
        known, sound = row.target in codes, row.value.isascii() and row.value.isdigit() and 0 < int(row.value) <= 20_000
        remedy = "对象填列代码，取值填 1 至 20000 的整数"
    elif row.kind == K.REQUIRED:
        known, sound = row.target in codes, _is_needs(row.value)
        remedy = "对象填列代码，取值填 R、O、- 或 F=R,G=O,Z=-"
    else:
        _, _, column = row.target.partition(":")
        known = bool(_RULE.fullmatch(row.target)) and (not column or column in codes)
        sound = row.value in {"error", "warning"}
        remedy = "对象填规则编号，或“规则编号:列代码”；取值填 error 或 warning"
    found = [] if known else [Violation(CODE, f"模板中没有“{row.target[:60]}”", "target", remedy)]
    return found if sound else [*found, Violation(CODE, "取值不符合这类设置", "value", remedy)]


def _is_needs(text: str) -> bool:
    try:
        return bool(needs(text))
    except ValueError:
        return False


LAW = DatedLaw(
    model=IntakeSetting,
    keys=("profile", "kind", "target"),
    noun="导入模板设置",
    permission=SETTINGS,
    act="intake.setting",
    event="intake.setting_confirmed",
    code=CODE,
    second="由另一名有权维护导入模板的人员复核",
    check=_violations,
    tell=lambda row: {"profile": row.profile, "kind": row.kind, "target": row.target},
)


def settings_on(profile: Profile, today: date, on_time_since: date | None) -> IntakeSettings:
    """Return what rules a reading on this day."""
    return IntakeSettings(today=today, on_time_since=on_time_since, **kept(profile, today))
