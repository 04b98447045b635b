"""The transition table: what may happen to a record, to whom it is permitted, and one place that does it.

docs/workflow.md, the buttons in the admin, the allowed actions in the API and the test matrix all come from these
tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import Exists, OuterRef, QuerySet

from core import actors, clock, events, outbox
from core.actors import Actor
from core.masking import no_personal_numbers
from core.models.workflow import TransitionRecord
from core.permissions import require
from core.problems import Problem, Violation, refuse

T = TypeVar("T", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    sources: states it starts from; target: state it leads to; permission: code the actor must hold;
    reason_required: the act is refused without a reason; second_officer_of: names of earlier transitions whose
    officer must be another person; event: outbox type emitted; danger: shown as such.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: str
    reason_required: bool = False
    second_officer_of: tuple[str, ...] = ()
    event: str | None = None
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Workflow:
    """The table of one kind of record. `model_label` is `app.Model`; `states` maps value to Chinese label."""

    name: str
    label: str
    model_label: str
    states: Mapping[str, str]
    initial: str
    transitions: tuple[Transition, ...]
    state_field: str = "state"
    by_name: Mapping[str, Transition] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for transition in self.transitions:
            unknown = {*transition.sources, transition.target} - set(self.states)
            if unknown:
                raise LookupError(f"{self.name}.{transition.name} names unknown states {unknown}")
        object.__setattr__(self, "by_name", {t.name: t for t in self.transitions})

    def transition(self, name: str) -> Transition:
        return self.by_name[name]


WORKFLOWS: dict[str, Workflow] = {}


def register(workflow: Workflow) -> Workflow:
    """Make the table known to docs, admin, API and the test matrix."""
    WORKFLOWS[workflow.name] = workflow
    return workflow


def _second_officer(obj: models.Model, workflow: Workflow, transition: Transition, actor: Actor) -> list[Violation]:
    if not transition.second_officer_of:
        return []
    latest = (
        TransitionRecord.objects.filter(
            workflow=workflow.name, object_id=obj.pk, transition__in=transition.second_officer_of
        )
        .order_by("transition", "-pk")
        .distinct("transition")
    )
    for earlier in latest:  # the last officer of each of these acts, not of the last one only
        if earlier.actor_key != actor.key:
            continue
        first = workflow.transition(earlier.transition)
        return [
            Violation(
                "CORE-05",
                f"“{first.label}”与“{transition.label}”应由两名不同人员办理，{actor.label}已办理过前者",
                remedy="由同一单位的另一名审核人员办理",
                basis="双人办理（办理机构、审核机构）",
            )
        ]
    return []


def check(
    obj: models.Model, workflow: Workflow, name: str, actor: Actor, reason: str = ""
) -> tuple[Transition, list[Violation]]:
    """Return the transition and what forbids it for this actor now; NotPermitted when the permission is missing."""
    transition = workflow.by_name.get(name)
    if transition is None:
        raise Problem("CORE-06", f"“{workflow.label}”没有“{name}”这一办理环节", status=404)
    require(actor, transition.permission)
    state = getattr(obj, workflow.state_field)
    found: list[Violation] = []
    if state not in transition.sources:
        wanted = "、".join(workflow.states[source] for source in transition.sources)
        found.append(
            Violation(
                "CORE-04",
                f"当前状态为“{workflow.states.get(state, state)}”，不能“{transition.label}”；需处于“{wanted}”",
                remedy="刷新页面查看最新状态；如他人已办理，无需重复办理",
            )
        )
    if transition.reason_required and not reason.strip():
        found.append(Violation("CORE-07", f"“{transition.label}”必须写明理由", "reason", "填写理由后重新提交"))
    found += no_personal_numbers(reason)
    return transition, found + _second_officer(obj, workflow, transition, actor)


def begin(obj: models.Model, workflow: Workflow, name: str, *, actor: Actor, on: date | None = None) -> None:
    """Record that `actor` opened `obj` by the table's opening act; the permission is checked."""
    transition = workflow.transition(name)
    require(actor, transition.permission)
    act = actors.current()
    TransitionRecord.objects.create(
        workflow=workflow.name,
        object_id=obj.pk,
        public_id=getattr(obj, "public_id", ""),
        transition=name,
        from_state="",
        to_state=getattr(obj, workflow.state_field),
        legal_on=on or act.on,
        **TransitionRecord.who(actor),
    )
    if transition.event:
        outbox.emit(transition.event, obj, on=on or act.on, payload={"to": transition.target})


def apply(
    obj: T,
    workflow: Workflow,
    name: str,
    *,
    actor: Actor,
    reason: str = "",
    on: date | None = None,
    changes: Mapping[str, Any] | None = None,
    payload: Mapping[str, Any] | None = None,
) -> T:
    """Carry `obj` through one transition, once: locked, re-checked, recorded, announced; inside `acting`.

    changes: further columns written in the same UPDATE. Raises NotPermitted, or Refused CORE-04 (state),
    CORE-05 (second officer), CORE-07 (reason), CORE-11 (personal numbers in it).
    """
    locked = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    transition, found = check(locked, workflow, name, actor, reason)
    refuse(found)
    act = actors.current()
    before = getattr(locked, workflow.state_field)
    written = {workflow.state_field: transition.target, **(changes or {})}
    for column, value in written.items():
        setattr(locked, column, value)
        setattr(obj, column, value)
    locked.save(update_fields=list(written))
    TransitionRecord.objects.create(
        workflow=workflow.name,
        object_id=locked.pk,
        public_id=getattr(locked, "public_id", ""),
        transition=name,
        from_state=before,
        to_state=transition.target,
        reason=reason.strip(),
        legal_on=on or act.on,
        **TransitionRecord.who(actor),
    )
    if transition.event:
        outbox.emit(
            transition.event,
            locked,
            on=on or act.on,
            payload={"from": before, "to": transition.target, **(payload or {})},
        )
    return locked


