"""The workbench of what is pushed: which system follows, since when, with which record it does not, and the comparisons."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from core.paging import CappedPaginator, keyset_page
from core.workflow import records_for
from organizations import admin_access
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, moment, zh
from organizations.enums import Role
from publicity.forms.push import Replay, Resend, ResendRefused
from publicity.models import Difference, Peer, Push, PushState, Reconciliation, Wanted
from publicity.push import kinds
from publicity.push.comparing import NAMED_AT_MOST
from publicity.push.telling import due_since
from publicity.push.workflow import PUSH
from sanctions.admin.todo import TodoFilter

KEEPING = {Role.OFFICE, Role.SYSTEM_ADMIN}
admin_access.declare("publicity.Peer", view=KEEPING)
admin_access.declare("publicity.Reconciliation", view=KEEPING)
admin_access.declare("publicity.Push", view=KEEPING | {Role.HANDLER, Role.REVIEWER, Role.DISTRICT_CREDIT})
NAMED, RUNS, BATCHES = 100, 10, 10
NAMED_BY = ("kind", "decided_on", "uid")


def answered_words(batch: Any) -> str:
    """Return when a receipt came, by its day only where that is another one."""
    if batch.answered_at is None:
        return "—"
    same = clock.day_of(batch.answered_at) == clock.day_of(batch.sent_at)
    return f"{batch.answered_at.astimezone(clock.SHANGHAI):%H:%M}" if same else moment(batch.answered_at)


def state_chip(row: Push) -> SafeString:
    tones = {PushState.ACKNOWLEDGED: JADE, PushState.QUEUED: AMBER, PushState.DEAD: SEAL}
    return chip(row.get_state_display(), tones[PushState(row.state)])


def wanted_chip(row: Push) -> SafeString:
    return chip(row.get_wanted_display(), BLUE if row.wanted == Wanted.SHOWN else GREY)


def list_of(peer: Peer, query: str) -> str:
    return f"{reverse('admin:publicity_push_changelist')}?peer__id__exact={peer.pk}&{query}"


@admin.register(Peer)
class PeerAdmin(ScopedAdmin):
    """Which systems follow us, and how far."""

    acts = (ResendRefused, Replay)
    list_display = ("label", "standing", "followed", "waiting", "refused", "answered", "compared")
    list_display_links = ("label",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Peer.objects.annotate(
            shown=Count("pushes", filter=Q(pushes__state="acknowledged", pushes__wanted="shown")),
            gone=Count("pushes", filter=Q(pushes__state="acknowledged", pushes__wanted="gone")),
            queued=Count("pushes", filter=Q(pushes__state="queued")),
            dead=Count("pushes", filter=Q(pushes__state="dead")),
            back=Count("pushes", filter=Q(pushes__state="dead") & ~Q(pushes__code="")),
            oldest=Min("pushes__queued_at", filter=Q(pushes__state="queued")),
        )

    @admin.display(description="状况")
    def standing(self, row: Any) -> SafeString:
        if row.failing_since:
            return chip("没有应答", SEAL)
        if row.dead:
            return chip("有拒收", SEAL)
        return chip("正在跟上", AMBER) if row.queued else chip("已全部跟上", JADE)

    @admin.display(description="已跟上")
    def followed(self, row: Any) -> str:
        return f"公示 {row.shown}，撤下 {row.gone}"

    @admin.display(description="待送达")
    def waiting(self, row: Any) -> str:
        return f"{row.queued} 条，最早自 {moment(row.oldest)}" if row.queued else "没有"

    @admin.display(description="拒收")
    def refused(self, row: Any) -> str:
        return f"{row.dead} 条" if row.dead else "没有"

    @admin.display(description="最近应答")
    def answered(self, row: Peer) -> str:
        return moment(row.answered_at)

    @admin.display(description="最近对账")
    def compared(self, row: Peer) -> str:
        run = row.reconciliations.order_by("-pk").first()
        return f"{zh(run.on)} {_outcome(run)}" if run else "还没有对账"

    def page(self, request: HttpRequest, actor: Actor, record: Any) -> dict[str, Any]:
        runs = list(record.reconciliations.order_by("-pk")[:RUNS])
        batches = record.batches.order_by("-pk")[:BATCHES]
        return {
            "kicker": record.code,
            "heading": record.label,
            "sub": "跟上的是现在应当公示或者报送的每一条信息；撤下的也要对方回执",
            "state": self.standing(record),
            "next": {"step": _step(record)},
            "facts": [
                (
                    "已跟上（公示）",
                    _number(record.shown, list_of(record, "state__exact=acknowledged&wanted__exact=shown")),
                ),
                (
                    "已跟上（撤下）",
                    _number(record.gone, list_of(record, "state__exact=acknowledged&wanted__exact=gone")),
                ),
                ("待送达", _number(record.queued, list_of(record, "state__exact=queued"))),
                ("最早待送达自", moment(record.oldest)),
                ("拒收", _number(record.dead, list_of(record, "state__exact=dead"))),
                ("最近应答", moment(record.answered_at)),
                ("没有应答自", moment(record.failing_since)),
                ("最近的故障", record.last_fault),
            ],
            "sections": [
                Section(
                    "对账",
                    ("对账日", "方向", "所属日期", "比对日数", "本方／回执／对方", "结果"),
                    [_run_row(run) for run in runs],
                    "还没有对账",
                    "每日按种类、单位、日期比对数量和摘要，不一致的逐条列出并重新送达。",
                ),
                Section(
                    "最近的批次和回执",
                    ("批次号", "种类", "记录", "发送", "回执", "结果"),
                    [
                        Row(
                            (
                                batch.number,
                                kinds.label_of(batch.kind),
                                batch.records,
                                format_html('<span class="wb-day">{}</span>', moment(batch.sent_at)),
                                answered_words(batch),
                                _came_to(batch),
                            )
                        )
                        for batch in batches
                    ],
                    "还没有推送",
                ),
            ],
        }


def _came_to(batch: Any) -> str:
    """Return what a batch came to: its fault, or its state with how many were taken and refused."""
    if batch.fault:
        return str(batch.fault)
    counted = f"接收 {batch.accepted}，拒收 {batch.rejected}"
    return counted if batch.rejected else f"{batch.get_state_display()}，接收 {batch.accepted}"


def _step(peer: Any) -> str:
    """Return what a keeper is to do about a system."""
    if peer.failing_since:
        return f"对方自{moment(peer.failing_since)}没有应答：请与对方核实接口；恢复后自动续送，不必人工重送"
    if peer.dead and peer.dead == peer.back:
        return f"{peer.back} 条按内容退回报送单位：更正后自动送达，可催办，不必重新送达"
    if peer.dead:
        return f"{peer.dead} 条被对方拒收：逐条查看原因，处理后重新送达"
    if peer.queued:
        return f"{peer.queued} 条正在送达，每分钟自动续送，无需办理"
    return "已全部跟上，无需办理；每日自动对账"


def _number(count: int, url: str) -> SafeString:
    return format_html('<a href="{}">{} 条</a>', url, count)


def _outcome(run: Reconciliation) -> str:
    if run.fault:
        return f"未完成：{run.fault}"
    return f"{run.differences} 条不一致" if run.differences else "全部一致"


def _run_row(run: Reconciliation) -> Row:
    day = format_html('<a href="{}">{}</a>', address(run), zh(run.on))
    span = f"{zh(run.first)}至{zh(run.last)}" if run.first else "—"
    tone = AMBER if run.fault else SEAL if run.differences else JADE
    cells = (day, run.get_direction_display(), span, run.days, _sides(run), chip(_outcome(run), tone))
    return Row(cells)


def _sides(run: Reconciliation) -> str:
    """Return how many records each side counts: ours, those acknowledged where receipts are a side, theirs."""
    sides = (run.ours, run.acknowledged, run.theirs)
    return "／".join(str(number) for number in sides if number is not None)


@admin.register(Reconciliation)
class ReconciliationAdmin(ScopedAdmin):
    """Each comparison and the rows on which both sides did not agree."""

    list_display = ("day", "peer", "direction", "days", "ours", "theirs", "outcome")
    list_display_links = ("day",)
    list_filter = ("peer", "direction", "on")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Reconciliation.objects.select_related("peer")

    @admin.display(description="对账日", ordering="on")
    def day(self, row: Reconciliation) -> str:
        return zh(row.on)

    @admin.display(description="结果")
    def outcome(self, row: Reconciliation) -> SafeString:
        return chip(_outcome(row), AMBER if row.fault else SEAL if row.differences else JADE)

    def page(self, request: HttpRequest, actor: Actor, record: Reconciliation) -> dict[str, Any]:
        cursor = request.GET.get("after")
        named = keyset_page(
            record.rows.select_related("unit"), order=NAMED_BY, cursor=cursor, limit=NAMED, cap=NAMED_AT_MOST
        )
        pages = [("回到最前", f"{address(record)}#rows")] if cursor else []
        if named.next:
            pages.append((f"再往后 {NAMED} 条", f"?{urlencode({'after': named.next})}#rows"))
        counted = record.rows.order_by().values_list("what").annotate(number=Count("pk")).order_by("-number")
        what = "，".join(f"{Difference.What(value).label} {number} 条" for value, number in counted)
        more = record.differences - named.count
        return {
            "kicker": f"{record.get_direction_display()}对账",
            "heading": f"{record.peer.label} {zh(record.on)}",
            "state": self.outcome(record),
            "next": {"step": _after(record)},
            "facts": [
                ("所属日期", f"{zh(record.first)}至{zh(record.last)}" if record.first else "—"),
                ("比对日数", f"{record.days} 日，其中 {record.differing_days} 日不一致"),
                ("本方记录", record.ours),
                ("对方已回执", "—" if record.acknowledged is None else record.acknowledged),
                ("对方记录", record.theirs),
                ("不一致", what or "没有"),
                ("完成", moment(record.finished_at)),
            ],
            "sections": [
                Section(
                    "不一致的记录",
                    ("种类", "所属日期", "单位", "文书号或者事项", "记录编号", "差异", "处理"),
                    [_difference(row) for row in named.items],
                    "双方一致",
                    f"另有 {more} 条没有逐条列出，已同样处理。" if more > 0 else "",
                    key="rows",
                    pages=pages,
                )
            ],
        }


def _after(run: Reconciliation) -> str:
    """Return what is to be done after a comparison."""
    if run.fault:
        return "这次没有比对完；次日自动再对，也可以先与对方核实接口"
    if not run.differences:
        return "双方一致，无需办理"
    if run.direction == Reconciliation.Direction.SENT:
        return "差异已列入送达队列，无需逐条办理；次日对账仍不一致的，与对方核实"
    return "缺少的已重新接收；“已收到但没有入库”的由报送单位按原因更正，平台已没有的由单位核实"


def _difference(row: Difference) -> Row:
    tone = GREY if row.on_its_way else SEAL
    what = chip(row.get_what_display(), tone)
    unit = row.unit.short_name if row.unit else "—"
    shown = kinds.label_of(row.kind)
    return Row((shown, zh(row.decided_on), unit, row.document_number, row.uid, what, row.done))


class KindFilter(admin.SimpleListFilter):
    """What is pushed, by the words of its kind."""

    title, parameter_name = "种类", "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(kinds.labels().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Push)
class PushAdmin(ScopedAdmin):
    """How far each system is with each record."""

    acts = (Resend,)
    list_display = ("document", "kind_shown", "peer", "wanted_shown", "state_shown", "since", "attempts", "why")
    list_display_links = ("document",)
    list_filter = (TodoFilter, "state", "wanted", "peer", KindFilter)
    paginator = CappedPaginator
    search_fields = ("uid",)
    search_help_text = "决定文书号、相对人名称或者代码、记录公开编号、对方编号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Push.objects.visible_to(actor).select_related("peer", "unit")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the records as their own lists do, and what the other side alone knows by its number."""
        typed = search_term.strip()
        if not typed:
            return queryset, False
        uids = {typed}.union(*(kinds.kind_named(name).find(typed) for name in kinds.labels()))
        return queryset.filter(Q(uid__in=uids) | Q(number=typed)), False

    @admin.display(description="种类", ordering="kind")
    def kind_shown(self, row: Push) -> str:
        return kinds.label_of(row.kind)

    @admin.display(description="文书号或者事项", ordering="document_number")
    def document(self, row: Push) -> str:
        return row.document_number or row.uid

    @admin.display(description="应为", ordering="wanted")
    def wanted_shown(self, row: Push) -> SafeString:
        return wanted_chip(row)

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: Push) -> SafeString:
        return state_chip(row)

    @admin.display(description="自何时")
    def since(self, row: Push) -> str:
        return moment(row.acknowledged_at if row.state == PushState.ACKNOWLEDGED else row.queued_at)

    @admin.display(description="未成的原因")
    def why(self, row: Push) -> str:
        return row.last_error or "—"

    def page(self, request: HttpRequest, actor: Actor, record: Push) -> dict[str, Any]:
        return {
            "kicker": kinds.label_of(record.kind),
            "heading": record.document_number or record.uid,
            "sub": record.peer.label,
            "state": state_chip(record),
            "next": {"step": _push_step(record)},
            "facts": [
                ("记录", _record_link(actor, record)),
                ("记录编号", record.uid),
                ("对方编号", record.number),
                ("报送单位", record.unit.name if record.unit else ""),
                ("所属日期", zh(record.decided_on)),
                ("应为", wanted_chip(record)),
                ("第几次变动", record.generation),
                ("变动时间", moment(record.queued_at)),
                ("应于何日前送达", _due(record)),
                ("上次跟上", moment(record.acknowledged_at)),
                ("回执号", record.receipt),
                ("已送次数", record.attempts),
                ("下次送达", moment(record.next_at)),
                ("未成的原因", record.last_error),
            ],
            "timeline": [
                {
                    "on": row.legal_on,
                    "label": PUSH.transition(row.transition).label,
                    "actor": row.actor_label,
                    "reason": row.reason,
                }
                for row in records_for(record, PUSH)
            ],
        }


def _push_step(push: Push) -> str:
    """Return what is to be done about one record on its way."""
    if push.state == PushState.DEAD and push.code:
        return "对方按内容退回：由报送单位按原因更正后重新报送，更正的内容自动送达，不必重新送达"
    if push.state == PushState.DEAD:
        return "对方拒收，已停止自动重送：按原因核对记录或者与对方核实，处理后重新送达"
    if push.state == PushState.ACKNOWLEDGED:
        return f"对方已于{moment(push.acknowledged_at)}回执，无需办理"
    return f"等待送达，下次{moment(push.next_at)}，无需办理"


def _due(push: Push) -> str:
    """Return the day by which the change has to travel, while it has not."""
    since, due = push.behind_since, due_since(push.behind_since)
    return f"{zh(due)}（自{zh(clock.day_of(since))}起未跟上）" if since and due else ""


def _record_link(actor: Actor, push: Push) -> SafeString | str:
    """Return the way to the record's own page for whoever may open it."""
    row = kinds.kind_named(push.kind).page(actor, push.uid) if push.kind in kinds.labels() else None
    if row is None or not admin.site.is_registered(type(row)):
        return "—"
    return format_html('<a href="{}">{}</a>', address(row), getattr(row, "party_name", "") or str(row))
