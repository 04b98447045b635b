"""The transition table of articles."""

from __future__ import annotations

from core.workflow import Transition, Workflow, register
from portal.editorial.enums import State
from portal.permissions import ARTICLE_PUBLISH as PUBLISH
from portal.permissions import ARTICLE_WRITE as WRITE

ARTICLE = register(
    Workflow(
        name="portal.article",
        label="门户文章",
        model_label="portal.Article",
        states=dict(State.choices),
        initial=State.DRAFT,
        transitions=(
            Transition("write", "起草", (), State.DRAFT, WRITE),
            Transition("edit", "修改", (State.DRAFT,), State.DRAFT, WRITE),
            Transition("submit", "送审", (State.DRAFT,), State.SUBMITTED, WRITE),
            Transition("take_back", "撤回修改", (State.SUBMITTED,), State.DRAFT, WRITE),
            Transition("return", "退回修改", (State.SUBMITTED,), State.DRAFT, PUBLISH, reason_required=True),
            Transition(
                "publish",
                "审核发布",
                (State.SUBMITTED,),
                State.PASSED,
                PUBLISH,
                second_officer_of=("write", "edit", "submit"),
            ),
            Transition(
                "withdraw", "撤下", (State.PASSED,), State.WITHDRAWN, PUBLISH, reason_required=True, danger=True
            ),
            Transition("discard", "作废", (State.DRAFT,), State.DISCARDED, WRITE, reason_required=True, danger=True),
        ),
    )
)
