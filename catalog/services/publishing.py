"""汇编 → 征求意见 → 复核 → 发布 → 启用, and 撤回: the office's acts on a revision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from catalog import rules
from catalog.enums import RevisionState
from catalog.models import Comment, Entry, EntryRevision, RevisionMeasure
from catalog.permissions import REVISION_ACTIVATE, REVISION_COMMENT, REVISION_PUBLISH, REVISION_WITHDRAW
from catalog.selectors.contents import Library, content_of, facts_of
from catalog.workflow import REVISION
from core import workflow
from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import Refused, Violation, refuse
from organizations.models import Organization

DAY = timedelta(days=1)


def _simple(actor: Actor, revision: EntryRevision, name: str, on: date | None, reason: str) -> EntryRevision:
    day = settled_day(actor, on, reason)
    with acting(actor, f"catalog.revision.{name}", reason=reason, on=day):
        return workflow.apply(revision, REVISION, name, actor=actor, reason=reason, on=day)


def _ready(actor: Actor, revision: EntryRevision, name: str, reason: str) -> EntryRevision:
    """Lock the revision and refuse the act at once where state, reason or second officer forbid it."""
    locked = EntryRevision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
    _, found = workflow.check(locked, REVISION, name, actor, reason)
    refuse(found)
    return locked


def compile_revision(
    *, actor: Actor, revision: EntryRevision, on: date | None = None, reason: str = ""
) -> EntryRevision:
    """Take a submitted revision into the draft catalogue: 已报送 → 已汇编."""
    return _simple(actor, revision, "compile", on, reason)


def open_comment(*, actor: Actor, revision: EntryRevision, on: date | None = None, reason: str = "") -> EntryRevision:
    """Show the revision to all units for comment: 已汇编 → 征求意见."""
    return _simple(actor, revision, "open_comment", on, reason)


def redraft(*, actor: Actor, revision: EntryRevision, reason: str, on: date | None = None) -> EntryRevision:
    """Give the revision back to the unit that submitted it, with the reason."""
    return _simple(actor, revision, "redraft", on, reason)


def review(*, actor: Actor, revision: EntryRevision, on: date | None = None, reason: str = "") -> EntryRevision:
    """Confirm the compiled text, by another person than who compiled it: 征求意见 → 已审核.

    Raises Refused CORE-05 (same officer), CAT-01… (content that no longer holds, such as a unit dissolved meanwhile).
    """
    day = settled_day(actor, on, reason)
    with acting(actor, "catalog.revision.review", reason=reason, on=day):
        locked = _ready(actor, revision, "review", reason)
        refuse(rules.submit_errors(facts_of(content_of(locked))))
        return workflow.apply(revision, REVISION, "review", actor=actor, reason=reason, on=day)


def add_comment(*, actor: Actor, revision: EntryRevision, text: str, unit: Organization | None = None) -> Comment:
    """Record what a unit says while comment is open; the unit is the actor's own.

    Raises NotPermitted, Refused CAT-32 (comment is not open, empty text, or no unit).
    """
    require(actor, REVISION_COMMENT)
    unit_id = actor.unit_id or (unit.pk if unit else None)
    with acting(actor, "catalog.revision.comment") as act:
        locked = EntryRevision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
        found = []
        if locked.state != RevisionState.COMMENTED:
            found.append(Violation("CAT-32", "该版本不在征求意见阶段", remedy="由联席会议办公室开启征求意见后填写"))
        if not text.strip():
            found.append(Violation("CAT-32", "意见不能为空", "text", "填写意见内容"))
        if unit_id is None:
            raise Refused(
                [*found, Violation("CAT-32", "没有所属单位，不能代表单位反馈意见", remedy="以本单位岗位办理")]
            )
        refuse(found)
        return Comment.objects.create(
            revision=locked, unit_id=unit_id, text=text.strip(), author_label=actor.label, on=act.on
        )


def publish(
    *,
    actor: Actor,
    revision: EntryRevision,
    effective_from: date | None = None,
    on: date | None = None,
    reason: str = "",
    library: Library | None = None,
) -> EntryRevision:
    """Publish the reviewed revision with its effective day: 已审核 → 已发布; its content is frozen from now on.

    effective_from is the day its law took effect (or a later one), never the load day. The revision it replaces ends
    the day before. Raises Refused CORE-04, CAT-01…CAT-11.
    """
    require(actor, REVISION_PUBLISH)
    day = settled_day(actor, on, reason)
    with acting(actor, "catalog.revision.publish", reason=reason, on=day):
        Entry.objects.select_for_update().get(pk=revision.entry_id)
        locked = _ready(actor, revision, "publish", reason)
        starts = effective_from or locked.effective_from
        content = replace(content_of(locked), effective_from=starts)
        refuse(rules.submit_errors(facts_of(content, library)))
        current = _published(locked.entry_id)
        if current is not None and starts is not None:
            workflow.apply(
                current,
                REVISION,
                "supersede",
                actor=actor,
                on=day,
                changes={"effective_to": starts - DAY},
                payload={"entry": content.entry_code, "effective_to": str(starts - DAY)},
            )
        return workflow.apply(
            revision,
            REVISION,
            "publish",
            actor=actor,
            reason=reason,
            on=day,
            changes={"effective_from": starts},
            payload={"entry": content.entry_code, "number": locked.number, "effective_from": str(starts)},
        )


def _published(entry_id: int) -> EntryRevision | None:
    return EntryRevision.objects.filter(entry_id=entry_id, state=RevisionState.PUBLISHED).first()


def withdraw(*, actor: Actor, revision: EntryRevision, reason: str, on: date | None = None) -> EntryRevision:
    """Withdraw a revision: one under way is dropped, one in force ends the day before `on`.

    One that has not been in force on any day before `on` counts as never in force, and the revision it replaced holds
    again. Raises Refused CORE-04, CORE-07 (no reason).
    """
    require(actor, REVISION_WITHDRAW)
    day = settled_day(actor, on, reason)
    with acting(actor, "catalog.revision.withdraw", reason=reason, on=day):
        Entry.objects.select_for_update().get(pk=revision.entry_id)
        locked = _ready(actor, revision, "withdraw", reason)
        changes: dict[str, object] = {}
        unborn = False
        if locked.state == RevisionState.PUBLISHED and locked.effective_from is not None:
            unborn = locked.effective_from >= day
            changes = {"effective_to": (locked.effective_from if unborn else day) - DAY}
        told = {"entry": locked.entry.code, "number": locked.number}
        if changes:
            told["effective_to"] = str(changes["effective_to"])
        done = workflow.apply(
            revision, REVISION, "withdraw", actor=actor, reason=reason, on=day, changes=changes, payload=told
        )
        if unborn and locked.effective_from is not None:
            replaced = EntryRevision.objects.filter(
                entry_id=locked.entry_id, state=RevisionState.SUPERSEDED, effective_to=locked.effective_from - DAY
            ).first()
            if replaced is not None:
                workflow.apply(
                    replaced,
                    REVISION,
                    "reinstate",
                    actor=actor,
                    reason=reason,
                    on=day,
                    changes={"effective_to": None},
                    payload={"entry": locked.entry.code, "number": replaced.number},
                )
        return done


def confirm_activation(
    *, actor: Actor, revision: EntryRevision, on: date | None = None, reason: str = "", library: Library | None = None
) -> EntryRevision:
    """Confirm that a published revision may be used; the second person's confirmation activates it.

    On activation every measure is marked whether its basis suffices: a class-1 measure without a sure citation of
    law, 行政法规, 地方性法规 or central document stays listed, as a warning, and is never executed (CR102).
    Raises NotPermitted, Refused CAT-05, CAT-07, CAT-03 (nothing carries it), CORE-05 (same officer), CAT-33 (done).
    """
    require(actor, REVISION_ACTIVATE)
    day = settled_day(actor, on, reason)
    with acting(actor, "catalog.revision.activate", reason=reason, on=day):
        locked = EntryRevision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
        facts = facts_of(content_of(locked), library)
        if locked.activated_on is not None:
            refuse([Violation("CAT-33", f"{locked}已于 {locked.activated_on} 启用", remedy="无需重复确认")])
        refuse(rules.activation_errors(facts))
        if not locked.first_confirmed_key:
            return workflow.apply(
                revision,
                REVISION,
                "confirm",
                actor=actor,
                reason=reason,
                on=day,
                changes={"first_confirmed_key": actor.key, "first_confirmed_label": actor.label},
            )
        transition, found = workflow.check(locked, REVISION, "activate", actor, reason)
        refuse(found)
        sure = [item.code for item in facts.content.measures if rules.is_carried(facts, item)]
        _mark_supported(locked, sure)
        return workflow.apply(
            revision,
            REVISION,
            transition.name,
            actor=actor,
            reason=reason,
            on=day,
            changes={
                "second_confirmed_key": actor.key,
                "second_confirmed_label": actor.label,
                "activated_on": day,
            },
            payload={"entry": facts.content.entry_code, "number": locked.number},
        )


def _mark_supported(revision: EntryRevision, codes: list[str]) -> None:
    RevisionMeasure.objects.filter(revision=revision, measure__code__in=codes).update(supported=True)
