"""The workbench of 逢报必查: the page with its chart and workbook, and the decisions behind every number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.actors import Actor
from core.api.actors import actor_of
from core.masking import mask_name
from core.paging import page_of
from core.permissions import require
from core.problems import Problem
from organizations import admin_access
from organizations.acts.pages import Row, ScopedAdmin, Section
from organizations.acts.words import AMBER, GREY, JADE, SEAL, chip, zh
from organizations.enums import Role
from organizations.models import Organization
from publicity.quality import charts
from sanctions.enums import CheckAction, MatterKind
from supervision.checking import decisions
from supervision.checking.board import Board, Figures, Line, board
from supervision.checking.decisions import KINDS, Asked, Decided, Fate
from supervision.checking.workbook import NOTES, write_workbook
from supervision.forms.rate import DecisionsForm, RateForm
from supervision.models import CheckRate
from supervision.permissions import SEE

admin_access.declare("supervision.CheckRate", view={Role.HANDLER, Role.REVIEWER, Role.DISTRICT_CREDIT, Role.OFFICE})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE, MOST_EXPORTED, MOST_MATTERS = 50, 5_000, 30
HEADS = ("决定日期", "决定文书号", "主体", "单位", "事项", "决定前的核查", "情形")
ATTENTION = (Fate.UNCHECKED, Fate.DESPITE, Fate.SILENT)


@admin.register(CheckRate)
class RateAdmin(ScopedAdmin):
    """A page in the place of the list; nothing is written here."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        actor = actor_of(request)
        require(actor, SEE)
        form = RateForm(request.GET, actor=actor)
        found = board(actor, form.asked()) if form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "逢报必查率",
            "form": form,
            "board": found,
            "span": span_words(found.asked) if found else "",
            "notes": NOTES,
            "excel": f"{reverse('admin:supervision_checkrate_excel')}?{request.GET.urlencode()}",
            **(_drawn(found) if found else {}),
        }
        return TemplateResponse(request, "supervision/rate.html", context)

    def decisions(self, request: HttpRequest) -> HttpResponse:
        """Show the decisions behind a number, newest first, with the receipt that came before each."""
        actor = actor_of(request)
        require(actor, SEE)
        form = DecisionsForm(request.GET, actor=actor)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "逢报必查：逐件核对",
            "form": form,
            "home": reverse("admin:supervision_checkrate_changelist"),
        }
        if form.is_valid():
            asked = form.asked()
            page = page_of(
                decisions.Source(actor, asked),
                order=decisions.ORDER,
                cursor=request.GET.get("cursor") or None,
                limit=PAGE,
            )
            following = [("下一页", _address(asked, cursor=page.next))] if page.next else []
            capped = "超过 " if page.count_capped else ""
            context |= {
                "asked": asked,
                "heading": Fate(asked.fate).label if asked.fate else "全部决定",
                "counted": f"{capped}{page.count} 件",
                "sections": [
                    Section(
                        span_words(asked),
                        HEADS,
                        [Row(cells) for cells in _lines(actor, page.items)],
                        empty="这些条件下没有这样的决定",
                        pages=following,
                    )
                ],
            }
        return TemplateResponse(request, "supervision/decisions.html", context)

    def excel(self, request: HttpRequest) -> HttpResponse:
        """Serve the same figures as a workbook, with the decisions that want looking at."""
        actor = actor_of(request)
        require(actor, SEE)
        form = RateForm(request.GET, actor=actor)
        if not form.is_valid():
            raise Problem("bad_parameter", "统计条件不正确", remedy="返回逢报必查率页面重新选择")
        asked = form.asked()
        response = HttpResponse(write_workbook(board(actor, asked), _exported(actor, asked)), content_type=XLSX)
        name = f"checks-{asked.first:%Y%m}-{asked.last:%Y%m}.xlsx"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store"
        return response

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("excel/", wrap(self.excel), name="supervision_checkrate_excel"),
            path("decisions/", wrap(self.decisions), name="supervision_checkrate_decisions"),
        ]
        return own + super().get_urls()


def _address(asked: Asked, **more: Any) -> str:
    """Return the list of the decisions asked for; more: what narrows it further."""
    given = {
        "first": f"{asked.first:%Y-%m}",
        "last": f"{asked.last:%Y-%m}",
        **{name: getattr(asked, name) for name in ("kind", "district", "unit", "matter", "fate")},
        **more,
    }
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{reverse('admin:supervision_checkrate_decisions')}?{query}"


