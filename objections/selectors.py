"""Queries of objections and complaints that pages, APIs and other apps may use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncMonth

from core import clock, deadlines
from core.models import Deadline, TransitionRecord
from core.plans import Planned
from core.text import zh_day
from core.timeline import act_rows, due_rows, in_order
from objections import letters
from objections.enums import OPEN_COMPLAINT, OPEN_OBJECTION, IdentityResult
from objections.models import AnsweredObjection, Complaint, Objection
from objections.standing import ACCEPT_RULE, ANSWER_RULES, as_it_stands
from objections.workflow import COMPLAINT, OBJECTION
from sanctions.models import Listing

NEXT_STEP = {
    "received": "等待{unit}决定是否受理；期限届满未决定的视为受理",
    "declined": "未受理。对不予受理不服的，可依法申请行政复议或者提起行政诉讼",
    "forwarded": "已转送{to}，由其依法答复",
    "source_answered": "{to}已答复，内容见下；名单的变更由其办理",
    "accepted": "已受理，{unit}正在核查；答复之前{pause}",
    "drafted": "{unit}正在办理答复；答复之前{pause}",
    "rejected": "不服答复的，可在{until}前向联席会议办公室投诉",
    "upheld": "已按答复办理",
    "partly_upheld": "等待{unit}重新认定或更正；在此之前{pause}。不服答复的，可在{until}前投诉",
    "redetermined": "已重新认定",
    "corrected": "已更正",
    "withdrawn": "已按申请人要求撤回",
    "taken_over": "由联席会议办公室在投诉中一并处理；处理之前{pause}",
    "settled": "已由投诉处理办结",
    "moot": "没有需要继续处理的内容，程序终结，原因见下",
}
COMPLAINT_STEP = {
    "received": "等待联席会议办公室决定是否受理",
    "declined": "未受理",
    "accepted": "已受理，联席会议办公室正在处理；处理之前{pause}",
    "convened": "正在研究；处理之前{pause}",
    "drafted": "正在办理处理决定；处理之前{pause}",
    "rejected": "平台程序终结，可依法申请行政复议或者提起行政诉讼",
    "upheld": "已按处理决定办理",
    "partly_upheld": "等待重新认定或更正；在此之前{pause}",
    "redetermined": "已重新认定",
    "corrected": "已更正",
    "withdrawn": "已按申请人要求撤回",
    "moot": "没有需要继续处理的内容，程序终结",
}


def open_about(listing: Listing) -> tuple[Objection | None, Complaint | None]:
    """Return the open objection and the open complaint about a listing's determination."""
    objection = listing.objections.filter(state__in=OPEN_OBJECTION).order_by("-pk").first()
    complaint = Complaint.objects.filter(objection__listing=listing, state__in=OPEN_COMPLAINT).order_by("-pk").first()
    return (as_it_stands(objection) if objection else None), complaint


MARK = "异议处理中"


def marked(kind: str, keys: Iterable[str]) -> set[str]:
    """Return which of these targets carry the mark 异议中: an accepted objection or complaint is undecided; one query."""
    return {key for _, key in public_marks({kind: list(keys)})}


# By hand, since every public page and search asks it: Django takes longer to put the statement together than PostgreSQL
# takes to answer it. Undecided is what was accepted and not yet answered for good, or accepted by silence (ADR 0024).
CONTESTED = f"""
SELECT o.target_kind, o.target_key FROM objections_objection o
 WHERE (o.target_kind, o.target_key) IN (SELECT * FROM unnest({{targets}}::text[], {{targets}}::text[]))
   AND (o.state IN ('accepted', 'drafted', 'partly_upheld', 'taken_over')
        OR EXISTS (SELECT FROM objections_complaint c WHERE c.objection_id = o.id
                      AND c.state IN ('accepted', 'convened', 'drafted', 'partly_upheld'))
        OR o.state = 'received' AND EXISTS (
            SELECT FROM core_deadline d JOIN core_timelimitrule r ON r.id = d.rule_id AND r.code = '{ACCEPT_RULE}'
             WHERE d.aggregate_type = 'objections.objection' AND d.object_id = o.id AND d.closed_on IS NULL
               AND d.due_on <= %s))
"""


MOST_ON_A_PAGE = 64


@cache
def _contested(places: int) -> Planned:
    """Return the statement about so many targets: told how many there are, PostgreSQL keeps one plan for all of them."""
    return Planned(CONTESTED.format(targets=f"ARRAY[{', '.join(['%s'] * places)}]"))


def public_marks(wanted: Mapping[str, Collection[str]]) -> dict[tuple[str, str], str]:
    """Return the mark of every contested target among these, by kind and key; one query, for every public page."""
    kinds: list[str] = []
    keys: list[str] = []
    for kind, of_kind in wanted.items():
        kinds += [kind] * len(of_kind)
        keys += of_kind
    statement: str = CONTESTED.format(targets="%s")
    asked: list[Any] = [kinds, keys]
    if 0 < len(keys) <= MOST_ON_A_PAGE:
        places = 1 << (len(keys) - 1).bit_length()  # few statements for any number: the last target fills up the rest
        missing = places - len(keys)
        statement, asked = _contested(places), [*kinds, *kinds[-1:] * missing, *keys, *keys[-1:] * missing]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*asked, clock.today()])
        return dict.fromkeys(cursor.fetchall(), MARK)


