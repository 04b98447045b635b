"""How open a record is, how severe, and under which rules: what an officer may say otherwise than the law's table."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from core import clock
from core.actors import Actor, acting
from core.masking import no_personal_numbers
from core.permissions import require
from core.problems import Violation, refuse
from publicity.enums import PENDING, EndGround, Party, RecordKind, Scope, Severity, SeverityBy, State
from publicity.law import PERSONS_CLOSED, Law
from publicity.models import Penalty, Regime
from publicity.selectors import is_visible
from publicity.services.common import MODELS, held, kind_of, tell

RATE = "publicity.record.rate"
CHUNK = 5_000


def _reasoned(reason: str, what: str) -> list[Violation]:
    found = no_personal_numbers(reason)
    if not reason.strip():
        found.append(Violation("CORE-07", f"{what}必须写明理由", "reason", "填写依据和理由"))
    return found


def _live(record: Any) -> list[Violation]:
    if record.state in (*PENDING, State.PASSED):
        return []
    return [Violation("CORE-04", f"当前状态为“{record.get_state_display()}”，不能调整", remedy="刷新页面查看最新状态")]


def set_scope(*, actor: Actor, record: Any, scope: str, reason: str, deferred_until: date | None = None) -> Any:
    """Say how open a pending record is: open, deferred to a day, or not open; with the reason.

    Raises PUB-02 for opening a natural person's record without a rule, PUB-03 for a deferral without a day to come.
    """
    require(actor, "publicity.record.check")
    with acting(actor, "publicity.scope", reason=reason):
        locked = held(actor, record)
        found = _reasoned(reason, "调整公开方式")
        if locked.state not in PENDING:
            found.append(
                Violation("CORE-04", "已审核的记录不能调整公开方式", remedy="报送新版本，或者登记决定变动后撤下")
            )
        if scope != Scope.NOT_OPEN and locked.party == Party.PERSON:
            rule = Law().person_rule(kind_of(locked), locked.authority_code, locked.decided_on)
            if rule is None:
                found.append(
                    Violation("PUB-02", PERSONS_CLOSED, "scope", "由系统管理员登记并复核自然人公开依据", "domain 2.4")
                )
            locked.person_rule = rule
        if scope == Scope.DEFERRED and (deferred_until is None or deferred_until < clock.today()):
            found.append(Violation("PUB-03", "暂缓公开应有以后的截止日", "deferred_until", "填写暂缓到哪一天"))
        refuse(found)
        locked.scope = scope
        locked.scope_reason = "" if scope == Scope.OPEN else reason.strip()
        locked.deferred_until = deferred_until if scope == Scope.DEFERRED else None
        locked.save(update_fields=["scope", "scope_reason", "deferred_until", "person_rule"])
    record.refresh_from_db()
    return record


def rate(*, actor: Actor, record: Penalty, severity: str, regime_code: str = "", reason: str) -> Penalty:
    """Say how severe a penalty is, or put it under another regime; its last public day is computed anew at once.

    A record that this makes over leaves the public view with the same act, announced at once.
    """
    require(actor, RATE)
    with acting(actor, "publicity.rate", reason=reason):
        locked = held(actor, record)
        refuse(_reasoned(reason, "认定失信程度") + _live(locked) + _known(severity, regime_code))
        before = _shown(locked)
        row, _, last = Law().span(severity, locked.decided_on, regime_code or locked.regime_code)
        locked.severity, locked.severity_by, locked.severity_sure = severity, SeverityBy.OFFICER, True
        locked.severity_note = f"单位认定：{reason.strip()}"[:300]
        locked.regime_code, locked.last_public_day = row.code, last
        columns = ["severity", "severity_by", "severity_sure", "severity_note", "regime_code", "last_public_day"]
        locked.save(update_fields=columns)
        settle_appearance(locked, before)
    record.refresh_from_db()
    return record


def _known(severity: str, regime_code: str) -> list[Violation]:
    if severity not in Severity.values:
        return [Violation("PUB-51", "未选择失信程度", "severity", "从列出的选项中选择")]
    if regime_code and not Regime.objects.in_use().filter(code=regime_code, severity=severity).exists():
        return [Violation("PUB-51", f"没有代号为“{regime_code}”的公示期规则", "regime_code", "从列出的规则中选择")]
    return []


def _shown(record: Any) -> bool:
    return MODELS[kind_of(record)].objects.filter(is_visible(clock.today()), pk=record.pk).exists()


def settle_appearance(record: Any, before: bool) -> None:
    """Announce what an act did to a record's appearance today; inside the act."""
    after, today = _shown(record), clock.today()
    if before and not after:
        record.end_announced_on = today
        record.save(update_fields=["end_announced_on"])
        tell("disclosure.ended", kind_of(record), [record.pk], on=today)
    elif after and not before:
        record.end_announced_on, record.announced_on = None, today
        record.save(update_fields=["end_announced_on", "announced_on"])
        tell("disclosure.published", kind_of(record), [record.pk], on=today)
    elif after:
        tell("disclosure.adjusted", kind_of(record), [record.pk], on=today)


