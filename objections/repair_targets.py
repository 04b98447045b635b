"""Refusals of repair as something to object to: the authority that refused answers, and corrects where it was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

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


def _refused_on(row: Application) -> date | None:
    if row.answered_on is not None:
        return row.answered_on
    done = TransitionRecord.objects.filter(workflow=APPLICATION.name, object_id=row.pk, to_state=row.state).last()
    return done.legal_on if done else None


def _target(row: Application) -> Target:
    handled = TransitionRecord.objects.filter(
        workflow=APPLICATION.name, object_id=row.pk, to_state__in=[State.OPINED.value, *REFUSED], actor_kind="officer"
    )
    return Target(
        kind=TargetKind.REPAIR_REFUSAL,
        key=row.public_id,
        label=f"{row.unit.name}对{row.get_kind_display()}申请“{row.get_state_display()}”",
        subject=row.listing.subject,
        decided_on=_refused_on(row),
        units={Answerer.REFUSING_AUTHORITY.value: row.unit},
        group=row.listing.case_subject.case.group,
        took_part=frozenset(handled.values_list("actor_key", flat=True)),
        revoked_on=row.listing.revoked_from,
    )


def _refusal(key: str) -> Target | None:
    row = _APPLICATIONS.filter(public_id=key, state__in=REFUSED).first()
    return _target(row) if row else None


def _refusals_about(subject: Subject) -> Iterable[Target]:
    rows = _APPLICATIONS.filter(listing__subject__in=family(subject), state__in=REFUSED).order_by("pk")
    return [_target(row) for row in rows]


def register_repair() -> None:
    """Register the refusals of repair; from AppConfig.ready()."""
    register(TargetKind.REPAIR_REFUSAL, _refusal, _refusals_about)
