"""Refusals of repair as something to object to: the authority that refused answers, and corrects where it was wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from core.models import TransitionRecord
from objections.enums import Answerer, TargetKind
from objections.targets import Target, register
from repair.enums import State
from repair.models import Application
from repair.workflow import APPLICATION
from subjects.models import Subject
from subjects.selectors import family

REFUSED = (State.REJECTED.value, State.DECLINED.value)
_APPLICATIONS = Application.objects.select_related("unit", "listing__subject", "listing__case_subject__case__group")


def _targets(rows: Collection[Application]) -> list[Target]:
    """Return the targets of many refusals, in as many queries as for one."""
    keys = [row.pk for row in rows]
    records = list(TransitionRecord.objects.filter(workflow=APPLICATION.name, object_id__in=keys).order_by("pk"))
    return [_target(row, [record for record in records if record.object_id == row.pk]) for row in rows]


def _target(row: Application, records: list[TransitionRecord]) -> Target:
    ended = [record.legal_on for record in records if record.to_state == row.state]
    handled = {
        record.actor_key
        for record in records
        if record.actor_kind == "officer" and record.to_state in (State.OPINED.value, *REFUSED)
    }
    return Target(
        kind=TargetKind.REPAIR_REFUSAL,
        key=row.public_id,
        label=f"{row.unit.name}对{row.get_kind_display()}申请“{row.get_state_display()}”",
        subject=row.listing.subject,
        decided_on=row.answered_on or (ended[-1] if ended else None),
        units={Answerer.REFUSING_AUTHORITY.value: row.unit},
        group=row.listing.case_subject.case.group,
        took_part=frozenset(handled),
        revoked_on=row.listing.revoked_from,
    )


def _refusal(key: str) -> Target | None:
    return next(iter(_targets(_APPLICATIONS.filter(public_id=key, state__in=REFUSED))), None)


def _refusals_about(subject: Subject) -> Iterable[Target]:
    rows = _APPLICATIONS.filter(listing__subject__in=family(subject), state__in=REFUSED).order_by("pk")
    return _targets(rows)


def register_repair() -> None:
    """Register the refusals of repair; from AppConfig.ready()."""
    register(TargetKind.REPAIR_REFUSAL, _refusal, _refusals_about)
