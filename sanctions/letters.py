"""What the chain tells its subjects on the site; paper service is recorded as `Service`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from core.masking import mask_text
from organizations.acts.words import zh
from sanctions.enums import OrderKind, Polarity, StopKind
from sanctions.models import Case, CourtOrder, Determination, ExecutionTask, Listing, Notice, TaskStop
from subjects.delivery import Letter, send_many
from subjects.selectors import canonical

NOTICE, DETERMINATION = "sanctions.notice", "sanctions.determination"
DELISTED, RESTORED = "sanctions.delisted", "sanctions.restored"
KINDS = {
    NOTICE: "拟认定告知书",
    DETERMINATION: "认定决定书（附信用修复告知书）",
    "sanctions.court_stay": "停止执行裁定办理告知书",
    "sanctions.court_lift": "解除停止执行办理告知书",
    "sanctions.court_revoke": "撤销认定判决办理告知书",
    "sanctions.stop_suspend": "措施暂停执行告知书",
    "sanctions.stop_resume": "措施恢复执行告知书",
    "sanctions.stop_release": "措施停止执行告知书",
    "sanctions.stop_restore": "恢复原状通知情况告知书",
    RESTORED: "恢复原状结果告知书",
    DELISTED: "移出名单告知书",
}


def tell_notices(case: Case, notices: Iterable[Notice], unit_id: int) -> None:
    """Tell every subject of its notice, in the notice's own words; inside the act that issues them."""
    send_many(
        Letter(
            subject=canonical(notice.case_subject.subject),
            kind=NOTICE,
            title=f"关于“{case.revision.title}”的拟认定告知书"[:200],
            body=mask_text(notice.content),
            about=notice,
            unit_id=unit_id,
        )
        for notice in notices
    )


def tell_decision(case: Case, decision: Determination) -> None:
    """Tell every subject how the meeting decided about it, when the decision is issued; it takes effect by service."""
    text = (
        f"事由：{decision.cause}\n依据：{decision.basis}\n措施提示：{decision.measures_hint}\n"
        f"移出条件和程序：{decision.exit_terms}\n救济途径：{decision.remedies}"
    )
    send_many(
        Letter(
            subject=canonical(row.subject),
            kind=DETERMINATION,
            title=f"关于“{case.revision.title}”的认定决定书"[:200],
            body=mask_text(f"{row.subject.name}：{row.get_decision_display()}。理由：{row.decision_reason}\n{text}"),
            about=decision,
            number=decision.official_number,
            unit_id=decision.lead_unit_id,
        )
        for row in case.subjects.select_related("subject__canonical").order_by("pk")
    )


def _about(listing: Listing, kind: str, body: str, *, number: str = "", unit_id: int | None = None) -> Letter:
    """Return a letter about a listing in the name of who determined it, unless another unit is named."""
    return Letter(
        subject=canonical(listing.subject),
        kind=kind,
        title=f"关于“{listing.revision.title}”名单的{KINDS[kind]}"[:200],
        body=mask_text(body),
        about=listing,
        number=number,
        unit_id=unit_id or listing.determination.lead_unit_id,
    )


COURT_WORDS = {
    OrderKind.STAY: "裁定停止执行。自{day}起相关措施暂停执行，不得作为不予许可、扣分或从严的依据；暂停的期间顺延。",
    OrderKind.LIFT: "解除停止执行。自{day}起相关措施恢复执行，暂停的期间顺延；另有暂停事由的，待其结束后恢复。",
    OrderKind.REVOKE: "判决撤销该认定，自始无效。自{day}起移出名单，各实施单位停止实施并恢复原状。",
}


def tell_court(order: CourtOrder, day: date, *, over: bool) -> None:
    """Tell the subject what follows from a court's document; over: nothing of the listing is left to stop or resume."""
    words = COURT_WORDS[OrderKind(order.kind)]
    if over and order.kind != OrderKind.REVOKE:
        words = "已于{day}登记。该名单已经结束，没有正在实施的措施。"
    body = f"{order.court}{order.document}{words.format(day=zh(day))}"
    send_many([_about(order.listing, f"sanctions.court_{order.kind}", body, number=order.document)])


STOP_WORDS = {
    StopKind.SUSPEND: "自{day}起，下列措施暂停执行，不得作为不予许可、扣分或从严的依据，已通知实施单位：{units}。",
    StopKind.RESUME: "自{day}起，下列措施恢复执行，已通知实施单位：{units}。",
    StopKind.RELEASE: "自{day}起，下列措施停止执行，已通知实施单位：{units}。",
    StopKind.RESTORE: "认定已经撤销，下列措施自始无效，已于{day}通知实施单位恢复原状：{units}。恢复情况由实施单位告知。",
}


def tell_stops(sent: Sequence[TaskStop], kind: str, day: date) -> None:
    """Tell each subject once what its units were told in this act; as many statements for many listings as for one."""
    if not sent:
        return
    tasks = ExecutionTask.objects.filter(pk__in=[stop.task_id for stop in sent]).select_related(
        "measure", "unit", "listing__subject__canonical", "listing__revision", "listing__determination"
    )
    rows = sorted(tasks.order_by("measure__sort", "pk"), key=lambda task: task.listing_id)
    told = []
    for _, group in groupby(rows, key=lambda task: task.listing_id):
        mine = list(group)
        units = "、".join(f"{task.unit.name}（{task.measure.name}）" for task in mine)
        body = STOP_WORDS[StopKind(kind)].format(day=zh(day), units=units)
        told.append(_about(mine[0].listing, f"sanctions.stop_{kind}", body))
    send_many(told)


def tell_restored(stop: TaskStop) -> None:
    """Tell the subject what a unit restored after a revocation, in the unit's own words."""
    task = stop.task
    body = f"{stop.unit.name}已于{zh(stop.confirmed_on)}就“{task.measure.name}”恢复原状：{stop.done}"
    send_many([_about(task.listing, RESTORED, body, unit_id=stop.unit_id)])


def tell_delisted(listings: Iterable[Listing]) -> int:
    """Tell the subjects of removed listings; as many statements for many as for one. Returns how many were told."""
    letters = [_about(listing, DELISTED, _removal(listing)) for listing in listings]
    send_many(letters)
    return len(letters)


def _removal(listing: Listing) -> str:
    why = f"已于{zh(listing.ends_on)}期限届满" if listing.over_from is None else f"自{zh(listing.over_from)}起结束"
    reward = listing.polarity == Polarity.INCENTIVE
    rest = "" if reward else "法律、行政法规对个别措施另定期限的，按其规定的期限实施。"
    measures = "激励措施" if reward else "惩戒措施"
    return f"“{listing.revision.title}”名单{why}，已于{zh(listing.delisted_on)}移出。随名单实施的{measures}同时停止，不再公示。{rest}"
