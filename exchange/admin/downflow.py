"""The workbench of lists of others: batches, what they came to, and those that are held with what they would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from core.workflow import records_for
from exchange.downflow import effects
from exchange.downflow.effects import Effects
from exchange.downflow.judging import bars_release
from exchange.downflow.workflow import LIST_BATCH
from exchange.forms.downflow import BATCH_ACTS, TakeFile
from exchange.models import ListBatch, ListRow
from exchange.models.downflow import COUNTED, HELD, ListState, RowOutcome
from exchange.permissions import SEE_LISTS
from organizations import admin_access
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, zh
from organizations.enums import Role

admin_access.declare("exchange.ListBatch", view={Role.OFFICE, Role.GROUP_LEAD})
TONES = {
    ListState.RECEIVING: BLUE,
    ListState.RECEIVED: BLUE,
    ListState.MERGING: BLUE,
    ListState.MERGED: JADE,
    ListState.QUARANTINED: SEAL,
    ListState.RELEASING: AMBER,
    ListState.REFUSING: AMBER,
    ListState.REFUSED: GREY,
    ListState.SUPERSEDED: GREY,
    ListState.ABANDONED: GREY,
}
SHOWN_ROWS = 100
# Key of the page's place, title, head of the last column, what would happen.
KINDS: tuple[tuple[str, str, str, Callable[[ListBatch, int], Effects]], ...] = (
    ("absent", "将结束：全量名单不再列有", "依据", effects.ended_by_absence),
    ("ended", "将结束：来源写明退出", "依据", effects.ended_by_rows),
    ("changed", "将变更", "变更", effects.changed),
    ("added", "将新增", "", effects.added),
)


def state_chip(batch: ListBatch) -> SafeString:
    return chip(batch.get_state_display(), TONES[ListState(batch.state)])


def moment(at: Any) -> str:
    return f"{zh(clock.day_of(at))} {at.astimezone(clock.SHANGHAI):%H:%M}" if at else "—"


@admin.register(ListBatch)
class ListBatchAdmin(ScopedAdmin):
    acts = BATCH_ACTS
    openings = (TakeFile,)
    list_display = (
        "number",
        "list_shown",
        "extent",
        "as_of_shown",
        "received_shown",
        "rows",
        "outcome_shown",
        "state_shown",
    )
    list_display_links = ("number",)
    list_filter = ("state", "register", "extent", "transport")
    search_fields = ("number", "public_id")
    search_help_text = "批次号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = ListBatch.objects.select_related("register")
        return rows if actor.may(SEE_LISTS) else rows.none()

    @admin.display(description="名单", ordering="register")
    def list_shown(self, batch: ListBatch) -> SafeString:
        return format_html('{}<br><span class="wb-quiet">{}</span>', batch.register.list_name, batch.register.name)

    @admin.display(description="截至", ordering="as_of")
    def as_of_shown(self, batch: ListBatch) -> str:
        return zh(batch.as_of)

    @admin.display(description="收到", ordering="received_at")
    def received_shown(self, batch: ListBatch) -> str:
        return moment(batch.received_at)

    @admin.display(description="结果")
    def outcome_shown(self, batch: ListBatch) -> str:
        return outcome_words(batch) or "—"

    @admin.display(description="状态", ordering="state")
    def state_shown(self, batch: ListBatch) -> SafeString:
        return state_chip(batch)

    def page(self, request: HttpRequest, actor: Actor, record: ListBatch) -> dict[str, Any]:
        register, step = record.register, next_step(record)
        return {
            "kicker": f"{register.name} · {record.get_extent_display()} · {record.get_transport_display()}",
            "heading": f"{register.list_name}　批次 {record.number}",
            "sub": f"来源数据截至{zh(record.as_of)}，{moment(record.received_at)}收到",
            "state": state_chip(record),
            "next": {"step": step} if step else None,
            "facts": [
                ("来源名单", format_html('<a href="{}">{}</a>', address(register), register.list_name)),
                ("行数", f"{record.rows}（来源称 {record.count if record.count is not None else '未写明'}）"),
                ("核验时现有", "—" if record.standing is None else f"{record.standing} 条"),
                ("结果", outcome_words(record)),
                ("送来的人", record.actor_label),
                ("办结", moment(record.finished_at)),
                ("明细", f"{zh(record.pruned_on)}已清理，保留未对应的和退回的" if record.pruned_on else ""),
            ],
            "sections": sections(record, request.GET),
            "timeline": [
                {
                    "on": row.legal_on,
                    "label": LIST_BATCH.transition(row.transition).label,
                    "actor": row.actor_label,
                    "reason": row.reason,
                }
                for row in records_for(record, LIST_BATCH)
            ],
        }


def outcome_words(batch: ListBatch) -> str:
    """Return what a batch came to: only what is not nothing."""
    told = [f"{label} {count}" for name, label in COUNTED.items() if (count := getattr(batch, name))]
    return "，".join([*told, *([f"不再列有 {batch.absent}"] if batch.absent else [])])


def next_step(batch: ListBatch) -> str:
    """Return what comes next, without a full stop; nothing where nothing comes."""
    if batch.state == ListState.QUARANTINED:
        if bars_release(batch):
            return "本批次与来源所发的不一致，或者已经过时，不能放行：提请退回，由来源重新发送。没有记录因此结束"
        return "没有记录因此结束。看过下面将要结束、变更和新增的记录，向来源核实，再提请放行或者退回"
    return {
        ListState.RECEIVING: "来源还没有送完",
        ListState.RECEIVED: "正在等待核验",
        ListState.MERGING: "正在入库",
        ListState.RELEASING: "由另一名联席办人员复核放行；复核之前不写入任何记录",
        ListState.REFUSING: "由另一名联席办人员复核退回",
    }.get(ListState(batch.state), "")


def sections(batch: ListBatch, asked: Mapping[str, str]) -> list[Section]:
    """Return why the batch is held and what it would do, or what became of its rows."""
    found = []
    if batch.findings:
        rows = [Row((chip(row["code"], SEAL), row["detail"])) for row in batch.findings]
        found.append(Section("隔离的原因", ("规则", "核验发现"), rows))
    if batch.state in HELD:
        found += [_effects(batch, kind, asked) for kind in KINDS]
    for outcome in (RowOutcome.REJECTED, RowOutcome.QUESTIONED):
        found += _answers(batch, outcome)
    return found


def _effects(
    batch: ListBatch, kind: tuple[str, str, str, Callable[[ListBatch, int], Effects]], asked: Mapping[str, str]
) -> Section:
    key, title, head, find = kind
    place = asked.get(key, "")
    after = int(place) if place.isascii() and place.isdigit() and len(place) < 19 else 0
    effect = find(batch, after)
    more = "以上" if effect.count == effects.CAP else ""
    pages = [("回到最前", f"?#{key}")] if after else []
    if effect.next is not None:
        pages.append((f"再往后 {effects.AT_ONCE} 条", f"?{urlencode({key: effect.next})}#{key}"))
    rows = [Row((row.name, row.number, zh(row.listed_on), row.what)) for row in effect.rows]
    return Section(
        f"{title}（{effect.count} 条{more}）", ("名称", "来源编号", "列入日", head), rows, "没有", key=key, pages=pages
    )


def _answers(batch: ListBatch, outcome: RowOutcome) -> list[Section]:
    lines = ListRow.objects.filter(batch=batch, outcome=outcome)
    rows = list(lines.order_by("id")[: SHOWN_ROWS + 1])
    if not rows:
        return []
    more = f"这里列出前 {SHOWN_ROWS} 行，其余用接口查询。" if len(rows) > SHOWN_ROWS else ""
    note = {
        RowOutcome.REJECTED: "退回的行由来源更正后重新发送。",
        RowOutcome.QUESTIONED: "照来源保留，不对应主体；主体建档之后按证照号码自动对应。",
    }[outcome]
    return [
        Section(
            "退回的行" if outcome == RowOutcome.REJECTED else "未对应主体的行",
            ("位置", "来源编号", "说明"),
            [
                Row(
                    (
                        f"第 {row.part} 段第 {row.row} 行",
                        row.number or "（读不出）",
                        format_html(
                            "{} {}", chip(row.code, SEAL if outcome == RowOutcome.REJECTED else AMBER), row.message
                        ),
                    )
                )
                for row in rows[:SHOWN_ROWS]
            ],
            note=note + more,
        )
    ]
