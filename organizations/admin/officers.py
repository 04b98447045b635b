"""Accounts and jobs: lists in the actor's scope, the page of an officer with his jobs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from organizations import selectors
from organizations.acts.pages import Row, ScopedAdmin, Section, buttons
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, zh
from organizations.admin.units import link, link_officer
from organizations.forms.officers import OFFICER_ACTS, EndJobOf, EndOwnJob, OpenAccount
from organizations.models import Assignment, Officer


def job_state(job: Assignment) -> SafeString:
    """Return whether the job is held today, in a word."""
    today = clock.today()
    if job.is_void:
        return chip("作废", GREY)
    if job.valid_to is not None and job.valid_to < today:
        return chip("已收回", GREY)
    return chip("在任", JADE) if job.valid_from <= today else chip("尚未开始", BLUE)


def place(job: Assignment) -> str:
    """Return the group or district that the job is about."""
    return str(job.group or job.district or "")


@admin.register(Officer)
class OfficerAdmin(ScopedAdmin):
    acts = tuple(OFFICER_ACTS)
    openings = (OpenAccount,)
    list_display = ("username", "full_name", "jobs", "active_shown")
    list_filter = ("is_active",)
    search_fields = ("username", "full_name")
    search_help_text = "用户名或姓名"
    ordering = ("username",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return selectors.visible_officers(actor)

    @admin.display(description="现任岗位")
    def jobs(self, officer: Officer) -> str:
        return "；".join(
            f"{job.organization.short_name} {job.get_role_display()}"
            for job in getattr(officer, "assignments_today", [])
        )

    @admin.display(description="账号", ordering="is_active")
    def active_shown(self, officer: Officer) -> SafeString:
        return chip("启用", JADE) if officer.is_active else chip("停用", SEAL)

    def page(self, request: HttpRequest, actor: Actor, record: Officer) -> dict[str, Any]:
        held = selectors.visible_assignments(actor).filter(officer=record).order_by("-valid_from", "-pk")
        rows = [
            Row(
                [
                    link(job.organization, short=True),
                    " · ".join(filter(None, [job.get_role_display(), place(job)])),
                    f"{zh(job.valid_from)}起" + (f"，至{zh(job.valid_to)}" if job.valid_to else ""),
                    job_state(job),
                ],
                buttons(actor, record, [EndJobOf], job, job.public_id),
            )
            for job in held
        ]
        return {
            "kicker": "经办人员",
            "heading": record.full_name,
            "sub": record.username,
            "state": self.active_shown(record),
            "facts": [
                ("密码", chip("首次登录须更换", AMBER) if record.must_change_password else "本人设定"),
                ("建立", zh(clock.day_of(record.created_at))),
                ("公开编号", record.public_id),
            ],
            "sections": [
                Section(
                    "岗位",
                    ("单位", "岗位", "任期", "今天"),
                    rows,
                    "没有岗位，登录后没有任何权限",
                    "权限只来自在任的岗位。",
                )
            ],
        }


@admin.register(Assignment)
class AssignmentAdmin(ScopedAdmin):
    acts = (EndOwnJob,)
    list_display = ("officer", "organization", "role", "group", "district", "valid_from", "valid_to", "state_shown")
    list_filter = ("role", "is_void")
    search_fields = ("officer__full_name", "officer__username", "organization__name")
    search_help_text = "姓名、用户名或单位"
    ordering = ("-valid_from", "-pk")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return selectors.visible_assignments(actor)

    @admin.display(description="今天")
    def state_shown(self, job: Assignment) -> SafeString:
        return job_state(job)

    def page(self, request: HttpRequest, actor: Actor, record: Assignment) -> dict[str, Any]:
        seen = selectors.visible_officers(actor).filter(pk=record.officer_id).exists()
        return {
            "kicker": "任职",
            "heading": f"{record.officer.full_name}　{record.organization.short_name} {record.get_role_display()}",
            "state": job_state(record),
            "facts": [
                ("人员", link_officer(record.officer) if seen else record.officer.full_name),
                ("单位", link(record.organization)),
                ("小组或县区", place(record)),
                ("任职起始日", zh(record.valid_from)),
                ("任职截止日", zh(record.valid_to)),
                ("授予人", record.granted_by.full_name if record.granted_by else "系统"),
            ],
        }
