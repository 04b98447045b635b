"""The transition table of a revision: 梳理 → 报送 → 汇编 → 征求意见 → 审核 → 发布 → 取代 or 撤回."""

from __future__ import annotations

from catalog import permissions as p
from catalog.enums import OPEN_STATES, RevisionState
from core.workflow import Transition, Workflow, register

S = RevisionState

REVISION = register(
    Workflow(
        name="catalog.revision",
        label="清单事项版本",
        model_label="catalog.EntryRevision",
        states=dict(S.choices),
        initial=S.DRAFTED.value,
        transitions=(
            Transition("draft", "起草", (), S.DRAFTED.value, p.REVISION_DRAFT),
            Transition(
                "submit",
                "审核报送",
                (S.DRAFTED.value,),
                S.SUBMITTED.value,
                p.REVISION_SUBMIT,
                second_officer_of=("draft",),
            ),
            Transition("compile", "汇编", (S.SUBMITTED.value,), S.COMPILED.value, p.REVISION_COMPILE),
            Transition("open_comment", "征求意见", (S.COMPILED.value,), S.COMMENTED.value, p.REVISION_COMPILE),
            Transition(
                "review",
                "复核",
                (S.COMMENTED.value,),
                S.REVIEWED.value,
                p.REVISION_REVIEW,
                second_officer_of=("compile", "open_comment"),
            ),
            Transition(
                "redraft",
                "退回修改",
                (S.SUBMITTED.value, S.COMPILED.value, S.COMMENTED.value, S.REVIEWED.value),
                S.DRAFTED.value,
                p.REVISION_COMPILE,
                reason_required=True,
            ),
            Transition(
                "publish",
                "发布",
                (S.REVIEWED.value,),
                S.PUBLISHED.value,
                p.REVISION_PUBLISH,
                event="catalog.revision.published",
            ),
            Transition("confirm", "确认启用（第一人）", (S.PUBLISHED.value,), S.PUBLISHED.value, p.REVISION_ACTIVATE),
            Transition(
                "activate",
                "确认启用（第二人）",
                (S.PUBLISHED.value,),
                S.PUBLISHED.value,
                p.REVISION_ACTIVATE,
                second_officer_of=("confirm",),
                event="catalog.revision.activated",
            ),
            Transition(
                "supersede",
                "由新版取代",
                (S.PUBLISHED.value,),
                S.SUPERSEDED.value,
                p.REVISION_PUBLISH,
                event="catalog.revision.superseded",
            ),
            Transition(
                "reinstate",
                "新版撤回后恢复",
                (S.SUPERSEDED.value,),
                S.PUBLISHED.value,
                p.REVISION_WITHDRAW,
                reason_required=True,
                event="catalog.revision.reinstated",
            ),
            Transition(
                "withdraw",
                "撤回",
                (*OPEN_STATES, S.PUBLISHED.value),
                S.WITHDRAWN.value,
                p.REVISION_WITHDRAW,
                reason_required=True,
                event="catalog.revision.withdrawn",
                danger=True,
            ),
        ),
    )
)
