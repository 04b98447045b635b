"""Who is told of what does not follow: the office of what is refused or late, a unit of what came back to it.

PSH-05 one alert stands while records are given up, and is settled when none is.
PSH-11 a change travels within the days of rule PUB-T03; what is later is alerted by number.
PSH-13 a record refused for its content goes back to its unit with a due day under the same rule, counted from the change.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncDate

from core import alerts, clock, deadlines
from core.actors import Actor, acting
from core.models import Deadline
from core.problems import Problem
from publicity.models import RETURNED, Peer, Push, PushState
from publicity.push.systems import System

DEAD, SILENT, LATE = "publicity.push.dead", "publicity.push.silent", "publicity.push.late"
BACK = "publicity.push.returned"
RULE, EVENT = "PUB-T03", "信息变动之日，应由报送单位更正后送达"


def tell(system: System, peer: Peer, *, actor: Actor) -> None:
    """Let every alert about what does not follow say what stands now, and settle those that nothing stands behind."""
    with acting(actor, "push.tell"):
        tell_of_dead(peer)
        tell_of_late(peer)
        tell_units(peer)


def tell_of_dead(peer: Peer) -> None:
    """Let one alert stand while records are given up, and settle it when none is."""
    dead = Push.objects.filter(peer=peer, state=PushState.DEAD).count()
    if dead:
        text = f"{peer.label}拒收 {dead} 条信息，已停止自动重送。请在“信息推送”中查看原因，处理后重新送达。"
        alerts.raise_alert(DEAD, role="office", ref=peer.code, text=text)
    else:
        alerts.settle(DEAD, peer.code)


def tell_of_late(peer: Peer) -> None:
    """Say how many changes have not travelled by their day."""
    today = clock.today()
    late = sum(number for day, number in _waiting_since(peer) if (due := due_of(day)) is not None and due < today)
    if late:
        text = f"{late} 条信息的变动没有在规定的日数内送达{peer.label}。请在“信息推送”中查看原因。"
        alerts.raise_alert(LATE, role="office", ref=peer.code, text=text)
    else:
        alerts.settle(LATE, peer.code)


def _waiting_since(peer: Peer) -> Iterable[tuple[date, int]]:
    """Return each day with how many changes of it were not acknowledged yet."""
    rows = Push.objects.filter(peer=peer, behind_since__isnull=False).order_by()
    days = rows.annotate(day=TruncDate("behind_since", tzinfo=clock.SHANGHAI)).values_list("day")
    return days.annotate(number=Count("pk"))


def due_of(day: date) -> date | None:
    """Return the day by which a change of this day has to travel; None where no rule says so."""
    try:
        rule = deadlines.rule_on(RULE, day)
    except Problem:
        return None
    return deadlines.compute(rule.unit, rule.count, day).due_on


def due_since(moment: datetime | None) -> date | None:
    return due_of(clock.day_of(moment)) if moment is not None else None


def tell_units(peer: Peer) -> None:
    """Give each record that came back its due day, tell its unit, and close both for what is on its way again."""
    back = Push.objects.filter(RETURNED, peer=peer)
    known = Deadline.objects.filter(aggregate_type="publicity.push", rule__code=RULE, closed_on__isnull=True)
    fresh = back.exclude(pk__in=known.values("object_id"))
    by_day: dict[date, list[Push]] = {}
    for row in fresh.order_by("pk").iterator():
        by_day.setdefault(clock.day_of(row.behind_since or row.queued_at), []).append(row)
    for day, rows in by_day.items():
        if due_of(day) is not None:
            deadlines.open_deadlines(rows, RULE, event=EVENT, counts_from=day)
    over = Push.objects.filter(peer=peer, pk__in=known.values("object_id")).exclude(RETURNED)
    if keys := list(over.values_list("pk", flat=True)):
        deadlines.close_deadlines(Push, keys, RULE, on=clock.today(), by="push.corrected")
    _alert_units(peer, back)


def _alert_units(peer: Peer, back: QuerySet[Push]) -> None:
    counted = back.filter(unit__isnull=False).values("unit", code_of_unit=F("unit__code")).annotate(number=Count("pk"))
    standing = set()
    for row in counted.order_by("unit"):
        ref = f"{peer.code[:18]}/{row['code_of_unit']}"[:40]
        standing.add(ref)
        text = f"{peer.label}退回本单位 {row['number']} 条信息。请在“信息推送”中查看退回原因，更正后重新报送。"
        alerts.raise_alert(BACK, role="handler", ref=ref, unit_id=row["unit"], text=text)
    for ref in alerts.standing(BACK) - standing:
        if ref.startswith(f"{peer.code[:18]}/"):
            alerts.settle(BACK, ref)
