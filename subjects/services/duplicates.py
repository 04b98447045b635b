"""Two records of one subject: folded into one, and parted again. No record of theirs is ever rewritten."""

from __future__ import annotations

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from core.problems import Violation, refuse
from subjects import permissions, rules
from subjects.models import Subject, SubjectMerge
from subjects.services.life import lock
from subjects.services.registering import announce


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


def undo_merge(actor: Actor, *, merged: SubjectMerge, reason: str) -> SubjectMerge:
    """Part two records that were folded by mistake: each answers for its own codes, names and records again.

    Refuses SUB-08 when it is undone already or no reason is given. Emits `subject.duplicate_parted`.
    """
    require(actor, permissions.MERGE)
    with acting(actor, "subjects.undo_merge", reason=reason) as act:
        row = SubjectMerge.objects.select_for_update(of=("self",)).select_related("source", "target").get(pk=merged.pk)
        lock(row.source, row.target)
        found = _reason_given(reason)
        if row.undone_on is not None:
            found.append(Violation("SUB-08", f"该合并已于 {row.undone_on} 撤销", remedy="刷新页面查看最新状态"))
        refuse(found)
        row.undone_on, row.undo_reason = max(clock.today(), row.merged_on), reason.strip()
        row.save(update_fields=["undone_on", "undo_reason"])
        _refold()
        announce("subject.duplicate_parted", row.source, act.on, was_in=row.target.public_id)
    return row
