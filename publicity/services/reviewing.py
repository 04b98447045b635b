"""Two persons before anything is public: 办理 and 审核, one by one or in sets; the old version stays until then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from core import clock, workflow
from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import Violation, refuse
from publicity.enums import PENDING, RecordKind, Scope, State
from publicity.law import UNLIMITED, Law
from publicity.selectors import follows_own_rule, is_visible
from publicity.services import candidates
from publicity.services.common import MODELS, PASSED_BEFORE, TABLES, held, kind_of, scoped, tell

CHUNK = 5_000


@dataclass(slots=True)
class Outcome:
    """What became of a set: keys done, and how many were left alone for which reason."""

    done: list[int] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)

    def leave(self, reason: str, number: int) -> None:
        if number:
            self.left[reason] = self.left.get(reason, 0) + number

    def words(self, done: str = "已办理") -> str:
        """Return the outcome in one sentence."""
        rest = "；".join(f"{reason} {number} 条" for reason, number in self.left.items())
        return f"{len(self.done)} 条{done}" + (f"，没有办理的：{rest}" if rest else "")


UNSEEN = "有疑点尚未查看"
OVER = "最长公示期已届满"
OWN = "由本人办理，应由另一名人员审核"
MOVED = "已被他人办理或者不在本环节"
UNSETTLED = "没有适用的公示期规则"


def report(*, actor: Actor, kind: str, keys: Sequence[int]) -> int:
    """Announce freshly merged records; called by the intake inside its own act."""
    return tell("disclosure.reported", kind, list(keys))


def look(*, actor: Actor, record: Any, reason: str) -> Any:
    """Record that an officer looked at what the scan found in the free text, and why it may stand."""
    require(actor, "publicity.record.check")
    if not reason.strip():
        refuse([Violation("CORE-07", "查看疑点必须写明结论", "reason", "填写核对的结论")])
    with acting(actor, "publicity.look", reason=reason):
        locked = held(actor, record)
        if locked.state not in (State.REPORTED, State.CHECKED):
            refuse([Violation("CORE-04", "该记录已不在审核环节", remedy="刷新页面查看最新状态")])
        locked.looked_at = True
        locked.save(update_fields=["looked_at"])
    return locked


def check(*, actor: Actor, record: Any, on: date | None = None, reason: str = "") -> Any:
    """办理: say that the record agrees with the decision and may go to the second person. Raises PUB-04, PUB-05."""
    return _one(actor, record, "check", on, reason)


def approve(*, actor: Actor, record: Any, on: date | None = None, reason: str = "") -> Any:
    """审核: let the record appear; another person than who checked it. The version before it ends in the same act."""
    return _one(actor, record, "pass", on, reason)


def _one(actor: Actor, record: Any, name: str, on: date | None, reason: str) -> Any:
    kind = kind_of(record)
    table = TABLES[kind]
    require(actor, table.transition(name).permission)
    day = settled_day(actor, on, reason)
    with acting(actor, f"publicity.{name}", reason=reason, on=day):
        settle_missing(kind, [held(actor, record).pk])
        locked = held(actor, record)
        _, found = workflow.check(locked, table, name, actor, reason)
        found += _not_ready(locked, day)
        refuse(found)
        outcome = _carry(actor, kind, [locked.pk], name, day, reason)
        if not outcome.done:
            refuse([Violation("PUB-06", "；".join(outcome.left), remedy="刷新页面查看最新状态")])
        record.refresh_from_db()
    return record


def _not_ready(record: Any, day: date) -> list[Violation]:
    found = []
    if record.findings and not record.looked_at:
        found.append(Violation("PUB-04", UNSEEN, "findings", "在预检页核对标出的文字后记录结论，或者退回报送单位更正"))
    if record.last_public_day is not None and record.last_public_day < day:
        found.append(Violation("PUB-05", f"{OVER}（{record.last_public_day}），不得再公示", remedy="退回报送单位"))
    return found


def check_set(*, actor: Actor, kind: str, rows: QuerySet[Any], reason: str = "") -> Outcome:
    """办理 in a set: what has findings that nobody looked at, or is past its last day, is left alone and counted."""
    return _set(actor, kind, rows, "check", reason)


def approve_set(*, actor: Actor, kind: str, rows: QuerySet[Any], reason: str = "") -> Outcome:
    """审核 in a set: besides, what the actor checked is left alone and counted."""
    return _set(actor, kind, rows, "pass", reason)


def _set(actor: Actor, kind: str, rows: QuerySet[Any], name: str, reason: str) -> Outcome:
    """Carry the rows in chunks, each its own transaction, so that the feed is never held."""
    table, today = TABLES[kind], clock.today()
    require(actor, table.transition(name).permission)
    keys = list(rows.filter(state__in=table.transition(name).sources).order_by("pk").values_list("pk", flat=True))
    outcome = Outcome()
    for start in range(0, len(keys), CHUNK):
        with acting(actor, f"publicity.{name}", reason=reason, on=today):
            part = _carry(actor, kind, keys[start : start + CHUNK], name, today, reason)
        outcome.done += part.done
        for words, number in part.left.items():
            outcome.leave(words, number)
    return outcome


def _carry(actor: Actor, kind: str, keys: list[int], name: str, day: date, reason: str) -> Outcome:
    outcome = Outcome()
    rows = scoped(actor, kind, keys).order_by("pk").select_for_update(of=("self",))
    if name == "check":
        settle_missing(kind, list(rows.values_list("pk", flat=True)))
    sources = TABLES[kind].transition(name).sources
    columns = ("pk", "state", "findings", "looked_at", "last_public_day", "checked_by_key")
    fit = []
    for pk, state, findings, looked_at, last, checked_by in rows.values_list(*columns):
        if state not in sources:
            outcome.leave(MOVED, 1)
        elif findings and not looked_at:
            outcome.leave(UNSEEN, 1)
        elif last is not None and last < day:
            outcome.leave(OVER, 1)
        elif name == "pass" and checked_by == actor.key:
            outcome.leave(OWN, 1)
        elif name != "check" and kind == RecordKind.PENALTY and last is None:
            outcome.leave(UNSETTLED, 1)
        else:
            fit.append(pk)
    if name == "check":
        changes = {"checked_on": day, "checked_by_key": actor.key}
        outcome.done = workflow.apply_set(
            MODELS[kind].objects.filter(pk__in=fit),
            TABLES[kind],
            name,
            actor=actor,
            reason=reason,
            on=day,
            changes=changes,
        )
    else:
        outcome.done = publish(actor, kind, fit, name, day, reason)
    outcome.leave(OWN, len(fit) - len(outcome.done))
    return outcome


def settle_missing(kind: str, keys: list[int]) -> None:
    """Compute what the law says for records that came without it; inside an act."""
    unsettled = Q(due_on=None, unit__vertical=False)
    if kind == RecordKind.PENALTY:
        unsettled |= Q(last_public_day=None)
    else:
        unsettled |= Q(last_public_day=None, valid_to__lt=UNLIMITED)
    missing = MODELS[kind].objects.filter(unsettled, pk__in=keys, state__in=PENDING)
    rows = list(missing.select_related("unit", "authority"))
    if not rows:
        return
    law = Law()
    columns = ["due_on", "due_provisional", "last_public_day"]
    for row in rows:
        row.due_on, row.due_provisional = law.due(row.decided_on, vertical=follows_own_rule(row))
        if kind == RecordKind.LICENCE:
            row.last_public_day = law.licence_last_day(row.valid_to)
            continue
        regime, _, last = law.span(row.severity, row.decided_on, row.regime_code)
        row.last_public_day, row.regime_code = last, regime.code
    if kind == RecordKind.PENALTY:
        columns.append("regime_code")
    MODELS[kind].objects.bulk_update(rows, columns, batch_size=1000)


def publish(actor: Actor, kind: str, keys: list[int], name: str, day: date, reason: str) -> list[int]:
    """Let the records appear, end the versions before them, tell followers and look for candidates; inside an act."""
    rows = MODELS[kind].objects.filter(pk__in=keys)
    supersede(actor, kind, keys, on=day)
    passed = {"passed_on": day, "passed_by_key": actor.key, "visible_from": day}
    if name == "pass_trusted":
        passed["automatic"] = True
    open_now, hidden = Q(scope=Scope.OPEN), Q(scope=Scope.NOT_OPEN)
    shown = passed | {"first_visible_on": day, "announced_on": day}
    step: dict[str, Any] = {"actor": actor, "reason": reason, "on": day}
    done = workflow.apply_set(rows.filter(open_now), TABLES[kind], name, changes=shown, **step)
    quiet = workflow.apply_set(rows.exclude(open_now), TABLES[kind], name, changes=passed, **step)
    later = MODELS[kind].objects.filter(pk__in=quiet).exclude(hidden)
    later.update(visible_from=F("deferred_until") + 1, first_visible_on=F("deferred_until") + 1)
    _keep_first_day(kind, done + quiet)
    appeared = list(MODELS[kind].objects.filter(is_visible(day), pk__in=done).values_list("pk", flat=True))
    MODELS[kind].objects.filter(pk__in=set(done) - set(appeared)).update(announced_on=None)
    tell("disclosure.published", kind, appeared, on=day)
    if kind == RecordKind.PENALTY:
        candidates.find(MODELS[kind].objects.filter(pk__in=appeared), on=day)
    return done + quiet


SUPERSEDED_SQL = """
SELECT before.id FROM {table} before JOIN {table} fresh USING (authority_code, document_number, subject_id, decided_on)
 WHERE fresh.id = ANY(%s) AND fresh.version > 1 AND before.state = 'passed' AND before.id <> fresh.id ORDER BY before.id
