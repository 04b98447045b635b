"""The lot for experts in two steps: a round is committed with its digest, then drawn as committed.

The calling service checks who may, and that the matter is still being studied; it is in its act already.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from core import outbox
from core.problems import Violation, refuse
from core.text import normalize_name
from organizations.models import Expert, Organization
from organizations.selectors import expert_pool
from sanctions import drawing
from sanctions.models import Draw, Seat
from subjects.models import Identifier, Subject, SubjectName

D = TypeVar("D", bound=Draw)
Candidates = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Lot:
    """One kind of draw: `matter` is the column of what experts are drawn for; its rule codes, basis and events.

    short: nothing is wanted, or more than the pool has; turn: the round before is open, or this one is drawn.
    """

    draws: type[Draw]
    seats: type[Seat]
    matter: str
    short: str
    turn: str
    basis: str
    committed: str
    revealed: str

    def wanted(self, demand: Mapping[str, int]) -> dict[str, int]:
        """Return how many experts of which field are wanted; refused where it is none."""
        found = {field: int(count) for field, count in demand.items() if int(count) > 0}
        if not found:
            refuse([Violation(self.short, "没有填写需要的专业和人数", "demand", "至少一个专业一名专家")])
        return found


def candidates(
    *,
    fields: Collection[str],
    on: date,
    units: Collection[Organization],
    subjects: Collection[Subject],
    seated: Collection[str],
) -> tuple[Candidates, Candidates]:
    """Return who may be drawn, and who may not with the reason; `seated`: keys of those drawn in an earlier round."""
    codes = [subject.public_id for subject in subjects]
    numbers = Identifier.objects.filter(subject__in=subjects, value__isnull=False).values_list("value", flat=True)
    codes += [number for number in numbers if number]
    names = set(SubjectName.objects.filter(subject__in=subjects).values_list("norm", flat=True))
    pool: Candidates = []
    excluded: Candidates = []
    for row in expert_pool(fields=fields, on=on, units=units, subject_codes=codes):
        entry = {"expert": row.expert.public_id, "name": row.expert.name, "fields": list(row.fields)}
        because = row.excluded_because
        if not because and normalize_name(row.expert.employer) in names:
            because = "任职于当事主体"
        if not because and normalize_name(row.expert.name) in names:
            because = "与当事人同名，须核实是否本人"
        if not because and row.expert.public_id in seated:
            because = "前一轮已抽中"
        (excluded if because else pool).append({**entry, "reason": because} if because else entry)
    return pool, excluded


def commit(
    lot: Lot, matter: Any, *, wanted: Mapping[str, int], pool: Candidates, excluded: Candidates, on: date
) -> Any:
    """Fix pool and seed of the next round and publish their digest; refused where the pool cannot fill the demand."""
    rounds = lot.draws._default_manager.filter(**{lot.matter: matter})
    if rounds.filter(drawn_on__isnull=True).exists():
        refuse([Violation(lot.turn, "上一轮抽取尚未完成", remedy="先完成抽取")])
    seed = secrets.token_hex(32)
    _, short = drawing.draw(wanted, pool, seed)
    if short:
        wrong = f"可抽取的专家不足：{'、'.join(short)}（{len(excluded)} 人需回避或已抽中）"
        refuse([Violation(lot.short, wrong, "demand", "由联席办补充专家库，或调整专业与人数", lot.basis)])
    number = rounds.count() + 1
    prepared = lot.draws(
        **{lot.matter: matter},
        round=number,
        demand=dict(wanted),
        pool=pool,
        excluded=excluded,
        seed=seed,
        digest=drawing.digest_of(number, wanted, pool, seed),
    )
    prepared.save()
    outbox.emit(lot.committed, prepared, on=on, payload={"digest": prepared.digest, "candidates": len(pool)})
    return prepared


def reveal(lot: Lot, draw: D, *, on: date) -> tuple[D, list[Any]]:
    """Draw the round as committed, once: names follow from pool and seed, and are announced with the seed."""
    kept: D = type(draw)._default_manager.select_for_update(of=("self",)).get(pk=draw.pk)
    if kept.drawn_on is not None:
        refuse([Violation(lot.turn, f"本轮已于 {kept.drawn_on} 抽取", remedy="刷新页面查看抽中名单")])
    kept.selected, _ = drawing.draw(kept.demand, kept.pool, kept.seed)
    kept.drawn_on = on
    kept.save(update_fields=["selected", "drawn_on"])
    experts = Expert.objects.in_bulk([row["expert"] for row in kept.selected], field_name="public_id")
    common: dict[str, Any] = {f"{lot.matter}_id": getattr(kept, f"{lot.matter}_id"), "draw": kept}
    seats = lot.seats._default_manager.bulk_create(
        lot.seats(**common, **{"expert": experts[row["expert"]], "field": row["field"]}) for row in kept.selected
    )
    outbox.emit(lot.revealed, kept, on=on, payload={"seed": kept.seed, "experts": len(seats)})
    return kept, seats
