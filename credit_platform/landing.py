"""What waits for an officer today: counted cards that lead to filtered lists, and the next due days with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.urls import reverse

from catalog.enums import OPEN_STATES
from catalog.models import EntryRevision, RevisionCitation
from core import clock
from core.actors import Actor
from core.calendar import WorkingCalendar
from core.models import Alert, Deadline, OutboxEvent, PersonalReveal, Reminder, TimeLimitRule, TransitionRecord
from objections.models import Complaint, Objection
from objections.permissions import COMPLAINT_ACCEPT
from organizations.acts.pages import address
from organizations.enums import Role
from organizations.models import Assignment, Officer, Organization, SignIn
from repair.models import Application
from sanctions.admin.todo import TODOS, waiting
from sanctions.models import Case, Check, Determination, ExecutionTask, Listing, Notice, TaskStop
from sanctions.selectors import rewards_to_reconsider
from subjects.models import Delivery
from subjects.permissions import SERVE

DUE_ROWS, OWN_ROWS = 8, 5  # what the actor's own unit owes is not crowded out by what he watches
DUTY = {Role.HANDLER, Role.REVIEWER, Role.GROUP_LEAD, Role.OFFICE}  # who answers for due days
ALERTS = 5
TERM = "sanctions.notice"
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Card:
    """A number with the list behind it; `always` cards keep their hint, since nothing needs doing."""

    label: str
    count: int
    url: str
    hint: str
    urgent: bool = False
    always: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A door that is used every day."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class DueItem:
    """A due day, what it is of, and why it is that day."""

    due_on: date
    what: str
    who: str
    url: str
    why: str
    provisional: bool
    is_term: bool  # a term that runs out in somebody's favour, not a duty that becomes overdue


def context(actor: Actor) -> dict[str, Any]:
    """Return cards, due days and ways for this actor's roles; a bounded number of queries."""
    every = chain_cards(actor) + reminder_cards(actor) + office_cards(actor) + keeper_cards(actor)
    waiting_now = [card for card in every if card.count and not card.always]
    idle = not waiting_now
    return {
        "cards": sorted(waiting_now, key=lambda card: not card.urgent),
        "clear": [card for card in every if not card.count and not card.always],
        "watched": [card for card in every if card.always],
        "due": due_items(actor) if _has_due(actor) else None,
        "ways": ways(actor),
        "quiet": _quiet(actor) if idle else "",
        "alerts": newest_alerts(actor),
    }


def _list(model: type[Any], query: str = "") -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist") + query


def chain_cards(actor: Actor) -> list[Card]:
    """Return one card per kind of waiting work that the actor's permissions let him do."""
    return [
        Card(
            todo.label, waiting(model, actor, todo).count(), _list(model, f"?todo={todo.name}"), todo.hint, todo.urgent
        )
        for model, todos in TODOS.items()
        for todo in todos
        if actor.may(todo.permission)
    ]


# Which role a reminder of each level is for; the near one and the first overdue one are the officer's.
TOLD = {Role.HANDLER: (0, 1), Role.REVIEWER: (2,), Role.GROUP_LEAD: (3,), Role.OFFICE: (3,)}


def told_to(actor: Actor) -> QuerySet[Reminder]:
    """Return the reminders that wait for this actor, at the levels of the roles held."""
    levels = {level for role, levels in TOLD.items() if role in actor.roles for level in levels}
    return Reminder.objects.visible_to(actor).waiting().filter(level__in=levels)


def reminder_cards(actor: Actor) -> list[Card]:
    """Return how many open due days this actor was told of, and how many documents wait to be served."""
    found = []
    if actor.roles & set(TOLD):
        count = told_to(actor).count()
        hint = "没有将到期或者逾期未办的"
        found.append(Card("期限提醒", count, _list(Reminder, "?todo=mine"), hint, urgent=bool(count)))
    if actor.may(SERVE):
        rows = Delivery.objects.filter(message__unit_id__in=actor.unit_ids).unserved()
        found.append(Card("文书待送达", rows.count(), _list(Delivery, "?todo=unserved"), "制发的文书都已送达"))
    return found


