"""What the platform decided and what came in here are compared by count and digest per table and day; rows are named.

RCV-04 what the platform has and we do not, or otherwise, is taken over again at once.
RCV-05 what came and did not go in is named with its reason; a person of its unit sees to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from organizations.models import Organization
from publicity.enums import RecordKind
from publicity.models import Difference, Peer, ReceivedDecision, Reconciliation
from publicity.push.adapters import Rest
from publicity.push.comparing import NAMED_AT_MOST, ByUnit, Comparison, day_of, number_of, rows_of
from publicity.push.enrolling import SEND
from publicity.push.lines import Declined, Fault, Line
from publicity.quality.board import months_back, next_month
from publicity.receiving.answering import IN, take_outcomes
from publicity.receiving.taking import retake
from publicity.services.quality import take_platform_counts

APART = "publicity.receiving.apart"
RECONCILE = "receiving.reconcile"
APART_WORDS = "与{}对账发现 {{}} 件决定不一致或者没有入库。请在“对账”中查看是哪些。"
MONTHS = 13  # this month and a year before it
AT_ONCE = 2000
TAKEN_AGAIN, GONE_THERE = "已重新接收", "平台已没有这件决定，请核实"


def reconcile(line: Line, peer: Peer, *, actor: Actor) -> Reconciliation:
    """Compare the last year of both sides, name what differs, and take over again what we lack."""
    require(actor, SEND)
    take_outcomes(peer, actor=actor)
    comparison = Comparison.begin(Rest(line), peer, Reconciliation.Direction.RECEIVED, actor=actor, act=RECONCILE)
    first, last = months_back(clock.today().replace(day=1), MONTHS - 1), clock.today()
    fault = ""
    try:
        for kind in RecordKind.values:
            for start, end in _months(first, last):
                lacking: list[str] = []
                for apart in comparison.apart(kind, start, end, _held_here(peer, kind, start, end)):
                    found = apart.differences(lacking_here=True)
                    for row in found:
                        row.done = GONE_THERE if row.what == Difference.What.EXTRA else TAKEN_AGAIN
                    lacking += [row.uid for row in found if row.what != Difference.What.EXTRA]
                    with acting(actor, RECONCILE):
                        comparison.name(found)
                retake(line, peer, lacking, actor=actor)
                _count(line, kind, start, end, actor)
    except (Fault, Declined) as problem:
        fault = str(problem)
    with acting(actor, RECONCILE):
        comparison.name(_not_in(peer, first, last))
        run = comparison.close(fault)
        comparison.tell(APART, APART_WORDS.format(peer.label))
    return run


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        following = next_month(first)
        yield first, min(following - date.resolution, last)
        first = following


def _held_here(peer: Peer, kind: str, first: date, last: date) -> Iterator[tuple[date, ByUnit]]:
    """Yield what was taken over of each of these days, with the digest of each decision as it came."""
    held = ReceivedDecision.objects.filter(peer=peer, kind=kind, decided_on__range=(first, last), batch__isnull=False)
    rows = held.order_by("decided_on").values_list("decided_on", "uid", "digest")
    for day, decisions in groupby(rows.iterator(AT_ONCE), key=lambda row: row[0]):
        yield day, {"": {uid: digest for _, uid, digest in decisions}}


def _count(line: Line, kind: str, first: date, last: date, actor: Actor) -> None:
    """Keep how many decisions the platform counts per unit and day: the other side of 上报率."""
    rows = rows_of(line.get("/counts", kind=kind, first=first.isoformat(), last=last.isoformat()), "rows")
    units = {row.uscc: row for row in Organization.objects.filter(uscc__in={str(row.get("unit")) for row in rows})}
    counts = [
        (units[str(row["unit"])], day_of(row.get("decided_on")), number_of(row.get("count")))
        for row in rows
        if str(row.get("unit")) in units
    ]
    take_platform_counts(actor=actor, kind=kind, counts=counts)


def _not_in(peer: Peer, first: date, last: date) -> list[Difference]:
    """Return what came and stands in no record: refused, held, or of a unit that nobody knows."""
    rows = ReceivedDecision.objects.filter(peer=peer, decided_on__range=(first, last)).exclude(outcome__in=IN)
    return [
        Difference(
            kind=row.kind,
            decided_on=row.decided_on,
            uid=row.uid,
            what=Difference.What.NOT_IN,
            on_its_way=row.batch_id is not None and not row.outcome,
            done=(row.note or "正在处理")[:100],
        )
        for row in rows.order_by("kind", "decided_on", "uid")[:NAMED_AT_MOST]
    ]
