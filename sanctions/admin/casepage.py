"""What the page of a case shows: eight steps, what can be done now, and why each date is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core import clock
from core.actors import Actor
from core.models import Deadline
from core.text import zh_day
from organizations.acts.forms import ActForm
from organizations.acts.pages import Button, buttons
from sanctions import drawing, selectors
from sanctions.enums import Polarity
from sanctions.forms.meetings import DeclineExpert, DrawExperts
from sanctions.forms.notices import RecordStatement, ServeDetermination, ServeNotice
from sanctions.models import Case, Determination, ExecutionTask, Listing, Meeting, Notice
from sanctions.services.notices import STATEMENT_RULE

STEPS: tuple[tuple[str, set[str]], ...] = (
    ("起草", {"draft", "returned"}),
    ("复核报送", {"submitted"}),
    ("受理", {"accepted"}),
    ("告知送达", {"noticed"}),
    ("会议认定", {"convened"}),
    ("议决印发", {"decided"}),
    ("送达列入", {"issued"}),
    ("实施反馈", set()),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One of the eight steps: done, now, or to come; skipped where the law asks for none."""

    label: str
    state: str
    note: str = ""


def steps(case: Case, listings: list[Any], tasks: list[ExecutionTask], served: int, subjects: int) -> list[Step]:
    """Return the progress line."""
    reached = next((place for place, (_, states) in enumerate(STEPS) if case.state in states), 0)
    if case.state == "issued" and served == subjects:
        reached = 7
    finished = bool(tasks) and all(task.state in {"applied", "refused", "released"} for task in tasks)
    found = []
    for place, (label, _) in enumerate(STEPS):
        state = "done" if place < reached else "now" if place == reached else "todo"
        if place == 7 and reached == 7 and (finished or not listings):
            state = "done"
        note = ""
        if label == "告知送达" and case.polarity == Polarity.INCENTIVE:
            state, note = "skip", "激励不需要"
        if case.state == "withdrawn":
            state = "stop" if place == 0 else "todo"
        if case.state == "returned" and place == 0:
            note = "已退回"
        found.append(Step(label, state, note))
    return found


def case_page(actor: Actor, case: Case, acts: list[type[ActForm]]) -> dict[str, Any]:
    """Return the context of the page, in a constant number of queries."""
    subjects = list(
        case.subjects.select_related("subject", "notice", "case").prefetch_related("services__proof").order_by("pk")
    )
    notices = [row.notice for row in subjects if hasattr(row, "notice")]
    determination = Determination.objects.filter(case=case).select_related("lead_unit").first()
    today = clock.today()
    listings = list(
        Listing.objects.filter(case_subject__case=case)
        .with_state_on(today)
        .select_related("subject", "determination", "revision")
        .prefetch_related("pauses", "amendments")
    )
    tasks = list(
        ExecutionTask.objects.filter(listing__case_subject__case=case)
        .select_related("unit", "measure", "listing__subject")
        .order_by("unit__sort", "unit__code", "measure__code")
    )
    deadlines = _deadlines(notices, determination, tasks)
    served = sum(any(s.document == "determination" for s in row.services.all()) for row in subjects)
    next_acts = buttons(actor, case, acts)
    return {
        "case": case,
        "today": today,
        "steps": steps(case, listings, tasks, served, len(subjects)),
        "subject_rows": [_subject_row(actor, case, row, deadlines) for row in subjects],
        "evidence": list(case.evidence.select_related("attachment")),
        "meeting": _meeting(actor, case, subjects),
        "determination": determination,
        "filing": next(
            (row for row in deadlines if determination and row.aggregate_type == "sanctions.determination"), None
        ),
        "listings": [(row, selectors.explain_listing(row)) for row in listings],
        "task_groups": _by_unit(tasks, deadlines),
        "task_count": len(tasks),
        "timeline": _timeline(case, deadlines),
        "main_acts": [row for row in next_acts if not row.minor and not row.danger],
        "minor_acts": [row for row in next_acts if row.minor and not row.danger],
        "danger_acts": [row for row in next_acts if row.danger],
        "nominations": list(case.nominations.select_related("listing__register").order_by("pk")),
        "citations": case.revision.citations.select_related("article__instrument"),
    }