def newest_alerts(actor: Actor) -> list[str]:
    """Return what this actor's roles must see to, each matter once in its newest words."""
    rows = Alert.objects.shown_to(actor).order_by("code", "ref", "-on").distinct("code", "ref")
    return [row.text for row in rows[:ALERTS]]


def office_cards(actor: Actor) -> list[Card]:
    """Return what only the office watches: rewards to reconsider, listings near their end, catalogue work."""
    if Role.OFFICE not in actor.roles:
        return []
    today = clock.today()
    known = Listing.objects.exclude(tacit_from__lte=today)  # what silence has paused has no end yet
    ending = known.filter(delisted_on__isnull=True, ends_on__range=(today, today + SOON)).count()
    found = [
        Card(
            "激励待复核",
            rewards_to_reconsider(today).count(),
            _list(Listing, "?polarity__exact=incentive&on_today=in_force"),
            "受激励主体新增惩戒的，由人决定是否取消",
        ),
        Card("三十日内到期名单", ending, _list(Listing, "?on_today=in_force"), "到期由系统按日期公告移出", always=True),
    ]
    if admin.site.is_registered(EntryRevision):
        open_revisions = EntryRevision.objects.filter(state__in=OPEN_STATES).count()
        unsure = RevisionCitation.objects.filter(needs_check=True, revision__state="published").count()
        found += [
            Card("在办清单版本", open_revisions, _list(EntryRevision), "没有在办的清单修订"),
            Card("待核法律依据", unsure, _list(EntryRevision), "依据都已核实", always=True),
        ]
    return found


def keeper_cards(actor: Actor) -> list[Card]:
    """Return the cards of the three administrators; none sees another's."""
    today = clock.today()
    found: list[Card] = []
    if Role.SYSTEM_ADMIN in actor.roles:
        unsure = TimeLimitRule.objects.filter(confidence="unsure").count()
        units = Organization.objects.filter(valid_to__isnull=True).count()
        accounts = Officer.objects.filter(is_active=True).count()
        beyond = Deadline.objects.filter(closed_on__isnull=True, provisional=True).count()
        known = "已收录" if WorkingCalendar().knows(date(today.year + 1, 1, 1)) else "尚未收录，国务院公布后装载"
        found += [
            Card("待核实期限规则", unsure, _list(TimeLimitRule, "?confidence__exact=unsure"), "期限都有依据"),
            Card("暂定的到期日", beyond, _list(Deadline, "?provisional__exact=1"), f"{today.year + 1} 年节假日{known}"),
            Card("在用账号", accounts, _list(Officer), "建立账号、重置密码", always=True),
            Card("现有单位", units, _list(Organization), "更名、撤并由本岗位登记", always=True),
        ]
    if Role.SECURITY_ADMIN in actor.roles:
        current = Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))
        held = Assignment.objects.filter(current, is_void=False)
        idle = Officer.objects.filter(is_active=True).exclude(pk__in=held.values("officer")).count()
        found += [
            Card("没有岗位的账号", idle, _list(Officer), "账号都有岗位"),
            Card(
                "三十日内到期岗位",
                held.filter(valid_to__lte=today + SOON).count(),
                _list(Assignment),
                "没有将到期的岗位",
            ),
            Card("在任岗位", held.count(), _list(Assignment), "授予和收回岗位", always=True),
        ]
    if Role.AUDIT_ADMIN in actor.roles:
        records = TransitionRecord.objects.filter(legal_on=today)
        seen = PersonalReveal.objects.filter(revealed_at__date=today).count()
        late = TransitionRecord.objects.filter(recorded_at__date=today, legal_on__lt=today).count()
        found += [
            Card("今天的办理记录", records.count(), _list(TransitionRecord), "谁在何时办理了什么", always=True),
            Card("今天补录的办理", late, _list(TransitionRecord), "没有补录更早日期的办理"),
            Card("今天登录", SignIn.objects.filter(at__date=today).count(), _list(SignIn), "登录记录", always=True),
            Card("今天查看证件号码", seen, _list(PersonalReveal), "没有人查看完整号码"),
            Card("事件", OutboxEvent.objects.count(), _list(OutboxEvent), "对外可见的变更，只增不改", always=True),
        ]
    return found