def _deadlines(record: Objection | Complaint) -> list[Deadline]:
    rows = list(deadlines.deadlines_of(record))
    if isinstance(record, Objection):
        if record.by_silence and not any(row.rule.code == ANSWER_RULES[0] for row in rows):
            rows = _spoken(record, rows)
        rows += deadlines.deadlines_of(AnsweredObjection(pk=record.pk))
    return rows


def _spoken(record: Objection, rows: list[Deadline]) -> list[Deadline]:
    """Return the due days as silence has left them, before that is recorded: accepted, and the answer is due."""
    for row in rows:
        if row.rule.code == ACCEPT_RULE:
            row.closed_on, row.closed_by = row.due_on, "视为受理"
    return [*rows, deadlines.foretold(record, ANSWER_RULES[0], event="收到异议", counts_from=record.received_on)]


def due_days(record: Objection | Complaint) -> list[dict[str, Any]]:
    """Return every due day of an objection or complaint, each with the sentence that explains it."""
    return [
        {
            "rule": row.rule.code,
            "name": row.rule.name,
            "basis": row.rule.basis,
            "counts_from": row.counts_from,
            "due_on": row.due_on,
            "provisional": row.provisional,
            "closed_on": row.closed_on,
            "closed_by": row.closed_by,
            "explanation": row.explanation(),
        }
        for row in _deadlines(record)
    ]


def timeline(record: Objection | Complaint) -> list[dict[str, Any]]:
    """Return what happened to an objection or complaint and why each due day is that day, in order."""
    rows = due_rows(_deadlines(record))
    if isinstance(record, Complaint):
        return in_order([*rows, *act_rows((COMPLAINT, [record.pk]))])
    rows += act_rows((OBJECTION, [record.pk]))
    complained = act_rows((COMPLAINT, list(record.complaints.values_list("pk", flat=True))))
    return in_order([*rows, *({**row, "label": f"投诉：{row['label']}"} for row in complained)])


def step_words(objection: Objection) -> dict[str, str]:
    """Return the words that the next step of an objection names: unit, place, days."""
    until = next((row["due_on"] for row in due_days(objection) if row["rule"] == "OBJ-T04"), None)
    return {
        "unit": objection.answering_unit.name,
        "to": objection.forwarded_to,
        "until": zh_day(until) or "规定期限",
        "pause": "措施暂停执行，不作为不予许可、扣分或者从严的依据" if objection.listing_id else "该事项标注“异议中”",
    }


def asked_for(record: Objection | Complaint) -> list[dict[str, Any]]:
    """Return what is still waited for from the filer: what is missing, until when and why; one at most."""
    waiting = next((row for row in due_days(record) if row["rule"] == "OBJ-T12" and row["closed_on"] is None), None)
    asked = letters.asked_for(record) if waiting is not None else None
    if waiting is None or asked is None:
        return []
    return [{"what": asked.reason, "due_on": waiting["due_on"], "why": waiting["explanation"]}]


def _public(record: Objection | Complaint, step: str) -> dict[str, Any]:
    return {
        "number": record.public_id,
        "state": record.state,
        "state_label": record.get_state_display(),
        "next_step": step,
        "received_on": record.received_on,
        "accepted_on": record.accepted_on,
        "identity": str(IdentityResult(record.identity_result).label),
        "outcome": record.outcome if record.answered_on else "",
        "answer": record.answer_text if record.answered_on else "",
        "answered_on": record.answered_on,
        "due": [
            {"name": row["name"], "due_on": row["due_on"], "provisional": row["provisional"], "why": row["explanation"]}
            for row in due_days(record)
            if row["closed_on"] is None
        ],
    }


def public_view(objection: Objection) -> dict[str, Any]:
    """Return what the holder of number and secret is told: state and next step; nothing of any person."""
    objection = as_it_stands(objection)
    words = step_words(objection)
    shown = _public(objection, NEXT_STEP[objection.state].format(**words))
    reason = TransitionRecord.objects.filter(
        workflow=OBJECTION.name, object_id=objection.pk, transition__in=["decline", "extend", "moot"]
    ).last()
    return shown | {
        "target": objection.get_target_kind_display(),
        "answering_unit": objection.answering_unit.name,
        "asked": asked_for(objection),
        "reason": reason.reason if reason else "",
        "forwarded_to": objection.forwarded_to if objection.forwarded_on else "",
        "source_answer": objection.source_answer,
        "correction": objection.correction,
        "complaints": [public_complaint(row, words) for row in objection.complaints.order_by("pk")],
    }


def public_complaint(complaint: Complaint, words: dict[str, str] | None = None) -> dict[str, Any]:
    """Return what the holder of a complaint's number and secret is told."""
    words = words or step_words(complaint.objection)
    shown = _public(complaint, COMPLAINT_STEP[complaint.state].format(**words))
    return shown | {
        "asked": asked_for(complaint),
        "remedies": complaint.remedies if complaint.answered_on else "",
        "correction": complaint.correction,
    }


def received_by_month(first: date, last: date) -> dict[date, int]:
    """Return how many objections were received in each month; one query."""
    rows = Objection.objects.filter(received_on__range=(first, last)).order_by()
    return dict(rows.values_list(TruncMonth("received_on")).annotate(number=Count("pk")))


def answered_by_month(first: date, last: date) -> dict[tuple[date, str], int]:
    """Return how many objections were answered in each month, by outcome; one query."""
    rows = Objection.objects.filter(answered_on__range=(first, last)).order_by()
    counted = rows.values_list(TruncMonth("answered_on"), "outcome").annotate(number=Count("pk"))
    return {(month, outcome): number for month, outcome, number in counted}