def _subject_row(actor: Actor, case: Case, row: Any, deadlines: list[Deadline]) -> dict[str, Any]:
    notice: Notice | None = getattr(row, "notice", None)
    term = next(
        (due for due in deadlines if notice and due.rule.code == STATEMENT_RULE and due.object_id == notice.pk),
        None,
    )
    acts: list[Button] = []
    if notice is not None:
        acts += buttons(actor, case, [ServeNotice, RecordStatement], notice, notice.public_id)
    acts += buttons(actor, case, [ServeDetermination], row, row.public_id)
    return {"row": row, "subject": row.subject, "notice": notice, "term": term, "acts": acts}


def _meeting(actor: Actor, case: Case, subjects: list[Any]) -> dict[str, Any] | None:
    rows = list(case.meetings.select_related("convenor"))
    standing = next((row for row in rows if row.adjourned_on is None), None)
    if standing is None:
        return None
    adjourned = [row for row in rows if row.adjourned_on is not None]
    return {**meeting_facts(actor, case, standing, subjects), "adjourned": adjourned}


def meeting_facts(actor: Actor, case: Case, meeting: Meeting, subjects: list[Any]) -> dict[str, Any]:
    """Return invitees with their votes, experts, and draws recomputed on the spot."""
    invitees = list(meeting.invitees.select_related("unit").order_by("unit__sort", "pk"))
    votes = {(vote.invitee_id, vote.case_subject_id): vote for vote in meeting.votes.all()}
    seats = list(meeting.experts.select_related("expert", "draw").order_by("pk"))
    draws = list(meeting.draws.order_by("round"))
    came = sum(row.attended for row in invitees)
    return {
        "meeting": meeting,
        "invitees": [(row, [votes.get((row.pk, subject.pk)) for subject in subjects]) for row in invitees],
        "came": came,
        "enough": bool(invitees) and came * 100 >= len(invitees) * meeting.quorum_percent,
        "subjects": subjects,
        "seats": [(seat, buttons(actor, case, [DeclineExpert], seat, seat.expert.public_id)) for seat in seats],
        "draws": [
            (draw, recomputed(draw), buttons(actor, case, [DrawExperts], draw, draw.public_id)) for draw in draws
        ],
    }


def recomputed(draw: Any) -> dict[str, Any]:
    """Recompute a draw from what was committed: does the digest hold, and do the same names come out."""
    digest = drawing.digest_of(draw.round, draw.demand, draw.pool, draw.seed)
    names = drawing.draw(draw.demand, draw.pool, draw.seed)[0] if draw.drawn_on else []
    return {
        "digest_holds": digest == draw.digest,
        "names_hold": names == draw.selected,
        "candidates": len(draw.pool),
        "excluded": draw.excluded,
    }


def _deadlines(
    notices: list[Notice], determination: Determination | None, tasks: list[ExecutionTask]
) -> list[Deadline]:
    wanted = Q(aggregate_type="sanctions.notice", object_id__in=[row.pk for row in notices])
    if determination is not None:
        wanted |= Q(aggregate_type="sanctions.determination", object_id=determination.pk)
    wanted |= Q(aggregate_type="sanctions.executiontask", object_id__in=[row.pk for row in tasks])
    return list(Deadline.objects.filter(wanted).select_related("rule").order_by("due_on", "pk"))


def _by_unit(tasks: list[ExecutionTask], deadlines: list[Deadline]) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """Group tasks by implementing unit, each with its open due day."""
    open_days = {
        row.object_id: row for row in deadlines if row.aggregate_type == "sanctions.executiontask" and not row.closed_on
    }
    groups: dict[int, tuple[Any, list[tuple[Any, Any]]]] = {}
    for task in tasks:
        groups.setdefault(task.unit_id, (task.unit, []))[1].append((task, open_days.get(task.pk)))
    return list(groups.values())


def _timeline(case: Case, deadlines: list[Deadline]) -> list[dict[str, Any]]:
    """Return the selector's timeline with the due days of notices and filing among it."""
    rows = selectors.timeline(case)
    for due in deadlines:
        if due.aggregate_type == "sanctions.executiontask":
            continue
        rows.append(
            {
                "on": due.due_on,
                "label": f"{due.rule.name}期限",
                "actor": "",
                "reason": f"{zh_day(due.closed_on)}{due.closed_by}" if due.closed_on else "",
                "explanation": due.explanation(),
                "kind": "due",
                "order": (due.due_on, 5, due.pk),
            }
        )
    today = clock.today()
    return [
        {**row, "ahead": row["on"] > today} for row in sorted(rows, key=lambda row: (row["order"][0], row["order"][1]))
    ]
