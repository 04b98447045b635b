"""Refusals of repair as something to object to: the authority that refused answers; found wrong, it decides anew.

Every refusal is a matter of its own: the key is the application's number and which of its refusals is meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from core.actors import Actor
from core.models import TransitionRecord
from core.problems import Violation, refuse
from objections.enums import Answerer, TargetKind
from objections.targets import Target, register
from repair.enums import State
from repair.matters import matter_of
from repair.models import Application
from repair.services.reopening import DECIDED, REFUSALS, by_the_source, reopen
from repair.workflow import APPLICATION
from subjects.models import Subject
from subjects.selectors import family

REFUSED = (State.REJECTED.value, State.DECLINED.value)
_APPLICATIONS = Application.objects.select_related(
    "unit", "subject", "listing__case_subject__case__group", "penalty__authority", "penalty__unit"
)
Records = list[TransitionRecord]


def _records(rows: Collection[Application]) -> dict[int, Records]:
    """Return the acts of deciding on these applications, by application, oldest first; one query."""
    acts = TransitionRecord.objects.filter(workflow=APPLICATION.name, transition__in=DECIDED)
    found: dict[int, Records] = {row.pk: [] for row in rows}
    for act in acts.filter(object_id__in=list(found)).order_by("pk"):
        found[act.object_id].append(act)
    return found


def _refusals(records: Records) -> Records:
    return [act for act in records if act.transition in REFUSALS]


def _target(row: Application, place: int, records: Records) -> Target:
    refused = _refusals(records)[place - 1]
    return Target(
        kind=TargetKind.REPAIR_REFUSAL,
        key=f"{row.public_id}.{place}",
        label=f"{row.unit.name}对{row.get_kind_display()}申请“{APPLICATION.states[refused.to_state]}”",
        subject=row.subject,
        decided_on=refused.legal_on,
        units={Answerer.REFUSING_AUTHORITY.value: row.unit},
        group=matter_of(row).group,
        hangs_on=row.listing,
        took_part=frozenset(act.actor_key for act in records if act.actor_kind == "officer"),
        revoked_on=row.listing.revoked_from if row.listing is not None else None,
    )


def _found(key: str) -> tuple[Application, int, Records] | None:
    """Return the application, which of its refusals is meant, the latest where the key does not say, and its acts."""
    number, _, which = key.partition(".")
    row = _APPLICATIONS.filter(public_id=number).first()
    if row is None:
        return None
    records = _records([row])[row.pk]
    count = len(_refusals(records))
    if not count and by_the_source(row):
        remedy = "按来源文书告知的途径向其提出"
        refuse([Violation("OBJ-58", "不予修复的决定由名单来源作出，本市不作实体处理", "target_key", remedy)])
    place = int(which) if which.isdecimal() else count
    return (row, place, records) if 1 <= place <= count else None


def _refusal(key: str) -> Target | None:
    found = _found(key)
    return _target(*found) if found is not None else None


def _refusals_about(subject: Subject) -> Iterable[Target]:
    """Return the refusals that stand, the latest of each application, in as many queries as for one."""
    standing = _APPLICATIONS.filter(subject__in=family(subject), state__in=REFUSED).order_by("pk")
    own = [row for row in standing if not by_the_source(row)]
    records = _records(own)
    return [_target(row, len(_refusals(records[row.pk])), records[row.pk]) for row in own]


def _reopen(actor: Actor, target: Target, on: date, why: str) -> str:
    """Have the application decided anew; an earlier refusal than its last one was taken back before."""
    found = _found(target.key)
    if found is None:
        raise LookupError(target.key)
    row, place, records = found
    if place < len(_refusals(records)):
        return f"原决定此前已经撤销，修复申请（回执编号 {row.receipt}）另有新的决定"
    return reopen(actor=actor, application=row, on=on, reason=why)


def register_repair() -> None:
    """Register the refusals of repair; from AppConfig.ready()."""
    register(TargetKind.REPAIR_REFUSAL, _refusal, _refusals_about, _reopen)
