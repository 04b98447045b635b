"""Published licences and penalties as something to object to: the deciding organ answers, the record is marked 异议中."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.actors import Actor
from objections.enums import Answerer, TargetKind
from objections.models import Complaint, Objection
from objections.targets import Target, register
from publicity.enums import State
from publicity.selectors import MODELS, versions_of
from publicity.services.adjusting import contest
from subjects.models import Subject
from subjects.selectors import family

SHOWN = (State.PASSED.value, State.SUPERSEDED.value, State.WITHDRAWN.value)
HELD = ("accepted", "drafted", "upheld", "partly_upheld", "taken_over")
COMPLAINT_HELD = ("accepted", "convened", "drafted", "upheld", "partly_upheld")
MARKING = frozenset({"publicity.record.contest"})


def _find(key: str) -> Any:
    for model in MODELS.values():
        row = (
            model.objects.filter(public_id=key, state__in=SHOWN).select_related("subject", "authority", "unit").first()
        )
        if row is not None:
            return row
    return None


def _target(row: Any) -> Target:
    return Target(
        kind=TargetKind.DISCLOSURE,
        key=row.public_id,
        label=f"{row.authority_name} {row.document_number}",
        subject=row.subject,
        decided_on=row.first_visible_on or row.passed_on,
        units={Answerer.DECIDING_ORGAN.value: row.authority or row.unit, Answerer.SOURCE_UNIT.value: row.unit},
        took_part=frozenset({row.checked_by_key, row.passed_by_key} - {""}),
        revoked_on=_withdrawn_on(row),
    )


def _withdrawn_on(row: Any) -> date | None:
    """Return the day on which the decision was taken out of the public view; an older version goes with the newest."""
    if row.state == State.SUPERSEDED:
        row = versions_of(row).filter(state__in=SHOWN).first() or row
    return row.ended_from if row.state == State.WITHDRAWN else None


def about_withdrawn() -> QuerySet[Objection]:
    """Return the objections to published decisions that are withdrawn, to whichever version of them."""
    keys = Q(pk__in=[])
    for model in MODELS.values():
        withdrawn = model.objects.filter(
            state=State.WITHDRAWN,
            **{name: OuterRef(name) for name in ("authority_code", "document_number", "subject_id", "decided_on")},
        )
        versions = model.objects.filter(Q(state=State.WITHDRAWN) | Q(Exists(withdrawn), state=State.SUPERSEDED))
        keys |= Q(target_key__in=versions.values("public_id"))
    return Objection.objects.filter(keys, target_kind=TargetKind.DISCLOSURE)


def _disclosure(key: str) -> Target | None:
    row = _find(key)
    return _target(row) if row is not None else None


def _disclosures_about(subject: Subject) -> Iterable[Target]:
    rows = [
        row
        for model in MODELS.values()
        for row in model.objects.filter(subject__in=family(subject), state=State.PASSED)
        .select_related("subject", "authority", "unit")
        .order_by("pk")
    ]
    return [_target(row) for row in rows]


def register_disclosures() -> None:
    """Register the published decisions; from AppConfig.ready()."""
    register(TargetKind.DISCLOSURE, _disclosure, _disclosures_about)


def follow(actor: Actor, objection: Objection, day: date) -> None:
    """Let the mark on the published version stand exactly as long as an objection or complaint about it is held."""
    if objection.target_kind != TargetKind.DISCLOSURE:
        return
    row = _find(objection.target_key)
    if row is None:
        return
    versions = list(versions_of(row).filter(state__in=SHOWN))
    keys = [version.public_id for version in versions]
    about = {"target_kind": TargetKind.DISCLOSURE, "target_key__in": keys}
    open_ones = Objection.objects.filter(**about, state__in=HELD).exists()
    complained = Complaint.objects.filter(
        state__in=COMPLAINT_HELD, **{f"objection__{name}": value for name, value in about.items()}
    )
    current = next((version for version in versions if version.state == State.PASSED), row)
    held = open_ones or complained.exists()
    since = (current.contested_on or day) if held else None
    contest(actor=replace(actor, permissions=actor.permissions | MARKING), record=current, since=since)
