"""Licences and penalties: the list, and the page that is the pre-flight: what the public will see, until when, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.actors import Actor
from core.paging import CappedPaginator
from organizations.acts.pages import Row, ScopedAdmin, Section, address, list_address
from organizations.acts.words import AMBER, BLUE, GREY, JADE, chip, due_chip, zh
from publicity import page_sections, selectors, standing
from publicity.admin import preflight
from publicity.admin.filters import DecidedFilter, DueFilter, TodayFilter, UnitFilter
from publicity.enums import PENDING, Party, Scope, State
from publicity.forms import bulk
from publicity.forms.steps import RECORD_ACTS
from publicity.law import Law
from publicity.models import Licence, Penalty
from publicity.searching import found_among
from publicity.words import ends_words, whole_state
from sanctions.admin.todo import TODOS, TodoFilter, waiting

QUEUES = ("check", "pass")
COUNTED = 1000


def queue(actor: Actor, record: Any) -> list[tuple[str, str]]:
    """Return what else waits for this officer in the same line of work, and the one that is due first."""
    model, found = type(record), []
    for todo in TODOS[model]:
        if todo.name not in QUEUES or not actor.may(todo.permission):
            continue
        rows = waiting(model, actor, todo).exclude(pk=record.pk)
        following = rows.order_by("due_on", "pk").first()
        if following is not None:
            number = rows.order_by()[:COUNTED].count()
            found.append((f"{todo.label}还有 {number} 件", f"{list_address(model)}?todo={todo.name}"))
            found.append((f"下一件：{following.document_number}", address(following)))
    return found


class DisclosureAdmin(ScopedAdmin):
    """What both kinds share."""

    acts = RECORD_ACTS
    page_template = "publicity/record.html"
    paginator = CappedPaginator
    search_fields = ("document_number",)
    search_help_text = "文书号或者它的开头、相对人名称或者代码、导入批次"
    list_display_links = ("document_number",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.visible_to(actor).select_related(
            "unit", "authority", "subject"
        )
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by exact values and by the index of names; a list of millions is never read through."""
        return (found_among(queryset, search_term) if search_term.strip() else queryset), False

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: Any) -> SafeString:
        return whole_state(row)

    @admin.display(description="应公示日", ordering="due_on")
    def due_shown(self, row: Any) -> SafeString | str:
        if row.due_on is None:
            return "依上级规定" if selectors.follows_own_rule(row) else "—"
        if row.version > 1 and row.state in PENDING:
            return chip("更新", BLUE)
        if row.first_visible_on is not None:
            late = row.first_visible_on > row.due_on
            return chip("逾期公示", AMBER) if late else chip("按期公示", JADE)
        return due_chip(row.due_on) if row.state in (State.REPORTED, State.CHECKED) else zh(row.due_on)

    @admin.display(description="疑点")
    def findings_shown(self, row: Any) -> SafeString | str:
        if not row.findings:
            return "—"
        return chip("已看过", GREY) if row.looked_at else chip(f"{len(row.findings)} 处待看", AMBER)

    # --- the page of one -----------------------------------------------------------------------------------------

    def page(self, request: HttpRequest, actor: Actor, record: Any) -> dict[str, Any]:
        law = Law()
        return {
            "kicker": f"{record._meta.verbose_name} · 第{record.version}版",
            "heading": record.document_number,
            "sub": f"{record.party_name} · {record.authority_name} {zh(record.decided_on)}决定",
            "state": whole_state(record),
            "next": standing.next_step(record),
            "queue": queue(actor, record),
            "facts": self.facts(record),
            "sections": [
                *preflight.hits(record),
                *preflight.changes(record),
                preflight.preview(record),
                *preflight.versions(record),
                *page_sections.sections_for(actor, record),
                *self.more(record),
            ],
            "timeline": standing.dated(record, law),
        }

    def facts(self, record: Any) -> list[tuple[str, object]]:
        scope = record.get_scope_display()
        if record.scope == Scope.DEFERRED:
            scope += f"至{zh(record.deferred_until)}"
        found: list[tuple[str, object]] = [
            ("报送", f"{record.unit} {zh(record.reported_on)}"),
            ("导入批次", f"{record.batch_no} 第{record.batch_row}行" if record.batch_no else "逐条报送"),
            ("公开方式", f"{scope}：{record.scope_reason}" if record.scope_reason else scope),
            ("应公示", zh(record.due_on) if record.due_on else self.due_shown(record)),
            ("公示起始", zh(record.visible_from)),
            ("最后公示日", ends_words(record)),
        ]
        if record.change_ground:
            words = f"{record.get_change_ground_display()}（{zh(record.changed_on)}）{record.change_document}"
            found.append(("决定变动", words))
        if record.contested_on:
            found.append(("异议", f"{zh(record.contested_on)}起标注异议中，公示照常进行"))
        if record.automatic:
            found.append(("审核", "免逐条审核单位，报送后自动公示"))
        return found

    def more(self, record: Any) -> list[Section]:
        return []


@admin.register(Penalty)
class PenaltyAdmin(DisclosureAdmin):
    openings = (bulk.CheckPenalties, bulk.ApprovePenalties, bulk.ReturnPenalties)
    list_display = (
        "document_number", "party_name", "kinds_text", "severity_shown", "unit", "state_shown", "findings_shown", "due_shown",
    )  # fmt: skip
    list_filter = (
        TodoFilter, TodayFilter, DueFilter, "state", UnitFilter, DecidedFilter, "severity", "severity_sure", "party",
    )  # fmt: skip

    @admin.display(description="失信程度", ordering="severity")
    def severity_shown(self, row: Penalty) -> SafeString:
        return chip(
            row.get_severity_display() + ("" if row.severity_sure else "？"), GREY if row.severity_sure else AMBER
        )

    def facts(self, record: Any) -> list[tuple[str, object]]:
        note = record.severity_note or "按对照表"
        severity = format_html("{} <span class='wb-quiet'>{}</span>", self.severity_shown(record), note)
        return [*super().facts(record), ("失信程度", severity)]

    def more(self, record: Any) -> list[Section]:
        rows = [
            Row((row.revision.entry.code, row.revision.title, row.unit.short_name, row.get_state_display()))
            for row in record.candidates.select_related("revision__entry", "unit")
        ]
        if not rows or record.party == Party.PERSON:
            return []
        note = "目录清单中有对应事项，已提示可以发起的单位；不会自动发起。"
        return [Section("案件线索", ("事项", "名称", "可发起单位", "研判"), rows, note=note)]


@admin.register(Licence)
class LicenceAdmin(DisclosureAdmin):
    openings = (bulk.CheckLicences, bulk.ApproveLicences, bulk.ReturnLicences)
    list_display = (
        "document_number",
        "party_name",
        "licence_kind",
        "unit",
        "state_shown",
        "findings_shown",
        "due_shown",
    )
    list_filter = (TodoFilter, TodayFilter, DueFilter, "state", UnitFilter, DecidedFilter, "party")
