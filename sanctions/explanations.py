"""Why a listing's dates are what they are, in the words that officers, subjects and the public read."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.periods import Pause, PeriodState, union
from core.text import zh_day
from sanctions.enums import PauseCause
from sanctions.models import Listing

ENDED_BECAUSE = {
    "performed": "因义务履行完毕，",
    "withdrawn": "因激励被取消，",
    "repaired": "因信用修复，",
}


def spelled(day: date) -> str:
    return zh_day(day)


def of_listing(listing: Listing) -> str:
    """Return why the listing ends on its day, in one paragraph: start, length, amendments, pauses, lapses and cuts."""
    determination = listing.determination
    parts = [f"认定决定于{spelled(listing.served_on)}送达，自{spelled(listing.starts_on)}起生效"]
    if listing.original_ends_on is None:
        parts.append(f"统一期限为{listing.period().label()}，没有确定的截止日")
    else:
        source = determination.get_period_source_display()
        decided = f"统一期限{determination.period.label()}（依据{source}），起止日均计入"
        amended = "".join(
            f"，{spelled(row.issued_on)}变更为{row.period.label()}（{row.official_number}），仍自生效日起算"
            for row in listing.amendments.all()
        )
        parts.append(f"{decided}{amended}，原定至{spelled(listing.original_ends_on)}，不因节假日顺延")
    parts += _stood_still(listing)
    parts += _ended(listing)
    return "；".join(parts) + "。"


def _stood_still(listing: Listing) -> list[str]:
    clock, causes = listing.clock(), _causes(listing)
    parts = []
    lapsed = {lapse.from_on for lapse in clock.lapses}
    for pause in clock.paused_spans():
        why = f"因{causes(pause)}" if causes(pause) else ""
        if pause.to_on is None:
            parts.append(f"{why}自{spelled(pause.from_on)}起暂停计算")
        else:
            days = max(0, (pause.to_on - max(pause.from_on, listing.starts_on)).days)
            moved = f"，顺延{days}日" if listing.original_ends_on else ""
            until = f"至{spelled(pause.to_on)}修复时止" if pause.to_on in lapsed else f"{spelled(pause.to_on)}恢复"
            parts.append(f"{why}{spelled(pause.from_on)}起暂停{days}日，{until}{moved}")
    for lapse in union(clock.lapses):
        if lapse.to_on is not None:
            days = (lapse.to_on - lapse.from_on).days
            parts.append(
                f"{spelled(lapse.from_on)}因信用修复结束，修复被撤销后{spelled(lapse.to_on)}恢复，"
                f"其间{days}日不计入期限"
            )
    return parts


def _ended(listing: Listing) -> list[str]:
    clock = listing.clock()
    if listing.revoked_from:
        return [f"自{spelled(listing.revoked_from)}起撤销，自始不计入信用记录"]
    if listing.over_from:
        return [f"{ENDED_BECAUSE.get(listing.state, '')}自{spelled(listing.over_from)}起结束"]
    end = listing.end_on()
    if end and (clock.pauses or clock.lapses):
        return [f"现截止{spelled(end)}"]
    return []


def _causes(listing: Listing) -> Any:
    """Return a function that words which causes held the clock in a span."""
    rows = [row for row in listing.pauses.all() if row.cause != PauseCause.LAPSE]

    def of(span: Pause) -> str:
        within = [
            row.get_cause_display()
            for row in rows
            if (span.to_on is None or row.from_on < span.to_on) and (row.to_on is None or row.to_on > span.from_on)
        ]
        if span.to_on is None and listing.tacit_on():
            within.append(PauseCause.OBJECTION.label)
        return "、".join(dict.fromkeys(within))

    return of


def clock_rows(listing: Listing) -> list[dict[str, Any]]:
    """Return the days on which the dates themselves change something, for a timeline."""
    explanation, name = of_listing(listing), listing.subject.name
    days = [(listing.starts_on, f"{name}：措施生效", 3)]
    clock = listing.clock()
    for pause in clock.paused_spans():
        days.append((pause.from_on, f"{name}：措施暂停执行", 4))
        if pause.to_on and clock.state_on(pause.to_on) == PeriodState.IN_FORCE:
            days.append((pause.to_on, f"{name}：恢复执行首日", 4))
    days += [(lapse.to_on, f"{name}：恢复列入首日", 4) for lapse in union(clock.lapses) if lapse.to_on]
    end = clock.projected_ends_on()
    if end is not None and end >= listing.starts_on:
        days.append((end, f"{name}：最后一天", 5))
    if listing.revoked_from is not None:
        days.append((max(listing.revoked_from, listing.served_on), f"{name}：撤销，自始无效", 6))
    return [
        {
            "on": day,
            "label": label,
            "actor": "",
            "reason": "",
            "explanation": explanation,
            "kind": "clock",
            "order": (day, rank, listing.pk),
        }
        for day, label, rank in days
    ]