def _drawn(found: Board) -> dict[str, Any]:
    """Return the figures as what the page draws, each number with the way to its decisions."""
    asked = found.asked

    def rows(lines: list[Line], name: str) -> list[dict[str, Any]]:
        return [_row(asked, line, {name: line.key}) for line in lines]

    months = [_row(asked, line, {"first": line.key, "last": line.key}) for line in found.months]
    highest = max(*(line.figures.decisions for line in found.months), 1)
    for row, line in zip(months, found.months, strict=True):
        row["columns"] = _columns(line.figures, highest)
    return {
        "total": _row(asked, Line("合计", found.total), {}),
        "months": months,
        "units": rows(found.units, "unit"),
        "matters": rows(found.matters[:MOST_MATTERS], "matter"),
        "more_matters": len(found.matters) > MOST_MATTERS,
        "districts": rows(found.districts, "district"),
    }


def _row(asked: Asked, line: Line, narrowed: dict[str, str]) -> dict[str, Any]:
    rate, feedback = charts.shares([("逢报必查率", line.figures.rate), ("反馈率", line.figures.feedback)])
    links = {fate.value: _address(asked, **narrowed, fate=fate.value) for fate in Fate}
    return {"line": line, "f": line.figures, "rate": rate, "feedback": feedback, "links": links}


def _columns(figures: Figures, highest: int) -> dict[str, float]:
    """Return one month's column from the bottom: checked, and on it what was decided unchecked, in percent."""
    checked = round(figures.checked / highest * charts.ROOM, 2)
    unchecked = round(figures.unchecked / highest * charts.ROOM, 2)
    return {
        "checked": checked,
        "checked_top": round(100 - checked, 2),
        "unchecked": unchecked,
        "unchecked_top": round(100 - checked - unchecked, 2),
    }


def span_words(asked: Asked) -> str:
    """Return the months asked for in words."""
    first, last = (f"{month.year}年{month.month}月" for month in (asked.first, asked.last))
    return f"{first}作出的决定" if first == last else f"{first}至{last}作出的决定"


def party_of(row: Decided) -> str:
    return mask_name(row.party) if row.is_person else row.party


def _fates(row: Decided) -> SafeString:
    found = []
    if row.despite:
        found.append(chip(Fate.DESPITE.label, SEAL))
    if not row.checked:
        found.append(chip(Fate.UNCHECKED.label, SEAL))
    if row.silent:
        found.append(chip(Fate.SILENT.label, AMBER))
    if row.due_on is not None and not row.silent:
        found.append(chip(f"{zh(row.due_on)}前反馈", GREY))
    return mark_safe(" ".join(found)) if found else chip("已核查", JADE)  # noqa: S308 (chips are escaped already)


def _lines(actor: Actor, rows: list[Decided]) -> Iterator[tuple[object, ...]]:
    names = dict(Organization.objects.filter(pk__in={row.unit for row in rows}).values_list("pk", "short_name"))
    for row in rows:
        yield (
            zh(row.decided_on),
            _record(actor, row),
            party_of(row),
            names[row.unit],
            f"{KINDS[row.kind]}　{row.matter}",
            _receipt(row),
            _fates(row),
        )


def _record(actor: Actor, row: Decided) -> object:
    """Return the decision's number, leading to its record where the officer's desk has one."""
    words = row.number or "（无文号）"
    if row.kind == MatterKind.HONOUR or not actor.may("publicity.record.see"):
        return words
    return format_html('<a href="{}">{}</a>', reverse("admin:publicity_licence_change", args=[row.public_id]), words)


def _receipt(row: Decided) -> object:
    if row.check_number is None:
        return "没有核查"
    where = reverse("admin:sanctions_check_change", args=[row.check_number])
    return format_html('<a class="wb-num" href="{}">{}</a>　{}', where, row.check_number, zh(row.checked_on))


def _exported(actor: Actor, asked: Asked) -> Iterator[tuple[object, ...]]:
    """Yield the decisions that want looking at, as texts, up to the number that a workbook is read with."""
    names: dict[int, str] = dict(Organization.objects.values_list("pk", "name"))
    for row in decisions.Source(actor, asked, wanting=True).rows(None, MOST_EXPORTED):
        fates = [
            fate.label
            for fate, is_so in zip(ATTENTION, (not row.checked, row.despite, row.silent), strict=True)
            if is_so
        ]
        yield (
            row.decided_on.isoformat(),
            KINDS[row.kind],
            row.number,
            names[row.unit],
            row.matter,
            party_of(row),
            row.check_number or "",
            row.checked_on.isoformat() if row.checked_on else "",
            CheckAction(row.action).label if row.action else "",
            "、".join(fates),
        )
