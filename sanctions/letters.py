"""What the chain tells its subjects on the site; paper service is recorded as `Service`."""

from __future__ import annotations

from collections.abc import Iterable

from core.masking import mask_text
from sanctions.models import Case, Determination, Notice
from subjects.delivery import Letter, send_many
from subjects.selectors import canonical

NOTICE, DETERMINATION = "sanctions.notice", "sanctions.determination"
KINDS = {NOTICE: "拟认定告知书", DETERMINATION: "认定决定书（附信用修复告知书）"}


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
