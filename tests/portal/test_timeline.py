"""The line of dates, and the laws of a basis: pure functions."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from core.periods import Clock, Pause
from portal.measures import laws
from portal.timeline import points

START, TODAY = date(2026, 3, 2), date(2026, 6, 1)


def line(clock: Clock, served_on: date = START) -> list[tuple[str, str, str]]:
    listing = SimpleNamespace(served_on=served_on, starts_on=clock.starts_on, clock=lambda: clock)
    return [(f"{point.prefix}{point.on}", point.label, point.style) for point in points(listing, TODAY)]


def test_a_plain_year_has_start_today_and_end() -> None:
    assert line(Clock(START, date(2027, 3, 1))) == [
        ("2026-03-02", "送达并开始实施", "done"),
        ("2026-06-01", "今天，还有 273 天", "ahead"),
        ("2027-03-01", "最后一天，次日移出", "end"),
    ]


def test_an_open_pause_is_dashed_and_the_end_is_the_earliest() -> None:
    drawn = line(Clock(START, date(2027, 3, 1), [Pause(date(2026, 5, 20))]), date(2026, 2, 27))
    assert drawn == [
        ("2026-02-27", "决定送达", "done"),
        ("2026-03-02", "开始实施", "done"),
        ("2026-05-20", "暂停实施", "pause"),
        ("2026-06-01", "今天，措施暂停执行", "pause-ahead"),
        ("最早 2027-03-13", "暂停结束前还会顺延", "end"),
    ]


def test_a_closed_pause_moves_the_end() -> None:
    drawn = line(Clock(START, date(2027, 3, 1), [Pause(date(2026, 4, 1), date(2026, 4, 11))]))
    assert [row[1] for row in drawn] == [
        "送达并开始实施", "暂停实施", "恢复实施", "今天，还有 283 天", "最后一天，次日移出",
    ]  # fmt: skip
    assert drawn[-1][0] == "2027-03-11"


def test_a_listing_without_end_says_so() -> None:
    assert line(Clock(START, None))[-1] == ("None", "没有确定的截止日", "end")


def test_each_law_stands_once_with_its_articles() -> None:
    assert laws("《甲法》第一条；《乙条例》第二条；《甲法》第三条；会议纪要") == [
        ("《甲法》", ["第一条", "第三条"]),
        ("《乙条例》", ["第二条"]),
        ("会议纪要", []),
    ]