def _has_due(actor: Actor) -> bool:
    watches = actor.may("sanctions.task.handle") or actor.may("sanctions.case.accept")
    return watches or not actor.roles.isdisjoint(DUTY)


def due_items(actor: Actor) -> list[DueItem]:
    """Return the next open due days of records in this actor's scope, earliest first."""
    tasks = ExecutionTask.objects.visible_to(actor)
    if not actor.may("sanctions.case.accept"):
        tasks = tasks.filter(Q(unit_id__in=actor.unit_ids) | Q(unit__district__code=actor.district_code or None))
    cases = Case.objects.visible_to(actor).values("pk")
    notices = Notice.objects.filter(
        case_subject__case__in=cases, case_subject__case__state__in=["noticed", "convened"]
    ).values("pk")
    scope = Q(aggregate_type="sanctions.executiontask", object_id__in=tasks.values("pk"))
    scope |= Q(aggregate_type="sanctions.notice", object_id__in=notices)
    decided = Determination.objects.filter(case__in=cases).values("pk")
    scope |= Q(aggregate_type="sanctions.determination", object_id__in=decided)
    own = Q(pk__in=[])
    for label, owned in _own(actor).items():
        own |= Q(aggregate_type=label, object_id__in=owned.values("pk"))
    running = Deadline.objects.filter(closed_on__isnull=True).select_related("rule").order_by("due_on", "pk")
    mine = list(running.filter(own)[:OWN_ROWS])
    rows = mine + list(running.filter(scope)[: DUE_ROWS - len(mine)])
    rows.sort(key=lambda row: (row.due_on, row.pk))
    about = _about(rows)
    return [
        DueItem(
            row.due_on,
            f"{row.rule.name}：{what}",
            who,
            url,
            row.explanation(),
            row.provisional,
            row.aggregate_type == TERM,
        )
        for row in rows
        for what, who, url in [about[(row.aggregate_type, row.object_id)]]
    ]


def _own(actor: Actor) -> dict[str, QuerySet[Any]]:
    """Return what the actor's own units answer, decide or confirm, by the type under which its due days stand."""
    found: dict[str, QuerySet[Any]] = {
        "objections.objection": Objection.objects.visible_to(actor).filter(answering_unit__in=actor.unit_ids),
        "repair.application": Application.objects.visible_to(actor).filter(unit__in=actor.unit_ids),
        "sanctions.taskstop": TaskStop.objects.visible_to(actor).filter(unit__in=actor.unit_ids),
        "sanctions.check": Check.objects.visible_to(actor).filter(unit__in=actor.unit_ids),
    }
    if actor.may(COMPLAINT_ACCEPT):
        found["objections.complaint"] = Complaint.objects.visible_to(actor)
    return found


def _about(rows: list[Deadline]) -> dict[tuple[str, int], tuple[str, str, str]]:
    """Return for each due day what it is about, who has to act, and where; three queries."""
    keys: dict[str, list[int]] = {}
    for row in rows:
        keys.setdefault(row.aggregate_type, []).append(row.object_id)
    found: dict[tuple[str, int], tuple[str, str, str]] = {}
    tasks = ExecutionTask.objects.filter(pk__in=keys.get("sanctions.executiontask", []))
    for task in tasks.select_related("unit", "measure", "listing__subject"):
        what = f"{task.listing.subject.name} {task.measure.code} {task.measure.name}"
        found["sanctions.executiontask", task.pk] = (what, task.unit.name, address(task))
    notices = Notice.objects.filter(pk__in=keys.get("sanctions.notice", []))
    for notice in notices.select_related("case_subject__subject", "case_subject__case__unit"):
        case = notice.case_subject.case
        found["sanctions.notice", notice.pk] = (notice.case_subject.subject.name, case.unit.name, address(case))
    determinations = Determination.objects.filter(pk__in=keys.get("sanctions.determination", []))
    for decided in determinations.select_related("lead_unit"):
        about = (decided.official_number, decided.lead_unit.name, address(decided))
        found["sanctions.determination", decided.pk] = about
    return found | _about_checks(keys) | _about_remedies(keys)


