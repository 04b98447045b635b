"""逢报必查: every disclosed licence, qualification and honour beside the check receipt that came before it, by set.

CHR-01 a decision counts once, in its newest version that was not taken back, on its day, for the unit that took it.
CHR-02 a receipt belongs to it where unit and subject agree and both are licences (or qualifications) or both honours,
and it is not later: with the same business number at any time, otherwise within the days of rule SUP-T01. The last such
receipt speaks.
CHR-03 despite: that receipt said 禁止, and the measure was in force on the day of the decision.
CHR-04 silent: it said 禁止, 限制 or 激励, and its feedback is missing after the due day of rule SUP-T02.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, models

from core import clock
from core.actors import Actor
from core.models.deadlines import TimeLimitRule
from core.paging import after_sql
from core.rulebook import RuleBook
from publicity.quality.board import months_back, next_month
from sanctions.enums import CheckAction, MatterKind
from sanctions.models.execution import TASK_STATE_SQL
from supervision.scope import units_seen

WINDOW, FEEDBACK, TOLD = "SUP-T01", "SUP-T02", "SUP-T03"


KINDS = {MatterKind.LICENCE.value: "许可", MatterKind.QUALIFICATION.value: "资质认可", MatterKind.HONOUR.value: "荣誉"}
ORDER = ("-decided_on", "kind", "-id")


class Fate(models.TextChoices):
    """What a reader of the list asks for; a decision may be of several."""

    CHECKED = "checked", "办理前已核查"
    UNCHECKED = "unchecked", "未查即办"
    DESPITE = "despite", "提示禁止仍准予"
    SILENT = "silent", "逾期未反馈"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which decisions: first and last month; one kind, district, unit, matter or fate, or all of them."""

    first: date
    last: date
    kind: str = ""
    district: str = ""
    unit: str = ""
    matter: str = ""
    fate: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many decisions of one unit, month, kind and matter had which fate."""

    unit: int
    month: date
    kind: str
    matter: str
    decisions: int
    checked: int
    despite: int
    needing: int
    answered: int
    silent: int


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision with the receipt before it, where there is one."""

    kind: str
    id: int
    public_id: str
    number: str
    decided_on: date
    unit: int
    matter: str
    party: str
    is_person: bool
    check_number: str | None
    checked_on: date | None
    action: str | None
    despite: bool
    silent: bool
    due_on: date | None

    @property
    def checked(self) -> bool:
        return self.check_number is not None