def apply_set(
    queryset: QuerySet[Any],
    workflow: Workflow,
    name: str,
    *,
    actor: Actor,
    reason: str = "",
    on: date | None = None,
    changes: Mapping[str, Any] | None = None,
    payloads: Mapping[int, Mapping[str, Any]] | None = None,
) -> list[int]:
    """Carry every row of `queryset` that is in a source state through one transition; returns their keys.

    The set-based twin of `apply`; rows in another state, and rows whose earlier officer is the actor, are left alone.
    payloads: what the events say beside the step, by key.
    """
    transition = workflow.transition(name)
    require(actor, transition.permission)
    if transition.reason_required and not reason.strip():
        refuse([Violation("CORE-07", f"“{transition.label}”必须写明理由", "reason", "填写理由后重新提交")])
    refuse(no_personal_numbers(reason))
    if transition.second_officer_of:
        queryset = queryset.exclude(_own_act(workflow, transition, actor))
    keys = list(
        queryset.filter(**{f"{workflow.state_field}__in": transition.sources})
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk", flat=True)
    )
    if keys:
        _carry_set(queryset.model, keys, workflow, transition, actor, reason.strip(), on, changes or {}, payloads or {})
    return keys


def _own_act(workflow: Workflow, transition: Transition, actor: Actor) -> Exists:
    """Return the condition that the actor was the last officer of one of the acts that the transition is second to."""
    done = TransitionRecord.objects.filter(
        workflow=workflow.name, object_id=OuterRef("pk"), transition__in=transition.second_officer_of
    )
    later = TransitionRecord.objects.filter(
        workflow=workflow.name,
        object_id=OuterRef("object_id"),
        transition=OuterRef("transition"),
        pk__gt=OuterRef("pk"),
    )
    return Exists(done.filter(~Exists(later), actor_key=actor.key))


# One statement per set: the rows moved, their history (by trigger), the records of the act and the events; nothing of
# the rows travels. The columns of both tables are those that `apply` writes one by one.
CARRY_SQL = """
WITH moved AS (
    UPDATE {table} AS kept SET {written} WHERE kept.{key} = ANY(%(keys)s)
    RETURNING kept.{key} AS id, {public_id} AS public_id, old.{state} AS before
), recorded AS (
    INSERT INTO core_transitionrecord (workflow, object_id, public_id, transition, from_state, to_state, reason,
        legal_on, recorded_at, actor_kind, actor_key, actor_label, assignment_id, unit_id)
    SELECT %(workflow)s, id, coalesce(public_id, ''), %(transition)s, before, %(target)s, %(reason)s, %(on)s, %(at)s,
        %(actor_kind)s, %(actor_key)s, %(actor_label)s, %(assignment_id)s::bigint, %(unit_id)s::bigint
      FROM moved ORDER BY id
), told AS (
    INSERT INTO core_outboxevent (event_id, event_type, version, aggregate_type, aggregate_id, legal_on, recorded_at,
        actor_kind, payload)
    SELECT gen_random_uuid(), %(event)s, 1, %(aggregate)s, coalesce(public_id, id::text), %(on)s, %(at)s,
        %(actor_kind)s, jsonb_build_object('from', before, 'to', %(target)s::text)
            || coalesce(%(payloads)s::jsonb -> id::text, '{{}}')
      FROM moved WHERE %(event)s::text IS NOT NULL ORDER BY id
)
SELECT count(*) FROM moved
"""


def _carry_set(
    model: type[models.Model],
    keys: list[int],
    workflow: Workflow,
    transition: Transition,
    actor: Actor,
    reason: str,
    on: date | None,
    changes: Mapping[str, Any],
    payloads: Mapping[int, Mapping[str, Any]],
) -> None:
    meta, quote = model._meta, connection.ops.quote_name
    assert meta.pk is not None
    if transition.event:
        for names in {frozenset(payload) for payload in payloads.values()} or {frozenset[str]()}:
            events.check(transition.event, 1, ("from", "to", *names))
    values: dict[str, Any] = {}
    written = []
    for number, (name, value) in enumerate({workflow.state_field: transition.target, **changes}.items()):
        column = meta.get_field(name)
        assert isinstance(column, models.Field)
        values[f"new_{number}"] = column.get_db_prep_save(value, connection)
        written.append(f"{quote(str(column.column))} = %(new_{number})s")
    has_public_id = any(column.name == "public_id" for column in meta.concrete_fields)
    statement = CARRY_SQL.format(
        table=quote(meta.db_table),
        key=quote(str(meta.pk.column)),
        state=quote(workflow.state_field),
        public_id="kept.public_id" if has_public_id else "NULL::text",
        written=", ".join(written),
    )
    values |= {
        "keys": keys,
        "workflow": workflow.name,
        "transition": transition.name,
        "target": transition.target,
        "event": transition.event,
        "aggregate": meta.label_lower,
        "reason": reason,
        "on": on or actors.current().on,
        "at": clock.now(),
        "payloads": json.dumps(payloads),
        **TransitionRecord.who(actor),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def allowed(obj: models.Model, workflow: Workflow, actor: Actor) -> list[Transition]:
    """Return the transitions whose state and permission fit now, for buttons and `allowed_actions`."""
    state = getattr(obj, workflow.state_field)
    return [t for t in workflow.transitions if state in t.sources and actor.may(t.permission)]


def records_for(obj: models.Model, workflow: Workflow) -> QuerySet[TransitionRecord]:
    """Return what happened to `obj`, oldest first."""
    return TransitionRecord.objects.filter(workflow=workflow.name, object_id=obj.pk).order_by("pk")
