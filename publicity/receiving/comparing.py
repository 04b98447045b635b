"""What the platform decided and what came in here are compared by count and digest per table and day; rows are named.

RCV-04 what the platform has and we do not, or otherwise, is taken over again at once.
RCV-05 what came and did not go in is named with its reason; a person of its unit sees to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from core import alerts, clock
from core.actors import Actor, acting
from core.permissions import require
from organizations.models import Organization
from publicity.enums import RecordKind
from publicity.models import Difference, Peer, ReceivedDecision, Reconciliation
from publicity.push.enrolling import SEND
from publicity.push.lines import Declined, Fault, Line
from publicity.push.reconciling import day_of, differing, rows_of
from publicity.push.sealing import day_digest
from publicity.quality.board import months_back, next_month
from publicity.receiving.answering import IN, take_outcomes
from publicity.receiving.taking import retake
from publicity.services.quality import take_platform_counts

APART = "publicity.receiving.apart"
MONTHS = 13  # this month and a year before it
NAMED_AT_MOST = 5000
TAKEN_AGAIN, GONE_THERE = "已重新接收", "平台已没有这件决定，请核实"


def reconcile(line: Line, peer: Peer, *, actor: Actor) -> Reconciliation:
    """Compare the last year of both sides, name what differs, and take over again what we lack."""
    require(actor, SEND)
    take_outcomes(peer, actor=actor)
    found: list[Difference] = []
    counted = {"days": 0, "differing_days": 0, "ours": 0, "theirs": 0}
    first, last = months_back(clock.today().replace(day=1), MONTHS - 1), clock.today()
    fault = ""
    try:
        for kind in RecordKind.values:
            for start, end in _months(first, last):
                found += _compare(line, peer, kind, start, end, counted)
                _count(line, kind, start, end, actor)
        lacking = [row.uid for row in found if row.what != Difference.What.EXTRA]
        retake(line, peer, lacking, actor=actor)
    except (Fault, Declined) as problem:
        fault = str(problem)[:300]
    with acting(actor, "receiving.reconcile"):
        found += _not_in(peer, first, last)
        run = Reconciliation.objects.create(
            peer=peer,
            direction=Reconciliation.Direction.RECEIVED,
            on=clock.today(),
            first=first,
            last=last,
            differences=len(found),
            fault=fault,
            finished_at=clock.now(),
            **counted,
        )
        for row in found:
            row.reconciliation = run
        Difference.objects.bulk_create(found[:NAMED_AT_MOST])
        _tell(peer, found)
    return run


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        following = next_month(first)
        yield first, min(following - date.resolution, last)
        first = following


def _compare(line: Line, peer: Peer, kind: str, first: date, last: date, counted: dict[str, int]) -> list[Difference]:
    """Return what differs on these days, seen from here: what they have and we lack is missing."""
    ours: dict[date, dict[str, str]] = {}
    held = ReceivedDecision.objects.filter(peer=peer, kind=kind, decided_on__range=(first, last), batch__isnull=False)
    for day, uid, digest in held.values_list("decided_on", "uid", "digest"):
        ours.setdefault(day, {})[uid] = digest
    answer = line.get("/digests", kind=kind, first=first.isoformat(), last=last.isoformat())
    theirs = {
        day_of(row.get("decided_on")): (int(row.get("count", 0)), str(row.get("digest", "")))
        for row in rows_of(answer, "days")
    }
    found: list[Difference] = []
    for day in sorted(ours.keys() | theirs.keys()):
        here = ours.get(day, {})
        count, digest = theirs.get(day, (0, ""))
        counted["days"] += 1
        counted["ours"] += len(here)
        counted["theirs"] += count
        if count == len(here) and digest == day_digest(here.items()):
            continue
        counted["differing_days"] += 1
        listed = rows_of(line.get("/rows", kind=kind, decided_on=day.isoformat()), "rows")
        there = {str(row.get("uid", ""))[:64]: str(row.get("digest", "")) for row in listed}
        for row in differing(kind, day, there, here):
            row.done = GONE_THERE if row.what == Difference.What.EXTRA else TAKEN_AGAIN
            found.append(row)
    return found


def _count(line: Line, kind: str, first: date, last: date, actor: Actor) -> None:
    """Keep how many decisions the platform counts per unit and day: the other side of 上报率."""
    rows = rows_of(line.get("/counts", kind=kind, first=first.isoformat(), last=last.isoformat()), "rows")
    units = {row.uscc: row for row in Organization.objects.filter(uscc__in={str(row.get("unit")) for row in rows})}
    counts = [
        (units[str(row["unit"])], day_of(row.get("decided_on")), int(row.get("count", 0)))
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


def _tell(peer: Peer, found: list[Difference]) -> None:
    serious = [row for row in found if not row.on_its_way]
    if serious:
        text = f"与{peer.label}对账发现 {len(serious)} 件决定不一致或者没有入库。请在“对接系统”中查看是哪些。"
        alerts.raise_alert(APART, role="office", ref=peer.code, text=text)
    else:
        alerts.settle(APART, peer.code)
