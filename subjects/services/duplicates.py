"""Two records of one subject: folded into one, and parted again. No record of theirs is ever rewritten."""

from __future__ import annotations

from django.db import connection

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from core.problems import Violation, refuse
from subjects import permissions, rules
from subjects.enums import LifeEventKind
from subjects.models import LifeEvent, Subject, SubjectMerge
from subjects.services.life import ENDING, lock, mark_ended
from subjects.services.registering import announce

LOCK_SPACE, FOLDING = 0x534D, 1  # advisory lock: the chains of merges are read and rewritten by one at a time


def _alone() -> None:
    """Wait until nobody else folds or parts; taken before any row, so that nobody deadlocks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, FOLDING])


def _refold() -> None:
    """Point every folded record straight at the record it ends in, from the merges that stand.

    Chains are short and merges rare; one statement over the open merges keeps `canonical` exact after any
    sequence of merges and undoings.
    """
    open_merges = dict(SubjectMerge.objects.filter(undone_on__isnull=True).values_list("source_id", "target_id"))
    wanted = {}
    for source in open_merges:
        end = source
        while end in open_merges:
            end = open_merges[end]
        wanted[source] = end
    stored = dict(Subject.objects.filter(canonical__isnull=False).values_list("pk", "canonical_id"))
    changed = [
        Subject(pk=pk, canonical_id=wanted.get(pk)) for pk in {**stored, **wanted} if stored.get(pk) != wanted.get(pk)
    ]
    Subject.objects.bulk_update(changed, ["canonical"])


def _reason_given(reason: str) -> list[Violation]:
    if reason.strip():
        return []
    return [Violation("SUB-08", "合并或撤销合并必须写明理由", "reason", "写明认定为同一主体（或不同主体）的依据")]


def merge(actor: Actor, *, source: Subject, target: Subject, reason: str) -> SubjectMerge:
    """Fold a duplicate into the record that is kept: its codes, names and records lead there, and nothing moves.

    Refuses SUB-08: one record, different kinds, person with entity, already folded, two valid codes, no reason.
    `selectors.preview_merge` shows the effects before. Emits `subject.duplicate_merged`.
    """
    require(actor, permissions.MERGE)
    with acting(actor, "subjects.merge", reason=reason) as act:
        _alone()
        source_now, target_now = lock(source, target)
        refuse(
            _reason_given(reason)
            + rules.can_fold(source_now, target_now)
            + rules.codes_do_not_clash(source_now.valid_codes(), target_now.valid_codes())
        )
        merged = SubjectMerge.objects.create(
            source=source_now, target=target_now, reason=reason.strip(), merged_on=act.on
        )
        _refold()
        announce("subject.duplicate_merged", source_now, act.on, into=target_now.public_id)
    source.refresh_from_db(fields=["canonical"])
    return merged


def _ended_meanwhile(row: SubjectMerge) -> list[LifeEvent]:
    """Return what ended the kept record while it answered for the duplicate, and has not happened to the duplicate."""
    kept = {row.target_id, row.source.canonical_id}
    events = LifeEvent.objects.filter(
        subject__in=kept, kind__in=[kind.value for kind in ENDING], recorded_at__date__gte=row.merged_on
    ).order_by("on", "pk")
    return [event for event in events if not rules.ends_already(row.source, LifeEventKind(event.kind))]


def undo_merge(actor: Actor, *, merged: SubjectMerge, reason: str, source_ended: bool | None = None) -> SubjectMerge:
    """Part two records that were folded by mistake: each answers for its own codes, names and records again.

    Where the kept record ended meanwhile, somebody says whether that happened to the duplicate too (`source_ended`):
    then it ends by the same event, with all effects; if not it stands, and what that end closed of its own is issued
    again by its unit. Refuses SUB-08 when it is undone already or no reason is given, SUB-16 where this is not said.
    Emits `subject.duplicate_parted`.
    """
    require(actor, permissions.MERGE)
    with acting(actor, "subjects.undo_merge", reason=reason) as act:
        _alone()
        row = SubjectMerge.objects.select_for_update(of=("self",)).select_related("source", "target").get(pk=merged.pk)
        row.source, row.target = lock(row.source, row.target)
        found = _reason_given(reason)
        if row.undone_on is not None:
            found.append(Violation("SUB-08", f"该合并已于 {row.undone_on} 撤销", remedy="刷新页面查看最新状态"))
        ended = _ended_meanwhile(row)
        if source_ended is None:
            found += rules.end_is_settled(ended)
        refuse(found)
        row.undone_on, row.undo_reason = max(clock.today(), row.merged_on), reason.strip()
        row.save(update_fields=["undone_on", "undo_reason"])
        _refold()
        announce("subject.duplicate_parted", row.source, act.on, was_in=row.target.public_id)
        if source_ended:
            _end_too(row, ended)
    return row


def _end_too(row: SubjectMerge, ended: list[LifeEvent]) -> None:
    (source,) = lock(row.source)
    for event in ended:
        if not rules.ends_already(source, LifeEventKind(event.kind)):
            mark_ended(source, LifeEventKind(event.kind), event.on, f"撤销合并时认定，与“{row.target}”为同一变动")
