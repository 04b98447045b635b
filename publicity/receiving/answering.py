"""What became of each decision taken over: read from the batch's answers, kept, and told to the platform once."""

from __future__ import annotations

from core import clock
from core.actors import Actor, acting
from core.models.intake import BatchState, IntakeBatch, IntakeChunk, IntakeError, Outcome, Phase, QuestionedRow
from core.permissions import require
from publicity.models import Peer, ReceivedDecision
from publicity.push.enrolling import SEND
from publicity.push.lines import Line

AT_ONCE = 500
IN = frozenset({Outcome.INSERTED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.DUPLICATE})
ENDED = (BatchState.DONE, BatchState.FAILED, BatchState.WITHDRAWN)
LABELS = dict(Outcome.choices)


def outcomes_of(batch: IntakeBatch) -> dict[int, str]:
    """Return for each row of the batch the letter of what became of it; one of a failed batch was refused."""
    found: dict[int, str] = {}
    for chunk in IntakeChunk.objects.filter(batch=batch, phase=Phase.MERGE):
        found |= {chunk.first_row + place: letter for place, letter in enumerate(chunk.outcomes) if letter != "."}
    return found


def notes_of(batch: IntakeBatch) -> dict[int, str]:
    """Return for each row that did not go in the first reason."""
    found: dict[int, str] = {}
    for error in IntakeError.objects.filter(batch=batch, severity=IntakeError.Severity.ERROR).order_by("row", "id"):
        found.setdefault(error.row, f"{error.code} {error.message}"[:300])
    for question in QuestionedRow.objects.filter(batch=batch):
        found.setdefault(question.row, f"{question.code} {question.detail}"[:300])
    return found


def take_outcomes(peer: Peer, *, actor: Actor) -> int:
    """Keep what became of decisions whose batch has come to its end; returns how many."""
    require(actor, SEND)
    waiting = ReceivedDecision.objects.filter(peer=peer, outcome="", batch__state__in=ENDED).values("batch")
    number = 0
    for batch in IntakeBatch.objects.filter(pk__in=waiting).order_by("pk"):
        letters, notes = outcomes_of(batch), notes_of(batch)
        whole = str((batch.problem or {}).get("detail", ""))[:300]
        refused = batch.state != BatchState.DONE
        with acting(actor, "receiving.outcomes"):
            rows = list(ReceivedDecision.objects.select_for_update().filter(batch=batch, outcome="").order_by("pk"))
            for row in rows:
                row.outcome = Outcome.REJECTED if refused else letters.get(row.line or 0, Outcome.REJECTED)
                row.note = whole if refused else notes.get(row.line or 0, "")
            ReceivedDecision.objects.bulk_update(rows, ["outcome", "note"])
        number += len(rows)
    return number


def tell(line: Line, peer: Peer, *, actor: Actor) -> int:
    """Tell the platform what became of its decisions; what is not acknowledged is told again."""
    require(actor, SEND)
    number = 0
    untold = ReceivedDecision.objects.filter(peer=peer, told_at__isnull=True).exclude(outcome="")
    while rows := list(untold.order_by("kind", "pk")[:AT_ONCE]):
        kind = rows[0].kind
        rows = [row for row in rows if row.kind == kind]
        said = [{"uid": row.uid, "outcome": LABELS[Outcome(row.outcome)], "note": row.note} for row in rows]
        line.post("/outcomes", {"kind": kind, "rows": said})
        with acting(actor, "receiving.told"):
            # One that came in anew meanwhile has no outcome again and is told of later.
            known = ReceivedDecision.objects.filter(pk__in=[row.pk for row in rows]).exclude(outcome="")
            known.update(told_at=clock.now())
        number += len(rows)
    return number
