"""The workbench of the feed: which systems follow, how far behind they are, and the snapshots to begin from."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from exchange.feed import following
from exchange.lists import LISTS
from exchange.models import Follower, Snapshot
from exchange.snapshots import keeping
from organizations import admin_access
from organizations.acts.pages import Row, ScopedAdmin, Section
from organizations.acts.words import AMBER, JADE, SEAL, chip, moment, zh
from organizations.enums import Role

KEEPING = {Role.OFFICE, Role.SYSTEM_ADMIN}
admin_access.declare("exchange.Follower", view=KEEPING | {Role.HANDLER, Role.REVIEWER, Role.DISTRICT_CREDIT})
admin_access.declare("exchange.Snapshot", view=KEEPING)


def standing(lag: following.Lag) -> SafeString:
    if lag.late:
        return chip("超期未跟进", SEAL)
    return chip("已跟上", JADE) if lag.unread_since is None else chip("正在跟进", AMBER)


def _lag(row: Any) -> following.Lag:
    return following.lag_of(row, _days())


def _days() -> int:
    """Return the days of the rule, read once a minute: a list asks for every row."""
    return int(cache.get_or_set(f"exchange:days:{clock.today()}", following.allowed_days, 60) or 0)


@admin.register(Follower)
class FollowerAdmin(ScopedAdmin):
    """Who follows, and how far."""

    list_display = ("system", "unit", "state", "read_to", "lag", "asked", "took")
    list_display_links = ("system",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Follower.objects.visible_to(actor).with_lag().select_related("client__organization")

    @admin.display(description="系统")
    def system(self, row: Follower) -> str:
        return row.client.name

    @admin.display(description="单位")
    def unit(self, row: Follower) -> str:
        return row.client.organization.short_name

    @admin.display(description="状况")
    def state(self, row: Follower) -> SafeString:
        return standing(_lag(row))

    @admin.display(description="已读到")
    def read_to(self, row: Follower) -> str:
        return f"{row.position}"

    @admin.display(description="滞后")
    def lag(self, row: Follower) -> str:
        return _lag(row).words()

    @admin.display(description="最近读取")
    def asked(self, row: Follower) -> str:
        return moment(row.asked_at)

    @admin.display(description="最近下载快照")
    def took(self, row: Follower) -> str:
        return moment(row.snapshot_at)

    def page(self, request: HttpRequest, actor: Actor, record: Any) -> dict[str, Any]:
        lag = _lag(record)
        return {
            "kicker": record.client.organization.short_name,
            "heading": record.client.name,
            "sub": "跟进公开信息变更的系统；位置由它每次读取时写下",
            "state": standing(lag),
            "next": {"step": _step(record, lag)},
            "facts": [
                ("已读到的位置", record.position),
                ("最新的位置", record.newest),
                ("滞后", lag.words()),
                ("最早未读须在此日前读到", zh(lag.due_on) if lag.due_on else "—"),
                ("最近读取", moment(record.asked_at)),
                ("开始跟进", moment(record.since)),
                ("最近下载的快照", record.snapshot_no or "—"),
                ("下载时间", moment(record.snapshot_at)),
            ],
            "sections": [],
        }


def _step(row: Follower, lag: following.Lag) -> str:
    """Return what a keeper is to do about a follower."""
    if lag.late:
        closed = "、".join(one.title for one in LISTS.values() if one.closed)
        return (
            f"超过 {_days()} 日未读：请与{row.client.organization.short_name}核实；读完以前不再提供{closed}的整份下载"
        )
    return "无需办理" if lag.unread_since is None else "正在跟进，无需办理"


@admin.register(Snapshot)
class SnapshotAdmin(ScopedAdmin):
    """The snapshots that are kept."""

    list_display = ("day", "position", "finished", "number", "rows")
    list_display_links = ("day",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return keeping.kept()

    @admin.display(description="数据日")
    def day(self, row: Snapshot) -> str:
        return zh(row.as_of)

    @admin.display(description="完成")
    def finished(self, row: Snapshot) -> str:
        return moment(row.finished_at)

    @admin.display(description="编号")
    def number(self, row: Snapshot) -> str:
        return row.public_id

    @admin.display(description="行数")
    def rows(self, row: Snapshot) -> str:
        return f"{sum(file.rows for file in row.files.all()):,}"

    def page(self, request: HttpRequest, actor: Actor, record: Any) -> dict[str, Any]:
        seconds = (record.finished_at - record.started_at).total_seconds()
        rows = [
            Row((LISTS[file.code].title, f"{file.rows:,}", f"{file.size:,}", file.sm3, closed_words(file.code)))
            for file in record.files.all()
        ]
        note = f"每天自动生成一份，保留 {keeping.KEPT_DAYS} 天；从位置 {record.position} 起接着读取变更，即得现状。"
        return {
            "kicker": record.public_id,
            "heading": f"{zh(record.as_of)}的全量快照",
            "sub": "各公开清单在同一位置上的全部内容",
            "next": {"step": "每天自动生成和清除，无需办理"},
            "facts": [
                ("一致的位置", record.position),
                ("位置标记", record.mark or "—"),
                ("完成", moment(record.finished_at)),
                ("用时", f"{seconds:.0f} 秒"),
            ],
            "sections": [Section("文件", ("清单", "行数", "字节", "SM3", "提供给"), rows, "没有文件", note)],
        }


def closed_words(code: str) -> str:
    return "及时跟进移出的系统" if LISTS[code].closed else "有平台交换范围的系统"
