"""Life events: what they change on the record, and whom they nominate. They decide nothing about measures.

The effects on listings and tasks are taken by higher floors, in the same act, through `subjects.effects`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from core import clock
from core.actors import Actor, acting
from core.masking import no_personal_numbers
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from subjects import effects, permissions, rules
from subjects.enums import ENDED, LifeEventKind, NominationState, SubjectStatus
from subjects.models import LifeEvent, Subject, SubjectName, SuccessorNomination
from subjects.services.registering import announce, write_name

ENDING = {
    LifeEventKind.LICENCE_REVOKED: SubjectStatus.REVOKED_LICENCE,
    LifeEventKind.DEREGISTRATION: SubjectStatus.DEREGISTERED,
    LifeEventKind.DEATH: SubjectStatus.DECEASED,
}


def lock(*subjects: Subject) -> list[Subject]:
    """Return the subjects fresh and locked, in the order given; rows are locked in key order, so nobody deadlocks."""
    keys = [subject.pk for subject in subjects]
    rows = Subject.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    locked = {row.pk: row for row in rows}
    return [locked[key] for key in keys]


def _dates(subject: Subject, on: date) -> list[Violation]:
    return rules.day_has_come(on, clock.today(), label="发生日期") + rules.not_before(
        on,
        subject.birth_on if subject.is_person else subject.established_on,
        "出生日期" if subject.is_person else "成立日期",
    )


def _write_event(**columns: Any) -> LifeEvent:
    """Write a life event; Refused CORE-11 where its words hold a citizen number or a mobile number."""
    words = {"note": "说明", "detail": "变动内容"}
    refuse(found for name, label in words.items() for found in no_personal_numbers(columns.get(name, ""), name, label))
    return LifeEvent.objects.create(**columns)


def rename(
    actor: Actor, *, subject: Subject, name: str, on: date | None = None, note: str = "", reason: str = ""
) -> LifeEvent:
    """Give the subject a new name from `on`; the former name keeps its dates and is still found, the code stays.

    Refuses SUB-01, SUB-06, SUB-07 (also a day before the present name began), SUB-11, SUB-12. Emits `subject.renamed`.
    """
    require(actor, permissions.RECORD_LIFE)
    day = on or clock.today()
    with acting(actor, "subjects.rename", reason=reason):
        (locked,) = lock(subject)
        present = SubjectName.objects.select_for_update().get(subject=locked, is_current=True)
        refuse(
            rules.event_fits(locked, LifeEventKind.RENAME)
            + rules.name_is_usable(name)
            + _dates(locked, day)
            + rules.not_before(day, present.valid_from, "现用名的启用日期")
            + rules.demo_data_says_so(name, [], is_demo=locked.is_demo)
        )
        former = locked.name
        if former == name.strip():
            refuse([Violation("SUB-01", "新名称与现用名相同", "name", "填写变更后的名称")])
        present.is_current = False
        present.valid_to = max(day - date.resolution, present.valid_from or day - date.resolution)
        present.save(update_fields=["is_current", "valid_to"])
        locked.name = subject.name = name.strip()
        locked.save(update_fields=["name"])
        write_name(locked, locked.name, current=True, since=day)
        event = _write_event(
            subject=locked, kind=LifeEventKind.RENAME, on=day, detail=f"{former} → {locked.name}", note=note
        )
        announce("subject.renamed", locked, day, former_name=former)
    return event


def _end(actor: Actor, subject: Subject, kind: LifeEventKind, on: date | None, note: str, reason: str) -> LifeEvent:
    require(actor, permissions.RECORD_LIFE)
    day = on or clock.today()
    with acting(actor, f"subjects.{kind.value}", reason=reason):
        (locked,) = lock(subject)
        refuse(rules.event_fits(locked, kind) + _dates(locked, day) + _who_may_end(actor, locked, kind, note))
        event = mark_ended(locked, kind, day, note)
        subject.status, subject.status_on = locked.status, locked.status_on
    return event


def _who_may_end(actor: Actor, subject: Subject, kind: LifeEventKind, note: str) -> list[Violation]:
    """SUB-17: where the end would end measures, it is the office that establishes it, with the document it rests on."""
    if ENDING[kind] not in ENDED or not effects.concerned(subject):
        return []
    found = []
    if not actor.may(permissions.DECIDE_SUCCESSOR):
        wrong = f"“{subject.name}”有未移出的名单，其{kind.label}会结束措施，由联席会议办公室核实登记"
        found.append(Violation("SUB-17", wrong, "subject", "将登记机关的文书报联席办"))
    if not note.strip():
        found.append(Violation("SUB-17", "未写明登记机关文书", "note", "写明注销、死亡所据文书的名称和文号"))
    return found


def mark_ended(locked: Subject, kind: LifeEventKind, day: date, note: str) -> LifeEvent:
    """End a locked record inside the act under way, with every registered effect."""
    locked.status, locked.status_on = ENDING[kind].value, day
    locked.save(update_fields=["status", "status_on"])
    event = _write_event(subject=locked, kind=kind, on=day, note=note)
    announce(f"subject.{locked.status}", locked, day)
    effects.run(event)
    return event


def deregister(
    actor: Actor, *, subject: Subject, on: date | None = None, note: str = "", reason: str = ""
) -> LifeEvent:
    """Record that a legal entity was struck off; its own measures end, those on decided persons do not.

    Refuses SUB-06, SUB-07, SUB-12. Emits `subject.deregistered`.
    """
    return _end(actor, subject, LifeEventKind.DEREGISTRATION, on, note, reason)


def revoke_licence(
    actor: Actor, *, subject: Subject, on: date | None = None, note: str = "", reason: str = ""
) -> LifeEvent:
    """Record that the business licence was revoked: the entity still exists until it is struck off.

    Refuses SUB-06, SUB-07, SUB-12. Emits `subject.revoked_licence`.
    """
    return _end(actor, subject, LifeEventKind.LICENCE_REVOKED, on, note, reason)


def record_death(
    actor: Actor, *, subject: Subject, on: date | None = None, note: str = "", reason: str = ""
) -> LifeEvent:
    """Record the death of a natural person; it ends the person's measures. Refuses SUB-06, SUB-07, SUB-12.

    Emits `subject.deceased`.
    """
    return _end(actor, subject, LifeEventKind.DEATH, on, note, reason)


def _nominate(event: LifeEvent, predecessor: Subject, successor: Subject) -> SuccessorNomination:
    nomination = SuccessorNomination.objects.create(event=event, predecessor=predecessor, successor=successor)
    announce(
        "subject.successor_nominated",
        predecessor,
        event.on,
        nomination=nomination.public_id,
        successor=successor.public_id,
    )
    return nomination


def record_merger(
    actor: Actor,
    *,
    predecessors: Sequence[Subject],
    successor: Subject,
    on: date | None = None,
    note: str = "",
    reason: str = "",
) -> list[SuccessorNomination]:
    """Record that entities went up in another one: they end, and the successor is nominated, never charged by itself.

    Refuses SUB-06, SUB-07, SUB-12, SUB-13. Emits `subject.deregistered` and `subject.successor_nominated` for each.
    """
    require(actor, permissions.RECORD_LIFE)
    day = on or clock.today()
    with acting(actor, "subjects.merger", reason=reason):
        refuse(rules.successors_fit(predecessors, [successor]))
        *before, after = lock(*predecessors, successor)
        found = rules.record_is_open(after)
        for predecessor in before:
            found += rules.event_fits(predecessor, LifeEventKind.MERGER) + _dates(predecessor, day)
        refuse(found)
        nominations = []
        for predecessor in before:
            event = _write_event(subject=predecessor, kind=LifeEventKind.MERGER, on=day, counterpart=after, note=note)
            mark_ended(predecessor, LifeEventKind.DEREGISTRATION, day, f"因合并注销，承继主体：{after}")
            nominations.append(_nominate(event, predecessor, after))
    return nominations


def record_split(
    actor: Actor,
    *,
    subject: Subject,
    successors: Sequence[Subject],
    survives: bool,
    on: date | None = None,
    note: str = "",
    reason: str = "",
) -> list[SuccessorNomination]:
    """Record that an entity was split; each new one is nominated, and the old one ends unless it survives.

    Refuses SUB-06, SUB-07, SUB-12, SUB-13. Emits `subject.successor_nominated` for each successor.
    """
    require(actor, permissions.RECORD_LIFE)
    day = on or clock.today()
    with acting(actor, "subjects.split", reason=reason):
        refuse(rules.successors_fit([subject], successors))
        before, *after = lock(subject, *successors)
        found = rules.event_fits(before, LifeEventKind.SPLIT) + _dates(before, day)
        for successor in after:
            found += rules.record_is_open(successor)
        refuse(found)
        names = "、".join(map(str, after))
        event = _write_event(
            subject=before, kind=LifeEventKind.SPLIT, on=day, detail=f"分立为：{names}"[:300], note=note
        )
        if not survives:
            mark_ended(before, LifeEventKind.DEREGISTRATION, day, f"因分立注销，承继主体：{names}")
        return [_nominate(event, before, successor) for successor in after]


def decide_nomination(
    actor: Actor, *, nomination: SuccessorNomination, accepted: bool, reason: str
) -> SuccessorNomination:
    """Decide, once and with a reason, whether the nominated successor carries on. Emits `subject.successor_decided`."""
    require(actor, permissions.DECIDE_SUCCESSOR)
    if not reason.strip():
        refuse([Violation("SUB-13", "认定承继主体必须写明理由", "reason", "填写理由后重新提交")])
    with acting(actor, "subjects.decide_nomination", reason=reason) as act:
        rows = SuccessorNomination.objects.select_for_update(of=("self",)).select_related("predecessor", "successor")
        locked = rows.filter(pk=nomination.pk).first()
        if locked is None:
            raise NotFound("承继提名")
        if locked.state != NominationState.NOMINATED:
            refuse(
                [Violation("SUB-13", f"该提名{locked.get_state_display()}，不能再次办理", remedy="刷新页面查看结果")]
            )
        locked.state = NominationState.CONFIRMED if accepted else NominationState.DECLINED
        locked.decided_on, locked.reason = act.on, reason.strip()
        locked.save(update_fields=["state", "decided_on", "reason"])
        announce(
            "subject.successor_decided",
            locked.predecessor,
            act.on,
            successor=locked.successor.public_id,
            accepted=accepted,
        )
    return locked
