"""The transition table of list batches: a held batch is released or sent back by two persons, never by a job."""

from __future__ import annotations

from core.workflow import Transition, Workflow, register
from exchange.models.downflow import HELD, ListState
from exchange.permissions import DECIDE_LISTS, RUN_LISTS, TAKE_LISTS

S = ListState
LIST_BATCH = register(
    Workflow(
        name="exchange.list",
        label="名单批次",
        model_label="exchange.ListBatch",
        states=dict(S.choices),
        initial=S.RECEIVING,
        transitions=(
            Transition("begin", "开始接收", (), S.RECEIVING, TAKE_LISTS),
            Transition("complete", "收齐", (S.RECEIVING,), S.RECEIVED, TAKE_LISTS),
            Transition("abandon", "作废", (S.RECEIVING,), S.ABANDONED, RUN_LISTS, reason_required=True),
            Transition("accept", "核验通过", (S.RECEIVED,), S.MERGING, RUN_LISTS),
            Transition("quarantine", "隔离", (S.RECEIVED,), S.QUARANTINED, RUN_LISTS, event="lists.quarantined"),
            Transition("finish", "入库完毕", (S.MERGING,), S.MERGED, RUN_LISTS, event="lists.merged"),
            Transition("supersede", "由后来批次取代", HELD, S.SUPERSEDED, RUN_LISTS),
            Transition(
                "propose_release", "提请放行", (S.QUARANTINED,), S.RELEASING, DECIDE_LISTS, reason_required=True
            ),
            Transition(
                "release",
                "复核放行",
                (S.RELEASING,),
                S.MERGING,
                DECIDE_LISTS,
                reason_required=True,
                second_officer_of=("propose_release",),
                danger=True,
            ),
            Transition("propose_refuse", "提请退回", (S.QUARANTINED,), S.REFUSING, DECIDE_LISTS, reason_required=True),
            Transition(
                "refuse",
                "复核退回",
                (S.REFUSING,),
                S.REFUSED,
                DECIDE_LISTS,
                reason_required=True,
                second_officer_of=("propose_refuse",),
                event="lists.refused",
            ),
            Transition(
                "hold", "退回提请", (S.RELEASING, S.REFUSING), S.QUARANTINED, DECIDE_LISTS, reason_required=True
            ),
        ),
    )
)