# The newest version of each decision that was taken or reported by these units.
LICENCES = """
SELECT DISTINCT ON (authority_code, document_number, subject_id, decided_on)
       CASE WHEN licence_kind LIKE '%%认可%%' THEN 'qualification' ELSE 'licence' END AS kind, id, public_id,
       document_number AS number, certificate_number AS other_number, decided_on,
       coalesce(authority_id, unit_id) AS unit_id, unit_id AS reporter_id,
       coalesce(nullif(certificate_name, ''), licence_kind) AS matter, subject_id, party_name, party = 'Z' AS is_person
  FROM publicity_licence
 WHERE decided_on BETWEEN %(first)s AND %(last)s AND reported_on <= %(today)s AND state <> 'recalled'
   AND (unit_id = ANY (%(units)s) OR authority_id = ANY (%(units)s))
 ORDER BY authority_code, document_number, subject_id, decided_on, version DESC
"""
HONOURS = """
SELECT 'honour' AS kind, record.id, record.public_id, record.document_number AS number, '' AS other_number, decided_on,
       unit_id, unit_id AS reporter_id, title AS matter, subject_id, party_name,
       subject.kind = 'natural_person' AS is_person
  FROM subjects_creditrecord record JOIN subjects_subject subject ON subject.id = record.subject_id
 WHERE record.kind = 'honours' AND state = 'current' AND decided_on BETWEEN %(first)s AND %(last)s
   AND reported_on <= %(today)s AND unit_id = ANY (%(units)s)
"""
IN_FORCE = TASK_STATE_SQL.format(t="task").replace("%s", "decision.decided_on", 1)
JUDGED = f"""
WITH counted AS (SELECT * FROM unnest(%(days)s::date[], %(since)s::date[]) AS t (day, since)),
     due AS (SELECT * FROM unnest(%(asked)s::date[], %(due)s::date[]) AS t (day, due_on)),
     decision AS MATERIALIZED (
        SELECT found.*, coalesce(own.canonical_id, own.id) AS root
          FROM (({LICENCES}) UNION ALL ({HONOURS})) found
          JOIN subjects_subject own ON own.id = found.subject_id
         WHERE found.unit_id = ANY (%(units)s) AND (%(kind)s = '' OR found.kind = %(kind)s)
           AND (%(matter)s = '' OR found.matter = %(matter)s)),
     member AS (
        SELECT DISTINCT root, root AS subject_id FROM decision
        UNION SELECT decision.root, folded.id FROM decision
          JOIN subjects_subject folded ON folded.canonical_id = decision.root),
     receipt AS (
        SELECT DISTINCT ON (decision.kind, decision.id) decision.kind, decision.id, line.id AS line_id,
               line.action, receipt.public_id AS check_number, receipt.asked_on
          FROM decision
          JOIN counted ON counted.day = decision.decided_on
          JOIN member ON member.root = decision.root
          JOIN sanctions_checkedsubject line ON line.subject_id = member.subject_id
          JOIN sanctions_check receipt ON receipt.id = line.of_check_id
         WHERE receipt.unit_id IN (decision.unit_id, decision.reporter_id) AND NOT receipt.sandbox
           AND receipt.asked_on <= decision.decided_on
           AND (CASE decision.kind WHEN 'honour' THEN receipt.matter_kind = 'honour'
                     ELSE receipt.matter_kind IN ('licence', 'qualification') END)
           AND (receipt.asked_on >= counted.since
                OR receipt.business_number <> ''
                   AND receipt.business_number IN (decision.number, decision.other_number))
         ORDER BY decision.kind, decision.id, receipt.asked_at DESC, line.id DESC),
     judged AS (
        SELECT decision.kind, decision.id, decision.public_id, decision.number, decision.decided_on, decision.unit_id,
               decision.matter, decision.party_name, decision.is_person, receipt.check_number, receipt.asked_on,
               receipt.action, coalesce(receipt.action, '') = ANY (%(needing)s) AS needing,
               answered.is_answered AS answered,
               receipt.action = 'forbid' AND EXISTS (
                   SELECT 1 FROM sanctions_checkedsubject line
                     CROSS JOIN LATERAL jsonb_array_elements(line.answer -> 'measures') measure
                     JOIN sanctions_executiontask task ON task.public_id = measure ->> 'task'
                    WHERE line.id = receipt.line_id AND measure ->> 'action' = 'forbid'
                      AND {IN_FORCE} = 'in_force') AS despite,
               due.due_on
          FROM decision
          LEFT JOIN receipt ON receipt.kind = decision.kind AND receipt.id = decision.id
          LEFT JOIN due ON due.day = receipt.asked_on
          LEFT JOIN LATERAL (
              SELECT EXISTS (SELECT 1 FROM sanctions_checkfeedback given WHERE given.checked_id = receipt.line_id)
                     AS is_answered) answered ON true)
"""
SILENT = "(needing AND NOT answered AND coalesce(due_on < %(today)s, false))"
COUNTED = f"""{JUDGED}
SELECT unit_id, date_trunc('month', decided_on)::date AS month, kind, matter, count(*),
       count(check_number), count(*) FILTER (WHERE despite), count(*) FILTER (WHERE needing),
       count(*) FILTER (WHERE needing AND answered), count(*) FILTER (WHERE {SILENT})
  FROM judged GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
COLUMNS = f"""kind, id, public_id, number, decided_on, unit_id, matter, party_name, is_person, check_number, asked_on,
       action, coalesce(despite, false), {SILENT}, CASE WHEN needing AND NOT answered THEN due_on END"""
CONDITIONS = {
    "": "true",
    Fate.CHECKED.value: "check_number IS NOT NULL",
    Fate.UNCHECKED.value: "check_number IS NULL",
    Fate.DESPITE.value: "despite",
    Fate.SILENT.value: SILENT,
}
WANTING = f"(check_number IS NULL OR despite OR {SILENT})"
NEEDING = [CheckAction.FORBID.value, CheckAction.RESTRICT.value, CheckAction.INCENTIVE.value]


def counts(asked: Asked, units: Sequence[int], today: date) -> Iterator[Count]:
    """Yield how many decisions of these units had which fate; one statement beside the rules and the calendar."""
    parameters = _parameters(asked, units, today)
    if parameters is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, parameters)
        for row in cursor.fetchall():
            yield Count(*row)


class Source:
    """The decisions that an actor may see and asked for, in the order of `ORDER`, for `core.paging.page_of`."""

    def __init__(self, actor: Actor, asked: Asked, *, wanting: bool = False, today: date | None = None) -> None:
        units = list(units_seen(actor, asked).values_list("pk", flat=True))
        self._parameters = _parameters(asked, units, today or clock.today())
        self._where = WANTING if wanting else CONDITIONS[asked.fate]

    def rows(self, after: tuple[Any, ...] | None, limit: int) -> list[Decided]:
        if self._parameters is None:
            return []
        where, more = self._where, dict(self._parameters)
        if after is not None:
            condition, values = after_sql(ORDER, after)
            named = [f"after_{place}" for place in range(len(values))]
            where += " AND " + condition % tuple(f"%({name})s" for name in named)
            more |= dict(zip(named, values, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(
                f"{JUDGED} SELECT {COLUMNS} FROM judged WHERE {where} ORDER BY decided_on DESC, kind, id DESC"
                " LIMIT %(limit)s",
                {**more, "limit": limit},
            )
            return [Decided(*row) for row in cursor.fetchall()]

    def key(self, row: Decided) -> tuple[Any, ...]:
        return row.decided_on, row.kind, row.id

    def count(self, cap: int) -> int:
        if self._parameters is None:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                f"{JUDGED} SELECT count(*) FROM (SELECT 1 FROM judged WHERE {self._where} LIMIT %(cap)s) few",
                {**self._parameters, "cap": cap},
            )
            return int(cursor.fetchone()[0])


def _parameters(asked: Asked, units: Sequence[int], today: date) -> dict[str, Any] | None:
    """Return what the statements ask with; None where nothing can be found."""
    first, last = asked.first, min(next_month(asked.last) - date.resolution, today)
    if last < first or not units:
        return None
    book = RuleBook.load()
    days = _days(first, last)
    since = [window_start(book, day) for day in days]
    asked_days = _days(min(since), last)
    due = [found.due_on if (found := book.find(FEEDBACK, day)) else None for day in asked_days]
    return {
        "first": first, "last": last, "today": today, "units": list(units), "kind": asked.kind, "matter": asked.matter,
        "days": days, "since": since, "asked": asked_days, "due": due, "needing": NEEDING,
    }  # fmt: skip


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def window_start(book: RuleBook, decided_on: date) -> date:
    """Return the first day whose check still holds for a decision of this day (SUP-T01); the day itself without a rule."""
    found = book.find(WINDOW, decided_on)
    if found is None:
        return decided_on
    day = decided_on
    if found.rule.unit == TimeLimitRule.Unit.WORKING_DAY:
        for _ in range(found.rule.count):
            day = book.calendar.working_day_before(day)
        return day
    if found.rule.unit == TimeLimitRule.Unit.DAY:
        return day - timedelta(days=found.rule.count)
    return months_before(day, found.rule.count)


def months_before(day: date, count: int) -> date:
    month = months_back(day.replace(day=1), count)
    return month.replace(day=min(day.day, (next_month(month) - date.resolution).day))