def end_early(*, actor: Actor, record: Any, from_on: date, reason: str) -> Any:
    """End the publication of a record from a day on, after its repair; raises PUB-20 where nothing is public to end."""
    require(actor, "publicity.record.end_early")
    with acting(actor, "publicity.end_early", reason=reason, on=min(from_on, clock.today())):
        rows = type(record).objects.select_for_update(of=("self",))
        locked = rows.get(pk=record.pk)
        found = _reasoned(reason, "终止公示")
        if locked.state != State.PASSED or locked.ended_from is not None:
            found.append(Violation("PUB-20", "该记录没有正在进行的公示", remedy="核对记录的公示状态"))
        refuse(found)
        before = _shown(locked)
        locked.ended_from, locked.end_ground = from_on, EndGround.REPAIR
        locked.save(update_fields=["ended_from", "end_ground"])
        settle_appearance(locked, before)
    record.refresh_from_db()
    return record


def restore(*, actor: Actor, record: Any, reason: str) -> Any:
    """Undo an early end whose repair was revoked: the rest of the period is public again, never longer."""
    require(actor, "publicity.record.end_early")
    with acting(actor, "publicity.restore", reason=reason):
        locked = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
        found = _reasoned(reason, "恢复公示")
        if locked.end_ground != EndGround.REPAIR or locked.state != State.PASSED:
            found.append(Violation("PUB-21", "该记录不是因修复而终止公示", remedy="核对记录的公示状态"))
        refuse(found)
        before = _shown(locked)
        locked.ended_from, locked.end_ground = None, ""
        locked.save(update_fields=["ended_from", "end_ground"])
        settle_appearance(locked, before)
    record.refresh_from_db()
    return record


def contest(*, actor: Actor, record: Any, since: date | None) -> Any:
    """Put the mark 异议中 beside a record from a day on, or take it away; its publicity goes on meanwhile."""
    require(actor, "publicity.record.contest")
    with acting(actor, "publicity.contest", reason="标注异议" if since else "解除异议标注"):
        locked = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
        if locked.contested_on != since:
            locked.contested_on = since
            locked.save(update_fields=["contested_on"])
            tell("disclosure.contested", kind_of(locked), [locked.pk])
    record.refresh_from_db()
    return record


def resettle(*, actor: Actor) -> int:
    """Compute severity and last day of penalties anew by the table as it stands; returns how many changed.

    What an officer said stays; an old decision keeps the rows of its own day.
    """
    law, changed = Law(), []
    live = Q(state__in=[*PENDING, State.PASSED]) & Q(severity_by=SeverityBy.TABLE)
    columns = ["severity", "severity_sure", "severity_note", "regime_code", "last_public_day"]
    rows = Penalty.objects.filter(live).only("decided_on", "kinds", "fine", *columns)
    known: dict[tuple[Any, ...], Any] = {}
    for row in rows.iterator(chunk_size=5000):
        question = (row.decided_on, tuple(row.kinds), row.fine)
        if question not in known:
            known[question] = law.penalty(tuple(row.kinds), row.fine, row.decided_on)
        found = known[question]
        now = (found.rating.severity, found.rating.sure, found.rating.note, found.regime_code, found.last_public_day)
        if now != tuple(getattr(row, name) for name in columns):
            for name, value in zip(columns, now, strict=True):
                setattr(row, name, value)
            changed.append(row)
    for start in range(0, len(changed), CHUNK):  # each its own transaction, so that the feed is never held
        part = changed[start : start + CHUNK]
        with acting(actor, "publicity.resettle", reason="对照表修订，重新计算"):
            Penalty.objects.bulk_update(part, columns, batch_size=1000)
            shown = Penalty.objects.filter(pk__in=[row.pk for row in part], state=State.PASSED)
            tell("disclosure.adjusted", RecordKind.PENALTY, list(shown.order_by("pk").values_list("pk", flat=True)))
    return len(changed)
