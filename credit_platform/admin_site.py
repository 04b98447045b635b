"""The workbench as a whole: who I act for, the navigation that my permissions open, and what waits for me today."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse

from core import clock
from core.api.actors import actor_of
from credit_platform import landing
from organizations import sessions
from organizations.enums import Role

# title, icon, model; the landing page stands alone above these groups.
GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "联合奖惩",
        (
            ("事项", "description", "sanctions.Case"),
            ("认定会议", "groups", "sanctions.Meeting"),
            ("认定决定", "gavel", "sanctions.Determination"),
            ("名单", "list_alt", "sanctions.Listing"),
            ("实施任务", "task_alt", "sanctions.ExecutionTask"),
            ("停止执行通知", "pause_circle", "sanctions.TaskStop"),
            ("提示函", "mark_email_unread", "sanctions.Advice"),
            ("外部名单", "input", "sanctions.ExternalListing"),
            ("核查", "search_check", "sanctions.Check"),
            ("逢报必查率", "rule", "supervision.CheckRate"),
            ("名单批次", "move_to_inbox", "exchange.ListBatch"),
            ("名单来源", "hub", "sanctions.ExternalSource"),
            ("名单接收规则", "rule_settings", "sanctions.ExternalRule"),
            ("实施汇总", "bar_chart", "sanctions.GroupSummary"),
            ("期限提醒", "notifications", "core.Reminder"),
        ),
    ),
    (
        "双公示",
        (
            ("行政处罚", "gavel", "publicity.Penalty"),
            ("行政许可", "verified", "publicity.Licence"),
            ("案件线索", "lightbulb", "publicity.Candidate"),
            ("免逐条审核单位", "handshake", "publicity.TrustedUnit"),
            ("失信程度对照", "scale", "publicity.SeverityRule"),
            ("公示期规则", "hourglass_top", "publicity.Regime"),
            ("自然人公开依据", "person_off", "publicity.PersonRule"),
            ("许可公示期限", "event_busy", "publicity.LicenceTerm"),
            ("时效与质量", "monitoring", "publicity.QualityBoard"),
            ("决定台账", "fact_check", "publicity.LedgerCount"),
            ("质量抽查", "checklist", "publicity.QualitySample"),
            ("信息推送", "outbox", "publicity.Push"),
            ("对接系统", "cable", "publicity.Peer"),
            ("对账", "balance", "publicity.Reconciliation"),
        ),
    ),
    (
        "数据报送",
        (
            ("报送批次", "upload_file", "core.IntakeBatch"),
            ("疑问数据", "help", "core.QuestionedRow"),
        ),
    ),
    (
        "异议与投诉",
        (
            ("异议", "front_hand", "objections.Objection"),
            ("投诉", "record_voice_over", "objections.Complaint"),
            ("当事人可异议事项", "person_search", "objections.ContestedSubject"),
            ("异议办理分工", "alt_route", "objections.TargetRoute"),
        ),
    ),
    (
        "信用修复",
        (
            ("修复申请", "healing", "repair.Application"),
            ("破产临时屏蔽", "shield", "repair.Shield"),
            ("事项修复条件", "rule", "repair.EntryTerm"),
            ("措施适用事项", "rule_settings", "sanctions.MatterRule"),
        ),
    ),
    (
        "目录清单",
        (
            ("清单事项", "menu_book", "catalog.Entry"),
            ("清单版本", "history_edu", "catalog.EntryRevision"),
            ("措施库", "construction", "catalog.Measure"),
            ("法律文件", "balance", "catalog.LegalInstrument"),
            ("清单版次", "library_books", "catalog.Edition"),
            ("影响预览", "troubleshoot", "catalog.Impact"),
        ),
    ),
    (
        "信用主体",
        (
            ("主体", "domain", "subjects.Subject"),
            ("承继提名", "fork_right", "subjects.SuccessorNomination"),
            ("档案合并", "merge_type", "subjects.SubjectMerge"),
            ("文书送达", "outgoing_mail", "subjects.Delivery"),
            ("核查情况查询单", "contact_page", "supervision.AskedStatement"),
        ),
    ),
    (
        "信用报告",
        (
            ("信用报告", "contract", "portal.Report"),
            ("本人信用报告", "person_check", "portal.PersonalReport"),
        ),
    ),
    (
        "单位与人员",
        (
            ("单位", "account_balance", "organizations.Organization"),
            ("承继关系", "merge", "organizations.Succession"),
            ("专项小组", "diversity_3", "organizations.WorkingGroup"),
            ("人员", "badge", "organizations.Officer"),
            ("任职", "assignment_ind", "organizations.Assignment"),
            ("专家库", "school", "organizations.Expert"),
            ("接口客户端", "api", "organizations.ApiClient"),
            ("核查页面来源", "picture_in_picture", "sanctions.CheckPageOrigin"),
        ),
    ),
    (
        "门户",
        (
            ("信用动态", "newspaper", "portal.Article"),
            ("举报线索", "campaign", "portal.Tip"),
            ("案例评论", "forum", "portal.CaseComment"),
        ),
    ),
    (
        "平台交换",
        (
            ("跟进变更的系统", "sync", "exchange.Follower"),
            ("全量快照", "inventory_2", "exchange.Snapshot"),
        ),
    ),
    (
        "期限与年历",
        (
            ("期限规则", "timer", "core.TimeLimitRule"),
            ("办理期限", "event", "core.Deadline"),
            ("节假日安排", "calendar_month", "core.CalendarDay"),
            ("已发布年历", "event_available", "core.CalendarYear"),
            ("提醒规则", "notification_settings", "core.ReminderRule"),
            ("后台任务", "manufacturing", "core.JobRun"),
        ),
    ),
    (
        "审计",
        (
            ("办理记录", "receipt_long", "core.TransitionRecord"),
            ("事件", "bolt", "core.OutboxEvent"),
            ("登录记录", "login", "organizations.SignIn"),
            ("接口请求", "swap_vert", "organizations.ClientRequest"),
            ("证件号码查看", "visibility", "core.PersonalReveal"),
        ),
    ),
)


def stylesheet(request: HttpRequest) -> str:
    return static("credit_platform/admin.css")


def seal(request: HttpRequest) -> str:
    return static("portal/seal.svg")


def acts_stylesheet(request: HttpRequest) -> str:
    return static("acts/acts.css")


def script(request: HttpRequest) -> str:
    return static("acts/acts.js")


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar: only what the roles acted under may open, in the order of the work."""
    found: list[dict[str, Any]] = [
        {"title": "", "items": [{"title": "工作台", "icon": "space_dashboard", "link": reverse("admin:index")}]}
    ]
    for title, items in GROUPS:
        shown = [item for row in items if (item := _item(request, *row)) is not None]
        if shown:
            found.append({"title": title, "separator": True, "items": shown})
    return found