def _about_checks(keys: dict[str, list[int]]) -> dict[tuple[str, int], tuple[str, str, str]]:
    checks = Check.objects.filter(pk__in=keys.get("sanctions.check", [])).select_related("unit")
    return {
        ("sanctions.check", check.pk): (
            f"{check.matter_name} {check.business_number}".strip(),
            check.unit.name,
            address(check),
        )
        for check in checks
    }


def _about_remedies(keys: dict[str, list[int]]) -> dict[tuple[str, int], tuple[str, str, str]]:
    """Return the same for objections, complaints, applications and stop notices; one query for each kind that is due."""
    found: dict[tuple[str, int], tuple[str, str, str]] = {}
    if wanted := keys.get("objections.objection"):
        for row in Objection.objects.filter(pk__in=wanted).select_related("subject", "answering_unit"):
            found["objections.objection", row.pk] = (row.subject.name, row.answering_unit.name, address(row))
    if wanted := keys.get("objections.complaint"):
        for case in Complaint.objects.filter(pk__in=wanted).select_related("objection__subject", "unit"):
            found["objections.complaint", case.pk] = (case.objection.subject.name, case.unit.name, address(case))
    if wanted := keys.get("repair.application"):
        for asked in Application.objects.filter(pk__in=wanted).select_related("subject", "unit"):
            found["repair.application", asked.pk] = (asked.subject.name, asked.unit.name, address(asked))
    if wanted := keys.get("sanctions.taskstop"):
        stops = TaskStop.objects.filter(pk__in=wanted).select_related("unit", "task__measure", "task__listing__subject")
        for stop in stops:
            measure = stop.task.measure
            what = f"{stop.task.listing.subject.name} {measure.code} {measure.name}"
            found["sanctions.taskstop", stop.pk] = (what, stop.unit.name, address(stop))
    return found


def ways(actor: Actor) -> list[Way]:
    """Return the doors used every day."""
    found = []
    if Role.WINDOW in actor.roles:
        found.append(Way("登记异议", reverse("admin:objections_objection_add")))
        found.append(Way("登记修复申请", reverse("admin:repair_application_add")))
    if actor.may("sanctions.check.ask"):
        found.append(Way("核查主体", reverse("admin:sanctions_check_add")))
    if actor.may("supervision.asked.issue"):
        found.append(Way("出具核查查询单", reverse("admin:supervision_askedstatement_add")))
    if actor.may("portal.report.personal"):
        found.append(Way("出具本人信用报告", reverse("admin:portal_personalreport_add")))
    if actor.may("sanctions.case.draft"):
        found.append(Way("起草事项", reverse("admin:sanctions_case_add")))
    if actor.may("subjects.subject.register") and not actor.may("sanctions.case.accept"):
        found.append(Way("主体建档", reverse("admin:subjects_subject_add")))
    if actor.may("sanctions.summary.make"):
        found.append(Way("汇总实施情况", reverse("admin:sanctions_groupsummary_add")))
    if actor.may("sanctions.external.record"):
        found.append(Way("登记外部名单", reverse("admin:sanctions_externallisting_add")))
    if actor.may("core.calendar.manage"):
        found.append(Way("期限规则", _list(TimeLimitRule)))
    return found


def _quiet(actor: Actor) -> str:
    """Return what to do on an empty page, by role."""
    if Role.HANDLER in actor.roles:
        return "发现目录内的行为，点“起草事项”；新任务下达后会出现在这里。"
    if Role.REVIEWER in actor.roles:
        return "本单位经办人起草事项、专项小组下达任务后，会出现在这里。"
    if Role.WINDOW in actor.roles:
        return "申请人到窗口时，从上方登记异议或者修复申请；登记后先核验身份，再由办理单位受理。"
    if Role.DISTRICT_CREDIT in actor.roles:
        return "本县区单位的事项和任务可以从左侧查看。"
    if actor.roles & {Role.GROUP_LEAD, Role.OFFICE}:
        return "各单位报送的事项、告知、会议、决定和逾期任务会出现在这里。"
    return "左侧是本岗位可以查看的内容。"
