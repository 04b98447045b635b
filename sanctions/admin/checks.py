"""The check desk: ask, read the answer, print the receipt, ask what has changed since, tell what was decided."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from core import clock
from core.actors import Actor
from core.paging import CappedPaginator
from organizations.acts.pages import ScopedAdmin, act_address
from organizations.acts.words import AMBER, GREY, JADE, SEAL, chip, zh
from sanctions.admin.todo import TodoFilter
from sanctions.checks.receipts import verify
from sanctions.checks.selectors import Change, changes_since
from sanctions.checks.shown import ORDER, WORDS, Line, lines_of, strongest
from sanctions.enums import CheckAction
from sanctions.forms.check_feedback import GiveFeedback, Target
from sanctions.forms.checks import AskCheck
from sanctions.models import Check, CheckedSubject

TONES = {
    CheckAction.FORBID: SEAL,
    CheckAction.RESTRICT: SEAL,
    CheckAction.REMIND: AMBER,
    CheckAction.INCENTIVE: JADE,
    CheckAction.NOTHING: GREY,
    CheckAction.NOT_FOUND: GREY,
    CheckAction.REJECTED: AMBER,
}
MOST = 100


def action_chip(action: str) -> SafeString:
    return chip(WORDS[CheckAction(action)], TONES[CheckAction(action)])


WHAT = {"gone": ("不再适用", GREY), "new": ("新增", SEAL), "changed": ("有变化", AMBER)}
STATES = {"pending": "未开始", "in_force": "实施中", "paused": "暂停"}


def _changed(one: Change) -> dict[str, Any]:
    """Return one change in words: what it was, what it is, and since when."""

    def said(side: Any) -> str:
        if side is None:
            return "没有"
        if "action" not in side:
            return str(side.get("name") or "有")
        return f"{WORDS[CheckAction(side['action'])]}（{STATES.get(side['state'], side['state'])}）"

    word, tone = WHAT[one.what]
    return {
        "chip": chip(word, tone),
        "line": one.line,
        "name": one.name,
        "before": said(one.before),
        "after": said(one.after),
        "since": zh(one.since),
        "why": one.words,
    }


@admin.register(Check)
class CheckAdmin(ScopedAdmin):
    acts = (GiveFeedback,)
    openings = (AskCheck,)
    page_template = "sanctions/check.html"
    paginator = CappedPaginator
    list_display = (
        "number_shown",
        "matter_shown",
        "business_number",
        "result_shown",
        "asked_shown",
        "asked_by_label",
        "unit",
    )
    list_display_links = ("number_shown",)
    list_filter = (TodoFilter, "matter_kind", "asked_on")
    search_fields = ("public_id", "business_number", "matter_name")
    search_help_text = "核查编号、业务编号或事项名称"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        of_row = CheckedSubject.objects.filter(of_check=OuterRef("pk")).order_by().values("action").distinct()
        return Check.objects.visible_to(actor).select_related("unit").annotate(actions=ArraySubquery(of_row))

    @admin.display(description="编号")
    def number_shown(self, row: Check) -> str:
        return row.public_id

    @admin.display(description="事项", ordering="matter_kind")
    def matter_shown(self, row: Check) -> str:
        return f"{row.get_matter_kind_display()}　{row.matter_name}"

    @admin.display(description="结果")
    def result_shown(self, row: Check) -> SafeString:
        if row.answered_at is None:
            return chip("正在核查", AMBER)
        return action_chip(strongest(row.actions))  # type: ignore[attr-defined]

    @admin.display(description="核查时间", ordering="asked_at")
    def asked_shown(self, row: Check) -> str:
        return f"{row.asked_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"

    def page(self, request: HttpRequest, actor: Actor, record: Check) -> dict[str, Any]:
        counts = dict(record.lines.order_by().values_list("action").annotate(number=Count("pk")))
        chosen = request.GET.get("action", "")
        shown = lines_of(record, action=chosen if chosen in counts else "", most=MOST)
        top = strongest(list(counts))
        address = reverse("admin:sanctions_check_change", args=[record.public_id])
        asked_again = "changes" in request.GET and record.answered_at is not None
        return {
            "check": record,
            "asked_at": self.asked_shown(record),
            "top": top,
            "top_words": WORDS[CheckAction(top)],
            "lines": [self._line(actor, record, line) for line in shown],
            "alone": shown[0] if record.count == 1 and shown else None,
            "tallies": [
                (action_chip(action), number, f"{address}?action={action}", action == chosen)
                for action, number in sorted(counts.items(), key=lambda row: ORDER[row[0]])
            ],
            "left_out": counts.get(chosen, sum(counts.values())) - len(shown),
            "sources": record.sources,
            "changes": [_changed(one) for one in changes_since(actor, record)] if asked_again else None,
            "address": address,
            "paper": reverse("admin:sanctions_check_paper", args=[record.public_id]),
            "again": reverse("admin:sanctions_check_add"),
            "wrong": verify(record) if record.answered_at else "",
        }

    def _line(self, actor: Actor, record: Check, line: Line) -> dict[str, Any]:
        """Return one line as the page shows it, each measure with its button or with what was told."""
        measures = [
            {
                "about": measure,
                "chip": action_chip(measure.action),
                "url": act_address(record, GiveFeedback, f"{line.row.line}-{measure.task}"),
                "may": GiveFeedback.offered(actor, record, Target(line, measure)),
            }
            for measure in line.measures
        ]
        return {"about": line, "chip": action_chip(line.row.action), "measures": measures}

    def paper(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """Show the receipt as it is printed and signed for the file."""
        self.look(request)
        record = self.found(request, public_id)
        context = {"check": record, "asked_at": self.asked_shown(record), "lines": lines_of(record)}
        response = TemplateResponse(request, "sanctions/print_check.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [path("<str:public_id>/paper/", wrap(require_safe(self.paper)), name="sanctions_check_paper")]
        return own + super().get_urls()
