"""Groups sum up execution every quarter."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Min

from core import clock
from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import Violation, refuse
from organizations.models import WorkingGroup
from sanctions import selectors
from sanctions.models import Determination, GroupSummary


def make_summary(
    *, actor: Actor, group: WorkingGroup, from_on: date, to_on: date, on: date | None = None, reason: str = ""
) -> GroupSummary:
    """Sum up one group's execution over a period, once; a second run of the same period gives the first result."""
    require(actor, "sanctions.summary.make")
    if actor.is_person and not (actor.may("sanctions.case.see_all") or group.pk in actor.group_ids):
        refuse([Violation("SAN-18", f"{group.name}的情况由该组汇总", remedy=f"由{group.name}牵头单位办理")])
    day = settled_day(actor, on, reason)
    if not from_on <= to_on < day:
        refuse([Violation("SAN-53", "汇总期间应已结束，且起止顺序正确", "to_on", "填写已经结束的期间")])
    with acting(actor, "summary.make", reason=reason, on=day):
        summary, _ = GroupSummary.objects.get_or_create(
            group=group,
            from_on=from_on,
            to_on=to_on,
            defaults={"made_on": day, "figures": selectors.group_figures(group, from_on, to_on)},
        )
    return summary


def last_quarter(day: date) -> tuple[date, date]:
    """Return first and last day of the quarter before the one that `day` is in."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    last = first - timedelta(days=1)
    return date(last.year, (last.month - 1) // 3 * 3 + 1, 1), last


def make_quarterly_summaries(*, actor: Actor, day: date | None = None) -> int:
    """Make every group's missing summaries of full quarters since the first decision; returns how many were made."""
    day = day or clock.today()
    first = Determination.objects.aggregate(first=Min("issued_on"))["first"]
    if first is None:
        return 0
    known = set(GroupSummary.objects.values_list("group_id", "from_on", "to_on"))
    groups = list(WorkingGroup.objects.all())
    made = 0
    from_on, to_on = last_quarter(day)
    while to_on >= first:
        for group in groups:
            if (group.pk, from_on, to_on) not in known:
                make_summary(actor=actor, group=group, from_on=from_on, to_on=to_on)
                made += 1
        from_on, to_on = last_quarter(from_on)
    return made
