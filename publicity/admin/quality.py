"""The workbench of timeliness and quality: the page with its charts and workbook, the ledger, the draws."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from core.actors import Actor
from core.api.actors import actor_of
from core.permissions import require
from core.problems import NotFound, Problem
from organizations import admin_access
from organizations.acts.pages import Row, ScopedAdmin, Section, buttons
from organizations.acts.words import AMBER, GREY, JADE, SEAL, chip, zh
from organizations.enums import Role
from publicity.enums import RecordKind
from publicity.forms.quality import BoardForm, Compare, DrawSample, FillLedger, compared_columns
from publicity.models import LedgerCount, QualityBoard, QualitySample, SampledRecord
from publicity.models.quality import SEE
from publicity.quality import charts
from publicity.quality.board import MEASURES, Board, Figures, board
from publicity.quality.workbook import NOTES, write_workbook

SEEING = {Role.HANDLER, Role.REVIEWER, Role.DISTRICT_CREDIT, Role.OFFICE}
for _model in ("QualityBoard", "LedgerCount", "QualitySample"):
    admin_access.declare(f"publicity.{_model}", view=SEEING)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@admin.register(QualityBoard)
class BoardAdmin(ScopedAdmin):
    """A page in the place of the list; nothing is written here."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        actor = actor_of(request)
        require(actor, SEE)
        form = BoardForm(request.GET, actor=actor)
        found = board(actor, form.asked()) if form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "时效与质量",
            "form": form,
            "board": found,
            "notes": NOTES,
            "excel": f"{reverse('admin:publicity_qualityboard_excel')}?{request.GET.urlencode()}",
            **(drawn(found) if found else {}),
        }
        return TemplateResponse(request, "publicity/quality.html", context)

    def excel(self, request: HttpRequest) -> HttpResponse:
        """Serve the same figures as a workbook."""
        actor = actor_of(request)
        require(actor, SEE)
        form = BoardForm(request.GET, actor=actor)
        if not form.is_valid():
            raise Problem("bad_parameter", "统计条件不正确", remedy="返回时效与质量页面重新选择")
        asked = form.asked()
        response = HttpResponse(write_workbook(board(actor, asked)), content_type=XLSX)
        name = f"quality-{asked.first:%Y%m}-{asked.last:%Y%m}.xlsx"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store"
        return response

    def get_urls(self) -> list[URLPattern]:
        own = [path("excel/", self.admin_site.admin_view(self.excel), name="publicity_qualityboard_excel")]
        return own + super().get_urls()


def drawn(found: Board) -> dict[str, Any]:
    """Return the figures as what the page draws."""
    return {
        "measures": [{**charts.shares([(label, of(found.total))])[0], "note": note} for _, label, note, of in MEASURES],
        "columns": charts.pairs(found.total.times),
        "units": [(line, _six(line.figures)) for line in found.lines],
        "vertical": [(line, _six(line.figures)) for line in found.vertical],
        "districts": [(name, figures, _six(figures)) for name, figures in found.districts],
        "months": [(month, figures, _six(figures)) for month, figures in found.months],
    }


def _six(figures: Figures) -> list[dict[str, object]]:
    return charts.shares([(label, of(figures)) for _, label, _, of in MEASURES])


@admin.register(LedgerCount)
class LedgerAdmin(ScopedAdmin):
    openings = (FillLedger,)
    list_display = ("unit", "kind", "when", "decisions", "source", "filled_by_label", "recorded_at")
    list_display_links = None
    list_filter = ("kind", "source", "on")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return LedgerCount.objects.visible_to(actor).select_related("unit")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return None

    @admin.display(description="月份或者日期", ordering="on")
    def when(self, row: LedgerCount) -> str:
        return f"{row.on.year}年{row.on.month}月" if row.span == LedgerCount.Span.MONTH else zh(row.on)


@admin.register(QualitySample)
class SampleAdmin(ScopedAdmin):
    acts = (Compare,)
    openings = (DrawSample,)
    list_display = ("month_shown", "kind", "unit_shown", "size", "population", "drawn_on", "drawn_by_label")
    list_filter = ("kind", "month")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return QualitySample.objects.visible_to(actor).select_related("unit")

    @admin.display(description="决定月份", ordering="month")
    def month_shown(self, row: QualitySample) -> str:
        return f"{row.month.year}年{row.month.month}月"

    @admin.display(description="单位")
    def unit_shown(self, row: QualitySample) -> str:
        return row.unit.name if row.unit else "全市"

    def page(self, request: HttpRequest, actor: Actor, record: QualitySample) -> dict[str, Any]:
        rows = list(record.records.select_related("licence", "penalty", "unit").order_by("rank"))
        compared = sum(bool(row.result) for row in rows)
        right = sum(row.result == SampledRecord.Result.IDENTICAL for row in rows)
        return {
            "kicker": RecordKind(record.kind).label,
            "heading": f"{self.month_shown(record)} {self.unit_shown(record)}",
            "sub": f"从 {record.population} 条中抽取 {record.size} 条",
            "facts": [
                ("抽取日", zh(record.drawn_on)),
                ("抽取人", record.drawn_by_label),
                ("已比对", f"{compared} 条，其中一致 {right} 条"),
                ("种子", record.seed),
            ],
            "sections": [
                Section(
                    "抽取的记录",
                    ("序号", "决定文书号", "报送单位", "比对结果", "不一致的数据项", "比对人"),
                    [self._line(actor, record, row) for row in rows],
                    note="顺序为种子与记录公开编号相连后的 SHA-256 值由小到大，任何人可以复算。",
                )
            ],
        }

    def _line(self, actor: Actor, sample: QualitySample, row: SampledRecord) -> Row:
        if row.record is None:
            raise NotFound("该抽查记录")
        names = dict(compared_columns(row.record))
        differing = "、".join(names.get(name, name) for name in row.columns)
        cells = (
            row.rank,
            row.record.document_number,
            row.unit.short_name,
            _result(row),
            "；".join(filter(None, [differing, row.note])),
            row.compared_by_label,
        )
        return Row(cells, buttons(actor, sample, (Compare,), row, row.public_id))


def _result(row: SampledRecord) -> SafeString:
    tones = {SampledRecord.Result.IDENTICAL: JADE, SampledRecord.Result.DIFFERS: SEAL, "": GREY}
    return chip(row.get_result_display() if row.result else "待比对", tones.get(row.result, AMBER))
