"""Credit reports at the window: those of legal entities, which anybody may look up, and persons' own, which none may."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from core import clock, personal
from core.actors import Actor
from core.api.actors import actor_of
from core.attachments import serve
from core.paging import CappedPaginator
from core.problems import NotFound
from organizations import admin_access
from organizations.acts.pages import ScopedAdmin
from organizations.acts.words import AMBER, GREY, JADE, SEAL, chip, zh
from organizations.enums import Role
from portal.models import PersonalReport, Report
from portal.permissions import ISSUE
from portal.reports import selectors
from portal.reports.forms import IssuePersonal, IssueReport, WithdrawReport
from portal.reports.personal import hand_over

TONES = {selectors.VALID: JADE, selectors.SUPERSEDED: GREY, selectors.WITHDRAWN: SEAL}
admin_access.declare("portal.Report", view={Role.WINDOW, Role.DISTRICT_CREDIT, Role.OFFICE})
admin_access.declare("portal.PersonalReport", view={Role.WINDOW, Role.DISTRICT_CREDIT})


@admin.register(Report)
class ReportAdmin(ScopedAdmin):
    acts = (WithdrawReport,)
    openings = (IssueReport,)
    paginator = CappedPaginator
    list_display = ("number", "subject_name", "subject_code", "as_of_shown", "state_shown")
    search_fields = ("number", "subject_name", "subject_code")
    search_help_text = "报告编号、名称或者代码"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = Report.objects.select_related("subject").defer("document")
        return rows if actor.may(ISSUE) else rows.none()

    @admin.display(description="信息截止", ordering="as_of")
    def as_of_shown(self, row: Report) -> str:
        return zh(row.as_of)

    @admin.display(description="状态")
    def state_shown(self, row: Report) -> SafeString:
        return chip(selectors.LABELS[selectors.state_of(row)], TONES[selectors.state_of(row)])

    def page(self, request: HttpRequest, actor: Actor, record: Report) -> dict[str, Any]:
        found = selectors.verified(record.number)
        facts: list[tuple[str, object]] = [
            ("报告编号", record.number),
            ("代码", record.subject_code),
            ("信息截止", zh(record.as_of)),
            ("签名密钥", record.key_id),
            ("核验", format_html('<a href="{0}">{0}</a>', reverse("portal:report", args=[record.number]))),
        ]
        if found.state == selectors.WITHDRAWN:
            facts += [("作废日期", zh(record.withdrawn_on)), ("作废理由", record.withdrawn_reason)]
        if found.current:
            pdf = reverse("portal:report_file", args=[record.number, "pdf"])
            facts.append(("文件", format_html('<a href="{}">下载 PDF</a>', pdf)))
        return {
            "kicker": "信用报告",
            "heading": record.subject_name,
            "state": self.state_shown(record),
            "marks": [chip("公开信息已有变化", AMBER)] if found.state == selectors.VALID and found.changed else [],
            "facts": facts,
        }


@admin.register(PersonalReport)
class PersonalReportAdmin(ScopedAdmin):
    openings = (IssuePersonal,)
    paginator = CappedPaginator
    list_display = ("number", "name", "relation", "purpose", "as_of_shown", "issued_by")
    search_fields = ("number", "name")
    search_help_text = "报告编号或者姓名"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return PersonalReport.objects.visible_to(actor).select_related("person", "unit", "pdf", "mandate")

    @admin.display(description="出具日期", ordering="as_of")
    def as_of_shown(self, row: PersonalReport) -> str:
        return zh(row.as_of)

    def page(self, request: HttpRequest, actor: Actor, record: PersonalReport) -> dict[str, Any]:
        facts: list[tuple[str, object]] = [
            ("报告编号", record.number),
            ("证件", f"{record.person.get_type_display()} {personal.masked(record.person)}"),
            ("申请人", record.get_relation_display()),
            ("用途", record.purpose),
            ("出具窗口", record.unit.name),
            ("经办人", record.issued_by),
            ("出具日期", zh(record.as_of)),
            ("交付次数", f"{record.copies} 次"),
        ]
        if record.mandate is not None:
            facts += [("受托人", record.agent_name), ("授权委托书", self._link(record, "mandate", record.mandate.name))]
        if record.as_of == clock.today():
            facts.append(("文件", self._link(record, "file", "打印交付（PDF，记入办理记录）")))
        elif record.erased_on is not None:
            facts.append(("文件", f"保存期满，{zh(record.erased_on)}已删除"))
        return {
            "kicker": "本人信用报告",
            "heading": record.name,
            "state": chip("今日可交付", JADE) if record.as_of == clock.today() else chip("已过交付日", GREY),
            "facts": facts,
        }

    def _link(self, record: PersonalReport, which: str, words: str) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse(f"admin:portal_personalreport_{which}", args=[record.public_id]), words
        )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path(f"<str:public_id>/{which}/", wrap(require_safe(view)), name=f"portal_personalreport_{which}")
            for which, view in (("file", self.file), ("mandate", self.mandate))
        ]
        return own + super().get_urls()

    def file(self, request: HttpRequest, public_id: str) -> Any:
        """Give the report out for the person at the window; each time is recorded with the officer's name."""
        self.look(request)
        return serve(hand_over(actor=actor_of(request), report=self.found(request, public_id)))

    def mandate(self, request: HttpRequest, public_id: str) -> Any:
        """Give out the mandate that was handed in."""
        self.look(request)
        record = self.found(request, public_id)
        if record.mandate is None:
            raise NotFound("授权委托书")
        return serve(record.mandate)
