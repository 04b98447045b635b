"""Filling the ledger, drawing samples, comparing records with their documents: the only writers of quality facts."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import CharField, F, Func, QuerySet, Value

from core import clock
from core.actors import Actor, acting
from core.masking import no_personal_numbers
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from organizations.models import Organization
from publicity.enums import RecordKind, State
from publicity.models import LedgerCount, Licence, Penalty, QualitySample, SampledRecord
from publicity.models.quality import of_units

FILL, SAMPLE, COMPARE = "publicity.quality.fill", "publicity.quality.sample", "publicity.quality.compare"
MODELS: Mapping[str, Any] = {RecordKind.LICENCE.value: Licence, RecordKind.PENALTY.value: Penalty}
LARGEST_SAMPLE = 500


class DrawOrder(Func):
    """SHA-256 of seed and public id: the order of a draw that anyone can recompute."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    arg_joiner = " || "
    output_field = CharField()


def fill_ledger(
    *, actor: Actor, unit: Organization, kind: str, month: date, decisions: int, reason: str = ""
) -> LedgerCount:
    """Keep how many decisions the unit took in a month; a correction needs a reason. QLT-10 to QLT-12."""
    require(actor, FILL)
    month = month.replace(day=1)
    found = []
    if not Organization.objects.filter(of_units(actor), pk=unit.pk).exists():
        found.append(Violation("QLT-10", f"{unit.name}不在本岗位的范围内", "unit", "由该单位填报"))
    if month > clock.today():
        found.append(Violation("QLT-11", "不能填报还没有开始的月份", "month", "选择本月或者更早的月份"))
    refuse(found)
    with acting(actor, "quality.ledger", reason=reason):
        row = (
            LedgerCount.objects.select_for_update()
            .filter(unit=unit, kind=kind, span=LedgerCount.Span.MONTH, on=month, source=LedgerCount.Source.UNIT)
            .first()
        )
        if row is None:
            return LedgerCount.objects.create(
                unit=unit, kind=kind, on=month, decisions=decisions, filled_by_label=actor.label
            )
        if row.decisions != decisions:
            if not reason.strip():
                words = f"本月已填报 {row.decisions} 件，更正须写明理由"
                refuse([Violation("QLT-12", words, "reason", "写明为什么更正")])
            row.decisions, row.filled_by_label, row.recorded_at = decisions, actor.label, clock.now()
            row.save(update_fields=["decisions", "filled_by_label", "recorded_at"])
        return row


def take_platform_counts(*, actor: Actor, kind: str, counts: Iterable[tuple[Organization, date, int]]) -> int:
    """Keep what the power platform counted per unit and day; the same count again changes nothing."""
    require(actor, FILL)
    rows = [
        LedgerCount(
            unit=unit,
            kind=kind,
            span=LedgerCount.Span.DAY,
            on=day,
            decisions=number,
            source=LedgerCount.Source.PLATFORM,
            filled_by_label=actor.label,
        )
        for unit, day, number in counts
    ]
    keys = {(row.unit_id, row.on): row for row in rows}
    with acting(actor, "quality.ledger"):
        known = LedgerCount.objects.select_for_update().filter(
            kind=kind,
            span=LedgerCount.Span.DAY,
            source=LedgerCount.Source.PLATFORM,
            unit__in={row.unit_id for row in rows},
            on__in={row.on for row in rows},
        )
        changed = []
        for row in known:
            fresh = keys.pop((row.unit_id, row.on), None)
            if fresh is not None and fresh.decisions != row.decisions:
                row.decisions, row.recorded_at = fresh.decisions, clock.now()
                changed.append(row)
        LedgerCount.objects.bulk_update(changed, ["decisions", "recorded_at"])
        LedgerCount.objects.bulk_create(keys.values())
    return len(changed) + len(keys)


def population(kind: str, month: date, unit: Organization | None, actor: Actor) -> QuerySet[Any]:
    """Return the passed records of a month that may be drawn, as far as the actor's units go."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    rows = MODELS[kind].objects.filter(
        of_units(actor, "unit"), state=State.PASSED, decided_on__gte=month, decided_on__lt=following
    )
    return rows.filter(unit=unit) if unit is not None else rows


def draw_sample(*, actor: Actor, kind: str, month: date, size: int, unit: Organization | None = None) -> QualitySample:
    """Draw passed records of a month at random, fewer where there are fewer; the seed makes the draw checkable."""
    require(actor, SAMPLE)
    month, seed = month.replace(day=1), secrets.token_hex(16)
    rows = population(kind, month, unit, actor)
    number = rows.count()
    found = []
    if unit is None and not actor.may("publicity.record.see_all"):
        found.append(Violation("QLT-13", "请选择被抽查的单位", "unit", "从本县区的单位中选择"))
    if not number:
        found.append(Violation("QLT-14", "该月没有已公示的记录可以抽查", "month", "换一个月份或者单位"))
    if not 1 <= size <= LARGEST_SAMPLE:
        found.append(Violation("QLT-15", f"每次抽取 1 至 {LARGEST_SAMPLE} 条", "size", "分几次抽取"))
    refuse(found)
    drawn = rows.annotate(order=DrawOrder(Value(seed), F("public_id"))).order_by("order")[:size]
    with acting(actor, "quality.draw"):
        sample = QualitySample.objects.create(
            kind=kind,
            month=month,
            unit=unit,
            population=number,
            size=min(size, number),
            seed=seed,
            drawn_on=clock.today(),
            drawn_by_label=actor.label,
        )
        SampledRecord.objects.bulk_create(
            SampledRecord(sample=sample, rank=rank, unit_id=row.unit_id, **{kind: row})
            for rank, row in enumerate(drawn, 1)
        )
    return sample


def record_comparison(*, actor: Actor, sampled: SampledRecord, columns: Iterable[str], note: str = "") -> SampledRecord:
    """Keep what a comparison with the document showed; no column named means that both say the same. QLT-16, QLT-17."""
    require(actor, COMPARE)
    if not QualitySample.objects.visible_to(actor).filter(pk=sampled.sample_id).exists():
        raise NotFound("该抽查记录")
    with acting(actor, "quality.compare"):
        row = (
            SampledRecord.objects.select_for_update(of=("self",))
            .select_related("licence", "penalty")
            .get(pk=sampled.pk)
        )
        found = no_personal_numbers(note, "note")
        if row.result:
            found.append(
                Violation("QLT-16", f"{row.compared_by_label}已于{row.compared_on}比对", remedy="无需重复比对")
            )
        if actor.key in {row.record.checked_by_key, row.record.passed_by_key}:
            words = "办理或者审核过这条记录的人员不能比对它"
            found.append(Violation("QLT-17", words, remedy="由其他人员比对"))
        refuse(found)
        row.columns = sorted(set(columns))
        row.result = SampledRecord.Result.DIFFERS if row.columns else SampledRecord.Result.IDENTICAL
        row.note, row.compared_on = note, clock.today()
        row.compared_by_key, row.compared_by_label = actor.key, actor.label
        row.save(update_fields=["result", "columns", "note", "compared_on", "compared_by_key", "compared_by_label"])
    return row