"""
FIRST_DAY_SQL = """
UPDATE {table} fresh SET first_visible_on = coalesce(found.first_visible_on, fresh.first_visible_on),
       contested_on = found.contested_on, ended_from = found.ended_from, end_ground = found.end_ground
  FROM (SELECT kept.id, shown.first_visible_on, shown.contested_on, shown.ended_from, shown.end_ground FROM {table} kept
         CROSS JOIN LATERAL {before} shown WHERE kept.id = ANY(%s) AND kept.version > 1) found
 WHERE fresh.id = found.id
"""


def supersede(actor: Actor, kind: str, keys: list[int], *, on: date) -> list[int]:
    """End the published versions of the decisions whose new versions these are; they leave as the new ones appear."""
    table = MODELS[kind]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(SUPERSEDED_SQL.format(table=table), [keys])
        older = [pk for (pk,) in cursor.fetchall()]
    if not older:
        return []
    rows = MODELS[kind].objects.filter(pk__in=older)
    gone = list(rows.filter(is_visible(on)).values_list("pk", flat=True))
    workflow.apply_set(rows, TABLES[kind], "replace", actor=actor, reason="由新版本替换", on=on)
    tell("disclosure.replaced", kind, gone, on=on)
    return older


def _keep_first_day(kind: str, keys: list[int]) -> None:
    """Carry from the version passed before its first day, the mark 异议中, and its end by repair.

    A correction is never late, and never brings back what a repair has ended.
    """
    table = MODELS[kind]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(FIRST_DAY_SQL.format(table=table, before=PASSED_BEFORE.format(table=table)), [keys])


def send_back(*, actor: Actor, record: Any, reason: str) -> Any:
    """Return a pending record to the unit that reported it, with the reason."""
    return _leave(actor, record, "return", reason)


def recall(*, actor: Actor, record: Any, reason: str) -> Any:
    """Take back what was reported and is not yet public, with the reason."""
    return _leave(actor, record, "recall", reason)


def _leave(actor: Actor, record: Any, name: str, reason: str) -> Any:
    table = TABLES[kind_of(record)]
    require(actor, table.transition(name).permission)
    with acting(actor, f"publicity.{name}", reason=reason):
        workflow.apply(held(actor, record), table, name, actor=actor, reason=reason)
    record.refresh_from_db()
    return record


def send_back_set(*, actor: Actor, kind: str, rows: QuerySet[Any], reason: str) -> Outcome:
    """Return a set of pending records with one reason, in chunks."""
    table = TABLES[kind].transition("return")
    require(actor, table.permission)
    keys = list(rows.filter(state__in=table.sources).order_by("pk").values_list("pk", flat=True))
    outcome = Outcome()
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        with acting(actor, "publicity.return", reason=reason):
            mine = scoped(actor, kind, part)
            done = workflow.apply_set(mine, TABLES[kind], "return", actor=actor, reason=reason)
        outcome.done += done
        outcome.leave(MOVED, len(part) - len(done))
    return outcome
