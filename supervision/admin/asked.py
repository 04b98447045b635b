"""查询单 at the window: given out once papers were seen, printed from its own page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from core import clock
from core.actors import Actor
from core.attachments import serve
from core.masking import mask_name
from core.problems import NotFound
from organizations import admin_access
from organizations.acts.pages import Row, ScopedAdmin, Section
from organizations.acts.words import GREY, JADE, chip, zh
from organizations.enums import Role
from supervision import asked
from supervision.forms.asked import IssueAsked
from supervision.models import AskedStatement

admin_access.declare("supervision.AskedStatement", view={Role.WINDOW, Role.DISTRICT_CREDIT})
HEADS = ("核查日期", "核查单位", "办理事项", "核查编号")


def subject_words(record: AskedStatement) -> str:
    return mask_name(record.subject.name) if record.subject.is_person else record.subject.name


@admin.register(AskedStatement)
class AskedAdmin(ScopedAdmin):
    openings = (IssueAsked,)
    list_display = ("subject_shown", "presented", "issued_shown", "lines", "issued_by_label")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return AskedStatement.objects.visible_to(actor).select_related("subject", "unit", "mandate")

    @admin.display(description="主体")
    def subject_shown(self, row: AskedStatement) -> str:
        return subject_words(row)

    @admin.display(description="出具日", ordering="issued_on")
    def issued_shown(self, row: AskedStatement) -> str:
        return zh(row.issued_on)

    def page(self, request: HttpRequest, actor: Actor, record: AskedStatement) -> dict[str, Any]:
        today = record.issued_on == clock.today()
        facts: list[tuple[str, object]] = [
            ("申请人", record.get_presented_display()),
            ("来人姓名", mask_name(record.presenter)),
            ("出具窗口", record.unit.name),
            ("经办人", record.issued_by_label),
            ("核查截止", zh(record.until)),
            ("核查次数", f"{record.lines} 次"),
        ]
        if record.mandate is not None:
            where = reverse("admin:supervision_askedstatement_mandate", args=[record.public_id])
            facts.append(("授权委托书", format_html('<a href="{}">{}</a>', where, record.mandate.name)))
        if today:
            where = reverse("admin:supervision_askedstatement_paper", args=[record.public_id])
            facts.append(("交付", format_html('<a href="{}" target="_blank">打印查询单</a>', where)))
        told = asked.asked_about(record.subject, clock.today(), until=record.until)
        return {
            "kicker": "核查情况查询单",
            "heading": subject_words(record),
            "sub": f"{zh(record.issued_on)}出具",
            "state": chip("今日可交付", JADE) if today else chip("已过交付日", GREY),
            "facts": facts,
            "sections": [
                Section(
                    "谁查过",
                    HEADS,
                    [Row((zh(row.on), row.unit, row.matter, row.number)) for row in told.rows],
                    empty=f"截至{zh(record.until)}，没有单位核查过这个主体。",
                    note=f"之后的核查满 {told.days} 日再告知，以免妨碍正在办理的事项。",
                )
            ],
        }

    def paper(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """Show the statement as it is printed for who stands at the window, on the day it was given out."""
        self.look(request)
        record = self.found(request, public_id)
        if record.issued_on != clock.today():
            raise NotFound("当日出具的查询单")
        told = asked.asked_about(record.subject, clock.today(), until=record.until)
        context = {"record": record, "name": record.subject.name, "told": told}
        response = TemplateResponse(request, "supervision/asked_paper.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def mandate(self, request: HttpRequest, public_id: str) -> Any:
        """Give out the mandate that was handed in."""
        self.look(request)
        record = self.found(request, public_id)
        if record.mandate is None:
            raise NotFound("授权委托书")
        return serve(record.mandate)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path(f"<str:public_id>/{which}/", wrap(require_safe(view)), name=f"supervision_askedstatement_{which}")
            for which, view in (("paper", self.paper), ("mandate", self.mandate))
        ]
        return own + super().get_urls()
