"""The transition tables of objections and complaints (design §4)."""

from __future__ import annotations

from core.workflow import Transition, Workflow, register
from objections import permissions as p
from objections.enums import ComplaintState as C
from objections.enums import ObjectionState as S

_UNDECIDED = (S.ACCEPTED, S.DRAFTED)
_WITHDRAWABLE = (S.RECEIVED, S.FORWARDED, S.ACCEPTED, S.DRAFTED)

OBJECTION = register(
    Workflow(
        name="objections.objection",
        label="异议",
        model_label="objections.Objection",
        states=dict(S.choices),
        initial=S.RECEIVED,
        transitions=(
            Transition("file", "提出异议", (), S.RECEIVED, p.FILE, event="objection.filed"),
            *(
                Transition(f"check_{state.value}", "核验身份和授权", (state,), state, p.CHECK)
                for state in (S.RECEIVED, S.ACCEPTED)
            ),
            *(
                Transition(
                    f"ask_{state.value}",
                    "通知补交材料",
                    (state,),
                    state,
                    p.ASK,
                    reason_required=True,
                    event="objection.papers_asked",
                )
                for state in (S.RECEIVED, S.ACCEPTED)
            ),
            *(
                Transition(
                    f"supply_{state.value}", "补交材料", (state,), state, p.FILE, event="objection.papers_supplied"
                )
                for state in (S.RECEIVED, S.FORWARDED, S.ACCEPTED, S.DRAFTED)
            ),
            Transition("accept", "受理", (S.RECEIVED,), S.ACCEPTED, p.ACCEPT, event="objection.accepted"),
            Transition(
                "accept_by_silence", "逾期视为受理", (S.RECEIVED,), S.ACCEPTED, p.SILENCE, event="objection.accepted"
            ),
            Transition(
                "decline",
                "不予受理",
                (S.RECEIVED,),
                S.DECLINED,
                p.ACCEPT,
                reason_required=True,
                event="objection.declined",
                danger=True,
            ),
            Transition("forward", "转送源单位", (S.RECEIVED,), S.FORWARDED, p.FORWARD, event="objection.forwarded"),
            Transition(
                "record_source_answer",
                "登记源单位答复",
                (S.FORWARDED,),
                S.SOURCE_ANSWERED,
                p.FORWARD,
                event="objection.source_answered",
            ),
            Transition(
                "extend",
                "延长答复",
                (S.ACCEPTED,),
                S.ACCEPTED,
                p.DRAFT,
                reason_required=True,
                event="objection.extended",
            ),
            Transition("draft_answer", "拟写答复", _UNDECIDED, S.DRAFTED, p.DRAFT),
            Transition("return_answer", "退回重拟", (S.DRAFTED,), S.ACCEPTED, p.SIGN, reason_required=True),
            *(
                Transition(
                    name,
                    label,
                    (S.DRAFTED,),
                    target,
                    p.SIGN,
                    second_officer_of=("draft_answer",),
                    event=f"objection.{target.value}",
                )
                for name, label, target in (
                    ("reject", "签发：异议不成立", S.REJECTED),
                    ("uphold", "签发：异议成立", S.UPHELD),
                    ("partly_uphold", "签发：部分成立", S.PARTLY_UPHELD),
                )
            ),
            Transition(
                "redetermine",
                "重新认定",
                (S.PARTLY_UPHELD,),
                S.REDETERMINED,
                p.REDETERMINE,
                reason_required=True,
                event="objection.redetermined",
            ),
            Transition(
                "record_correction",
                "登记更正",
                (S.UPHELD, S.PARTLY_UPHELD),
                S.CORRECTED,
                p.CORRECT,
                event="objection.corrected",
            ),
            Transition(
                "withdraw",
                "撤回",
                _WITHDRAWABLE,
                S.WITHDRAWN,
                p.WITHDRAW,
                reason_required=True,
                event="objection.withdrawn",
                danger=True,
            ),
            Transition(
                "take_over",
                "转投诉处理",
                _UNDECIDED,
                S.TAKEN_OVER,
                p.COMPLAINT_ACCEPT,
                event="objection.taken_over",
            ),
            Transition(
                "settle",
                "由投诉办结",
                (S.TAKEN_OVER, S.PARTLY_UPHELD),
                S.SETTLED,
                p.WITHDRAW,
                event="objection.settled",
            ),
            Transition(
                "moot",
                "终结",
                (S.RECEIVED, S.FORWARDED, S.ACCEPTED, S.DRAFTED, S.PARTLY_UPHELD, S.TAKEN_OVER),
                S.MOOT,
                p.CLOSE_MOOT,
                event="objection.moot",
            ),
        ),
    )
)

