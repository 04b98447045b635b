"""What the filer of a tip reads, and which comments the public reads."""

from __future__ import annotations

from typing import Any

from core.masking import mask_text
from portal.tips.enums import CommentState, TipState
from portal.tips.models import CaseComment, Tip

MOST_COMMENTS = 50
NEXT = {
    TipState.RECEIVED: "等待转交有权办理的单位",
    TipState.FORWARDED: "{unit}正在核查，办结后在这里答复",
    TipState.ANSWERED: "已经办结",
    TipState.DECLINED: "没有受理，理由见下",
}


def followed(tip: Tip) -> dict[str, Any]:
    """Return what who holds receipt and secret reads: state, days and the answer; nobody's name or number."""
    state = TipState(tip.state)
    return {
        "number": tip.public_id,
        "about": tip.about_name,
        "state": state.value,
        "state_label": state.label,
        "next": NEXT[state].format(unit=tip.unit.name if tip.unit else ""),
        "unit": tip.unit.name if tip.unit else "",
        "received_on": tip.received_on,
        "forwarded_on": tip.forwarded_on,
        "answered_on": tip.answered_on,
        "answer": mask_text(tip.answer),
    }


def comments_on(article_id: str) -> list[dict[str, Any]]:
    """Return the newest comments that the public reads beside a case; one query, an allow-list."""
    rows = CaseComment.objects.filter(article__public_id=article_id, state=CommentState.SHOWN).order_by("-id")
    return [
        {
            "text": row.shown,
            "nickname": mask_text(row.nickname) or "未署名",
            "received_on": row.received_on,
            "reply": row.reply,
        }
        for row in rows[:MOST_COMMENTS]
    ]
