"""The daily check: every stored end and every announcement against what the dates say.

Stored ends are projections written in the act's own transaction, so a difference is a fault somewhere. It is written
anew as an act of its own, with history, and told to the system administrators; nothing is mended in silence. An
announcement is a fact and is never taken back here: it is only reported.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import connection

from core import alerts, clock
from core.actors import Actor, acting
from core.permissions import require
from sanctions.models import ExecutionTask, Listing
from sanctions.models.execution import TASK_ENDS_ON_SQL
from sanctions.services.tasks import move_tasks

ALERT = "sanctions.clock"
SPAN = 50_000
# Pauses are gathered once per span of keys, not once per row; a row without any needs no function.
LISTINGS_SQL = """
SELECT listing.id FROM sanctions_listing listing
  LEFT JOIN (
    SELECT listing_id, range_agg(daterange(from_on, to_on)) FILTER (WHERE cause <> 'lapse') AS pauses,
           range_agg(daterange(from_on, to_on)) FILTER (WHERE cause = 'lapse') AS lapses
      FROM sanctions_listingpause WHERE listing_id > %(after)s AND listing_id <= %(until)s GROUP BY listing_id
  ) spans ON spans.listing_id = listing.id
 WHERE listing.id > %(after)s AND listing.id <= %(until)s
   AND listing.ends_on IS DISTINCT FROM {computed}
"""
COMPUTED_SQL = """CASE WHEN spans.listing_id IS NULL
    THEN least(listing.original_ends_on, listing.over_from - 1, listing.revoked_from - 1)
    ELSE core_period_ends_on(listing.starts_on, listing.original_ends_on, spans.pauses, spans.lapses,
                             listing.over_from, listing.revoked_from) END"""
DIFFERING_LISTINGS_SQL = LISTINGS_SQL.format(computed=COMPUTED_SQL)
DIFFERING_TASKS_SQL = f"""
SELECT DISTINCT task.listing_id FROM sanctions_executiontask task
 WHERE task.listing_id > %(after)s AND task.listing_id <= %(until)s AND task.state <> 'released'
   AND task.ends_on IS DISTINCT FROM {TASK_ENDS_ON_SQL.format(t="task")}
"""
EARLY_SQL = """
SELECT count(*) FROM sanctions_listing WHERE state = 'delisted' AND (ends_on IS NULL OR ends_on >= delisted_on)
"""
# Listings over before yesterday that nobody announced: the job runs several times a day, so something holds it up.
# One that silence holds is not over.
LATE_SQL = """
SELECT count(*) FROM sanctions_listing
 WHERE delisted_on IS NULL AND ends_on < %s AND state IN ('issued', 'performed', 'withdrawn', 'closed')
   AND (tacit_from IS NULL OR tacit_from > ends_on)
"""

_checks: list[Callable[[Actor, date], int]] = []


def register_check(check: Callable[[Actor, date], int]) -> None:
    """Let a higher floor verify the days of silence that it wrote (actor, day → how many were wrong, mended)."""
    if check not in _checks:
        _checks.append(check)


def verify_clocks(*, actor: Actor, day: date | None = None, span: int = SPAN) -> dict[str, int]:
    """Write anew every stored end that is not what the dates say, and count wrong or late announcements.

    Works through the keys in spans, each its own transaction; late, twice or cut off it finds what is left.
    """
    require(actor, "sanctions.listing.remedy")
    day = day or clock.today()
    found = {"listings": 0, "tasks": 0, "announced_early": 0, "announced_late": 0, "tacit": 0}
    last = Listing.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for after in range(0, last, span):
        bounds = {"after": after, "until": after + span}
        listings = _keys(DIFFERING_LISTINGS_SQL, bounds)
        if listings:
            found["listings"] += _mend_listings(actor, listings, day)
        tasks = _keys(DIFFERING_TASKS_SQL, bounds)
        if tasks:
            found["tasks"] += _mend_tasks(actor, tasks, day)
    for check in _checks:
        found["tacit"] += check(actor, day)
    with connection.cursor() as cursor:
        cursor.execute(EARLY_SQL)
        found["announced_early"] = cursor.fetchone()[0]
        cursor.execute(LATE_SQL, [date.fromordinal(day.toordinal() - 1)])
        found["announced_late"] = cursor.fetchone()[0]
    _tell(found)
    return found


def _keys(statement: str, bounds: dict[str, int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, bounds)
        return [key for (key,) in cursor.fetchall()]


def _mend_listings(actor: Actor, keys: list[int], day: date) -> int:
    """Write the computed end of these listings, looked at again under their locks; returns how many were wrong."""
    with acting(actor, "clock.verify", reason="每日核对：截止日与推算不符，按推算更正", on=day):
        held = list(Listing.objects.filter(pk__in=keys).order_by("pk").select_for_update().prefetch_related("pauses"))
        wrong = []
        for listing in held:
            end = listing.recorded().projected_ends_on()
            if end != listing.ends_on:
                listing.ends_on = end
                wrong.append(listing)
        Listing.objects.bulk_update(wrong, ["ends_on"], batch_size=1000)
    return len(wrong)


def _mend_tasks(actor: Actor, listings: list[int], day: date) -> int:
    with acting(actor, "clock.verify", reason="每日核对：措施截止日与推算不符，按推算更正", on=day):
        list(Listing.objects.filter(pk__in=listings).order_by("pk").select_for_update().values_list("pk", flat=True))
        list(
            ExecutionTask.objects.filter(listing__in=listings)
            .order_by("pk")
            .select_for_update(of=("self",))
            .values_list("pk", flat=True)
        )
        return move_tasks(listings)


LABELS = {
    "listings": "名单截止日与推算不符（已更正）",
    "tasks": "措施截止日与推算不符（已更正）",
    "announced_early": "公告移出早于到期",
    "announced_late": "到期后未公告移出",
    "tacit": "视为受理的暂停日与期限不符（已更正）",
}


def _tell(found: dict[str, int]) -> None:
    wrong = [f"{LABELS[name]}{count}项" for name, count in found.items() if count]
    if wrong:
        alerts.raise_alert(ALERT, role=alerts.SYSTEM_ADMIN, text=f"每日核对发现：{'；'.join(wrong)}。请查明原因。")
    else:
        alerts.settle(ALERT)
