"""What waits for whom: the same conditions count the cards of the landing page and filter the lists behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from core import clock
from core.actors import Actor
from core.api.actors import actor_of
from core.models import Deadline
from sanctions.checks.waiting import awaiting_feedback
from sanctions.forms.cases import leading
from sanctions.models import (
    Case,
    CaseSubject,
    Check,
    Determination,
    ExecutionTask,
    Listing,
    MeetingInvitee,
    Notice,
    Service,
    TaskStop,
    Vote,
)

CONVENE, RECORD, VOTE = "sanctions.meeting.convene", "sanctions.service.record", "sanctions.meeting.vote"
NEAR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Todo:
    """One kind of waiting work: who may do it (permission), which records, and what to do when there are none."""

    name: str
    label: str
    permission: str
    condition: Callable[[Actor], Q]
    hint: str
    urgent: bool = False


def _mine(actor: Actor) -> Q:
    return Q(unit_id__in=actor.unit_ids)


def _serving(actor: Actor) -> Q:
    return _mine(actor) | leading(actor)


UNSERVED_NOTICE = Exists(Notice.objects.filter(case_subject__case=OuterRef("pk"), served_on__isnull=True))
UNSERVED_DECISION = Exists(
    CaseSubject.objects.filter(case=OuterRef("pk")).exclude(
        Exists(Service.objects.filter(case_subject=OuterRef("pk"), document="determination"))
    )
)


def _to_vote(actor: Actor) -> Q:
    came = MeetingInvitee.objects.filter(
        meeting__case=OuterRef("pk"),
        meeting__adjourned_on__isnull=True,
        unit_id__in=actor.unit_ids,
        attended=True,
    )
    voted = Vote.objects.filter(
        case_subject__case=OuterRef("pk"), meeting__adjourned_on__isnull=True, invitee__unit_id__in=actor.unit_ids
    )
    return Q(state="convened") & Q(Exists(came)) & ~Q(Exists(voted))


def _not_by(actor: Actor) -> Q:
    return Q(Exists(Determination.objects.filter(case=OuterRef("pk")).exclude(decided_by_key=actor.key)))


def overdue(model: type[Any], actor: Actor) -> Q:
    """Return the records with an open due day before today."""
    late = Deadline.objects.filter(
        aggregate_type=model._meta.label_lower,
        object_id=OuterRef("pk"),
        closed_on__isnull=True,
        due_on__lt=clock.today(),
    )
    return Q(Exists(late))


CASE_TODOS = (
    Todo(
        "returned",
        "被退回待修改",
        "sanctions.case.draft",
        lambda a: _mine(a) & Q(state="returned"),
        "没有被退回的事项",
        True,
    ),
    Todo(
        "draft",
        "起草中",
        "sanctions.case.draft",
        lambda a: _mine(a) & Q(state="draft"),
        "发现目录内的行为，点“起草事项”",
    ),
    Todo(
        "sign",
        "待复核报送",
        "sanctions.case.submit",
        lambda a: _mine(a) & Q(state="draft") & ~Q(drafted_by_key=a.key),
        "经办人起草后会出现在这里",
        True,
    ),
    Todo(
        "accept",
        "待受理",
        "sanctions.case.accept",
        lambda a: leading(a) & Q(state="submitted"),
        "没有新报送的事项",
        True,
    ),
    Todo(
        "notify",
        "待制发告知书",
        "sanctions.notice.issue",
        lambda a: leading(a) & Q(state="accepted", polarity="discipline"),
        "受理惩戒事项后制发",
    ),
    Todo(
        "serve-notice",
        "告知书待送达",
        RECORD,
        lambda a: _serving(a) & Q(state="noticed") & Q(UNSERVED_NOTICE),
        "告知书都已送达",
    ),
    Todo(
        "convene",
        "待召集会议",
        CONVENE,
        lambda a: leading(a) & (Q(state="accepted", polarity="incentive") | Q(state="noticed") & ~Q(UNSERVED_NOTICE)),
        "送达并听取陈述后召集",
    ),
    Todo(
        "decide",
        "会议中待议决",
        "sanctions.determination.decide",
        lambda a: leading(a) & Q(state="convened"),
        "没有正在进行的会议",
    ),
    Todo("vote", "待本单位表决", VOTE, _to_vote, "召集单位登记到会后即可表决", True),
    Todo(
        "issue",
        "待签发决定",
        "sanctions.determination.issue",
        lambda a: leading(a) & Q(state="decided") & _not_by(a),
        "由议决记录人之外的人员签发",
        True,
    ),
    Todo(
        "serve-decision",
        "决定待送达",
        RECORD,
        lambda a: _serving(a) & Q(state="issued") & Q(UNSERVED_DECISION),
        "印发的决定都已送达",
    ),
    Todo(
        "escalated",
        "上报联席办",
        "sanctions.case.see_all",
        lambda _: Q(level="office", state="submitted"),
        "没有上报的事项",
        True,
    ),
)
HANDLE = "sanctions.task.handle"
TASK_TODOS = (
    Todo("acknowledge", "待签收任务", HANDLE, lambda a: _mine(a) & Q(state="assigned"), "没有新任务", True),
    Todo(
        "feedback",
        "待反馈任务",
        HANDLE,
        lambda a: _mine(a) & Q(state="acknowledged", duty="duty"),
        "签收的任务都已反馈",
    ),
    Todo(
        "overdue", "本单位逾期任务", HANDLE, lambda a: _mine(a) & overdue(ExecutionTask, a), "没有逾期，按期办理", True
    ),
    Todo(
        "refused",
        "不予实施待答复",
        "sanctions.task.insist",
        lambda _: Q(state="refused", duty="duty"),
        "各单位都在实施",
        True,
    ),
    Todo(
        "group-overdue",
        "范围内逾期任务",
        "sanctions.task.insist",
        lambda a: overdue(ExecutionTask, a),
        "各单位均按期办理",
    ),
    Todo(
        "district-overdue",
        "本县区逾期任务",
        "sanctions.case.see_district",
        lambda a: overdue(ExecutionTask, a),
        "本县区各单位均按期办理",
    ),
)
STOP_TODOS = (
    Todo(
        "confirm",
        "停止执行通知待确认",
        HANDLE,
        lambda a: _mine(a) & Q(must_confirm=True, confirmed_on__isnull=True, superseded_on__isnull=True),
        "没有待确认的暂停、恢复或者停止通知",
        True,
    ),
)
CHECK_TODOS = (
    Todo(
        "awaiting",
        "核查待反馈",
        HANDLE,
        lambda a: _mine(a) & awaiting_feedback(clock.today()),
        "核查提示的措施都已反馈办理结果",
    ),
)
DETERMINATION_TODOS = (
    Todo(
        "file",
        "待备案决定",
        "sanctions.determination.file",
        lambda _: Q(issued_on__isnull=False, filed_on__isnull=True),
        "印发的决定都已备案",
    ),
)


def determinations_for(actor: Actor) -> QuerySet[Determination]:
    """Return the determinations of cases in scope."""
    return Determination.objects.filter(case__in=Case.objects.visible_to(actor).values("pk"))


SCOPES: dict[type[Any], Callable[[Actor], QuerySet[Any]]] = {
    Case: Case.objects.visible_to,
    ExecutionTask: ExecutionTask.objects.visible_to,
    TaskStop: TaskStop.objects.visible_to,
    Determination: determinations_for,
    Listing: Listing.objects.visible_to,
    Check: Check.objects.visible_to,
}
TODOS: dict[type[Any], tuple[Todo, ...]] = {
    Case: CASE_TODOS,
    ExecutionTask: TASK_TODOS,
    TaskStop: STOP_TODOS,
    Determination: DETERMINATION_TODOS,
    Check: CHECK_TODOS,
}


def waiting(model: type[Any], actor: Actor, todo: Todo) -> QuerySet[Any]:
    return SCOPES[model](actor).filter(todo.condition(actor))


class TodoFilter(SimpleListFilter):
    """The list's filter “待办”: only what this officer's permissions let him do."""

    title = "待办"
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        actor = actor_of(request)
        return [(row.name, row.label) for row in TODOS[model_admin.model] if actor.may(row.permission)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        actor = actor_of(request)
        for row in TODOS[queryset.model]:
            if row.name == self.value() and actor.may(row.permission):
                return queryset.filter(row.condition(actor))
        return queryset


class DueFilter(SimpleListFilter):
    """By the next open due day: past, within three days, later."""

    title = "期限"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("late", "已逾期"), ("near", "三日内到期"), ("later", "三日后到期")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = clock.today()
        bounds = {
            "late": {"due_on__lt": today},
            "near": {"due_on__gte": today, "due_on__lte": today + NEAR},
            "later": {"due_on__gt": today + NEAR},
        }.get(self.value() or "")
        return queryset if bounds is None else self.narrowed(queryset, bounds)

    def narrowed(self, queryset: QuerySet[Any], bounds: dict[str, Any]) -> QuerySet[Any]:
        """Keep the records with an open due day within the bounds."""
        rows = Deadline.objects.filter(
            aggregate_type=queryset.model._meta.label_lower, object_id=OuterRef("pk"), closed_on__isnull=True, **bounds
        )
        return queryset.filter(Exists(rows))
