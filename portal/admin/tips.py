"""Tips and comments in the workbench: what waits to be passed on, what a unit has to answer, what is to be moderated."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import personal
from core.actors import Actor
from core.attachments import serving_view
from core.models import Attachment
from core.timeline import act_rows, in_order
from organizations import admin_access
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, size_words, zh
from organizations.enums import Role
from portal.permissions import MODERATE, TIP_ANSWER, TIP_FORWARD
from portal.tips.enums import CommentState, TipState
from portal.tips.forms import COMMENT_ACTS, TIP_ACTS
from portal.tips.models import CaseComment, Tip, TipFile
from portal.tips.workflow import COMMENT, TIP
from sanctions.admin.todo import SCOPES, TODOS, Todo, TodoFilter
from sanctions.models import Case

UNITS = {Role.HANDLER, Role.REVIEWER, Role.GROUP_LEAD, Role.OFFICE}
admin_access.declare("portal.Tip", view=UNITS | {Role.WINDOW})
admin_access.declare("portal.CaseComment", view=UNITS)
TODOS[Tip] = (
    Todo("forward", "线索待转办", TIP_FORWARD, lambda _: Q(state=TipState.RECEIVED), "没有待转办的线索", True),
    Todo(
        "answer",
        "线索待答复",
        TIP_ANSWER,
        lambda a: Q(state=TipState.FORWARDED, unit_id__in=a.unit_ids),
        "转来的线索都已答复",
        True,
    ),
)
TODOS[CaseComment] = (
    Todo("moderate", "评论待审核", MODERATE, lambda _: Q(state=CommentState.RECEIVED), "没有待审核的评论"),
)
SCOPES[Tip] = Tip.objects.visible_to
SCOPES[CaseComment] = CaseComment.objects.visible_to
TIP_TONES = {TipState.RECEIVED: AMBER, TipState.FORWARDED: BLUE, TipState.ANSWERED: JADE, TipState.DECLINED: GREY}
COMMENT_TONES = {
    CommentState.RECEIVED: AMBER,
    CommentState.SHOWN: JADE,
    CommentState.REFUSED: GREY,
    CommentState.HIDDEN: SEAL,
}


def files_for(actor: Actor) -> QuerySet[Attachment]:
    """Return the files of tips in scope."""
    rows = TipFile.objects.filter(tip__in=Tip.objects.visible_to(actor).values("pk"))
    return Attachment.objects.filter(pk__in=rows.values("attachment"))


@admin.register(Tip)
class TipAdmin(ScopedAdmin):
    acts = TIP_ACTS
    list_display = ("about_name", "state_shown", "unit", "received_on", "answered_on")
    list_filter = (TodoFilter, "state")
    search_fields = ("about_name", "about_code", "public_id")
    search_help_text = "被反映的主体、代码或者回执编号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Tip.objects.visible_to(actor).select_related("unit", "phone", "case")

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: Tip) -> SafeString:
        return chip(TipState(row.state).label, TIP_TONES[TipState(row.state)])

    def page(self, request: HttpRequest, actor: Actor, record: Tip) -> dict[str, Any]:
        facts: list[tuple[str, object]] = [
            ("收到", zh(record.received_on)),
            ("统一社会信用代码", record.about_code or "没有填写"),
            ("办理单位", record.unit.name if record.unit else "尚未转办"),
            ("联系人", record.contact_name or "没有留下"),
            ("联系电话", personal.masked(record.phone) if record.phone else "没有留下"),
        ]
        if record.case is not None:
            facts.append(("关联事项", self._case(actor, record.case)))
        files = [
            Row(
                (
                    format_html(
                        '<a href="{}">{}</a>',
                        reverse("admin:portal_tip_file", args=[row.attachment.public_id]),
                        row.attachment.name,
                    ),
                    size_words(row.attachment.size),
                )
            )
            for row in record.files.select_related("attachment")
        ]
        sections = [
            Section("线索内容", (), [], text=record.text, note="线索不是事实，核查之前不得作为任何依据。"),
            Section("材料", ("文件", "大小"), files, "没有材料"),
        ]
        if record.answered_on:
            sections.append(Section(f"答复（{zh(record.answered_on)}）", (), [], text=record.answer))
        return {
            "kicker": "举报线索",
            "heading": record.about_name,
            "sub": f"回执编号 {record.public_id}",
            "state": self.state_shown(record),
            "facts": facts,
            "timeline": in_order(act_rows((TIP, [record.pk]))),
            "sections": sections,
        }

    def _case(self, actor: Actor, case: Case) -> object:
        if not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
            return "办理单位已立案"
        return format_html('<a href="{}">{}</a>', address(case), case.document_number)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(serving_view(files_for))
        return [path("files/<str:public_id>/", view, name="portal_tip_file"), *super().get_urls()]


@admin.register(CaseComment)
class CommentAdmin(ScopedAdmin):
    acts = COMMENT_ACTS
    list_display = ("excerpt", "article", "state_shown", "received_on")
    list_filter = (TodoFilter, "state")
    search_fields = ("public_id", "article__title")
    search_help_text = "案例标题或者回执编号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return CaseComment.objects.visible_to(actor).select_related("article")

    @admin.display(description="评论")
    def excerpt(self, row: CaseComment) -> str:
        return row.text if len(row.text) <= 40 else f"{row.text[:40]}…"

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: CaseComment) -> SafeString:
        return chip(CommentState(row.state).label, COMMENT_TONES[CommentState(row.state)])

    def page(self, request: HttpRequest, actor: Actor, record: CaseComment) -> dict[str, Any]:
        sections = [Section("提交的评论", (), [], text=record.text)]
        if record.shown:
            sections.append(Section("公开的内容", (), [], text=record.shown))
        if record.reply:
            sections.append(Section("回应", (), [], text=record.reply))
        return {
            "kicker": "案例评论",
            "heading": record.article.title,
            "sub": f"回执编号 {record.public_id}",
            "state": self.state_shown(record),
            "facts": [("署名", record.nickname or "未署名"), ("收到", zh(record.received_on))],
            "timeline": in_order(act_rows((COMMENT, [record.pk]))),
            "sections": sections,
        }