COMPLAINT = register(
    Workflow(
        name="objections.complaint",
        label="投诉",
        model_label="objections.Complaint",
        states=dict(C.choices),
        initial=C.RECEIVED,
        transitions=(
            Transition("file", "提出投诉", (), C.RECEIVED, p.FILE, event="complaint.filed"),
            Transition("check_identity", "核验身份和授权", (C.RECEIVED,), C.RECEIVED, p.CHECK),
            *(
                Transition(
                    f"ask_{state.value}",
                    "通知补交材料",
                    (state,),
                    state,
                    p.COMPLAINT_STUDY,
                    reason_required=True,
                    event="complaint.papers_asked",
                )
                for state in (C.RECEIVED, C.ACCEPTED, C.CONVENED)
            ),
            *(
                Transition(
                    f"supply_{state.value}", "补交材料", (state,), state, p.FILE, event="complaint.papers_supplied"
                )
                for state in (C.RECEIVED, C.ACCEPTED, C.CONVENED, C.DRAFTED)
            ),
            Transition("accept", "受理", (C.RECEIVED,), C.ACCEPTED, p.COMPLAINT_ACCEPT, event="complaint.accepted"),
            Transition(
                "decline",
                "不予受理",
                (C.RECEIVED,),
                C.DECLINED,
                p.COMPLAINT_ACCEPT,
                reason_required=True,
                event="complaint.declined",
                danger=True,
            ),
            Transition(
                "convene",
                "召集研究",
                (C.ACCEPTED, C.CONVENED),
                C.CONVENED,
                p.COMPLAINT_STUDY,
                event="complaint.convened",
            ),
            Transition(
                "draft_ruling",
                "拟写处理意见",
                (C.ACCEPTED, C.CONVENED, C.DRAFTED),
                C.DRAFTED,
                p.COMPLAINT_STUDY,
            ),
            *(
                Transition(
                    name,
                    label,
                    (C.DRAFTED,),
                    target,
                    p.COMPLAINT_RULE,
                    second_officer_of=("draft_ruling",),
                    event=f"complaint.{target.value}",
                )
                for name, label, target in (
                    ("reject", "签发：投诉不成立", C.REJECTED),
                    ("uphold", "签发：投诉成立", C.UPHELD),
                    ("partly_uphold", "签发：部分成立", C.PARTLY_UPHELD),
                )
            ),
            Transition(
                "redetermine",
                "重新认定",
                (C.PARTLY_UPHELD,),
                C.REDETERMINED,
                p.REDETERMINE,
                reason_required=True,
                event="complaint.redetermined",
            ),
            Transition(
                "record_correction",
                "登记更正",
                (C.UPHELD, C.PARTLY_UPHELD),
                C.CORRECTED,
                p.CORRECT,
                event="complaint.corrected",
            ),
            Transition(
                "withdraw",
                "撤回",
                (C.RECEIVED, C.ACCEPTED, C.CONVENED, C.DRAFTED),
                C.WITHDRAWN,
                p.WITHDRAW,
                reason_required=True,
                event="complaint.withdrawn",
                danger=True,
            ),
            Transition(
                "moot",
                "终结",
                (C.RECEIVED, C.ACCEPTED, C.CONVENED, C.DRAFTED, C.PARTLY_UPHELD),
                C.MOOT,
                p.CLOSE_MOOT,
                event="complaint.moot",
            ),
        ),
    )
)