def _item(request: HttpRequest, title: str, icon: str, label: str) -> dict[str, Any] | None:
    app_label, model_name = label.split(".")
    model = apps.get_model(app_label, model_name)
    if not admin.site.is_registered(model) or not request.user.has_perm(f"{app_label}.view_{model_name.lower()}"):
        return None
    try:
        link = reverse(f"admin:{app_label}_{model_name.lower()}_changelist")
    except NoReverseMatch:
        return None
    return {"title": title, "icon": icon, "link": link}


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of the workbench shows in its head: the places that the officer may act for."""
    return {"acting_places": acting_places(request) if request.user.is_authenticated else []}


def acting_places(request: HttpRequest) -> list[dict[str, Any]]:
    """Return one line per unit with all its roles, the one acted for first marked; a switch needs no more."""
    current = sessions.current_assignment(request)
    places: dict[int, dict[str, Any]] = {}
    for row in sessions.available_assignments(request):
        place = places.setdefault(
            row.organization_id, {"key": row.public_id, "unit": row.organization.short_name, "roles": []}
        )
        place["roles"].append(row.get_role_display())
        place["current"] = current is not None and current.organization_id == row.organization_id
    return [{**place, "label": f"{place['unit']} {words(place['roles'])}"} for place in places.values()]


def words(roles: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(roles))


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the landing page's context: counted work, the next due days, and the ways in."""
    actor = actor_of(request)
    current = sessions.current_assignment(request)
    roles = words(Role(role).label for role in Role.values if role in actor.roles)
    place = f"{current.organization.name} · {roles}" if current else "没有在任岗位，请联系安全管理员"
    context |= landing.context(actor)
    context |= {"greeting": f"{request.user}，今天要办的", "today": clock.today(), "place": place, "title": "工作台"}
    return context
