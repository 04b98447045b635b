"""The transition tables of cases, listings and tasks (design §4)."""

from __future__ import annotations

from core.workflow import Transition, Workflow, register
from sanctions.enums import CaseState, ListingState, TaskState

CASE = register(
    Workflow(
        name="sanctions.case",
        label="联合奖惩事项",
        model_label="sanctions.Case",
        states=dict(CaseState.choices),
        initial=CaseState.DRAFT,
        transitions=(
            Transition("draft", "起草", (), CaseState.DRAFT, "sanctions.case.draft"),
            Transition("revise", "修改后再起草", (CaseState.RETURNED,), CaseState.DRAFT, "sanctions.case.draft"),
            Transition(
                "submit",
                "复核报送",
                (CaseState.DRAFT,),
                CaseState.SUBMITTED,
                "sanctions.case.submit",
                second_officer_of=("draft", "revise"),
                event="case.submitted",
            ),
            Transition(
                "return",
                "退回",
                (CaseState.SUBMITTED,),
                CaseState.RETURNED,
                "sanctions.case.accept",
                reason_required=True,
                danger=True,
            ),
            Transition(
                "escalate",
                "上报联席办",
                (CaseState.SUBMITTED,),
                CaseState.SUBMITTED,
                "sanctions.case.accept",
                reason_required=True,
                event="case.escalated",
            ),
            Transition(
                "accept",
                "受理",
                (CaseState.SUBMITTED,),
                CaseState.ACCEPTED,
                "sanctions.case.accept",
                event="case.accepted",
            ),
            Transition("notify", "制发告知书", (CaseState.ACCEPTED,), CaseState.NOTICED, "sanctions.notice.issue"),
            Transition(
                "convene",
                "召集会议",
                (CaseState.ACCEPTED, CaseState.NOTICED),
                CaseState.CONVENED,
                "sanctions.meeting.convene",
                event="meeting.convened",
            ),
            Transition(
                "reconvene",
                "另行召集会议",
                (CaseState.CONVENED,),
                CaseState.CONVENED,
                "sanctions.meeting.convene",
                reason_required=True,
                event="meeting.convened",
            ),
            Transition(
                "decide", "记录议决", (CaseState.CONVENED,), CaseState.DECIDED, "sanctions.determination.decide"
            ),
            Transition(
                "issue",
                "印发决定",
                (CaseState.DECIDED,),
                CaseState.ISSUED,
                "sanctions.determination.issue",
                second_officer_of=("decide",),
                event="determination.issued",
            ),
            Transition(
                "withdraw",
                "撤回",
                (
                    CaseState.DRAFT,
                    CaseState.RETURNED,
                    CaseState.SUBMITTED,
                    CaseState.ACCEPTED,
                    CaseState.NOTICED,
                    CaseState.CONVENED,
                ),
                CaseState.WITHDRAWN,
                "sanctions.case.withdraw",
                reason_required=True,
                event="case.withdrawn",
                danger=True,
            ),
        ),
    )
)

LISTING = register(
    Workflow(
        name="sanctions.listing",
        label="列入名单",
        model_label="sanctions.Listing",
        states=dict(ListingState.choices),
        initial=ListingState.ISSUED,
        transitions=(
            Transition(
                "perform",
                "确认履行完毕",
                (ListingState.ISSUED,),
                ListingState.PERFORMED,
                "sanctions.listing.perform",
                reason_required=True,
                event="listing.performed",
            ),
            Transition(
                "source_exit",
                "源名单移出",
                (ListingState.ISSUED,),
                ListingState.CLOSED,
                "sanctions.listing.perform",
                reason_required=True,
                event="listing.closed",
            ),
            Transition(
                "withdraw_reward",
                "取消激励",
                (ListingState.ISSUED,),
                ListingState.WITHDRAWN,
                "sanctions.determination.issue",
                reason_required=True,
                event="listing.reward_withdrawn",
                danger=True,
            ),
            Transition(
                "close",
                "主体终止",
                (ListingState.ISSUED,),
                ListingState.CLOSED,
                "sanctions.listing.close",
                event="listing.closed",
            ),
            Transition(
                "delist",
                "公告移出",
                (ListingState.ISSUED, ListingState.PERFORMED, ListingState.WITHDRAWN, ListingState.CLOSED),
                ListingState.DELISTED,
                "sanctions.listing.delist",
                event="listing.delisted",
            ),
        ),
    )
)

TASK = register(
    Workflow(
        name="sanctions.task",
        label="实施任务",
        model_label="sanctions.ExecutionTask",
        states=dict(TaskState.choices),
        initial=TaskState.ASSIGNED,
        transitions=(
            Transition("acknowledge", "签收", (TaskState.ASSIGNED,), TaskState.ACKNOWLEDGED, "sanctions.task.handle"),
            Transition(
                "apply",
                "反馈已实施",
                (TaskState.ACKNOWLEDGED,),
                TaskState.APPLIED,
                "sanctions.task.handle",
                event="task.applied",
            ),
            Transition(
                "refuse",
                "不予实施",
                (TaskState.ASSIGNED, TaskState.ACKNOWLEDGED),
                TaskState.REFUSED,
                "sanctions.task.handle",
                reason_required=True,
                event="task.refused",
                danger=True,
            ),
            Transition(
                "insist",
                "要求继续实施",
                (TaskState.REFUSED,),
                TaskState.ASSIGNED,
                "sanctions.task.insist",
                reason_required=True,
            ),
            Transition(
                "release",
                "解除措施",
                (TaskState.ASSIGNED, TaskState.ACKNOWLEDGED, TaskState.APPLIED),
                TaskState.RELEASED,
                "sanctions.listing.delist",
                event="task.released",
            ),
        ),
    )
)
