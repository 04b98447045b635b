"""The upload desk: batches of one's own unit with their progress, errors and receipts; rows held for a person."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, Min, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from core.api.actors import actor_of
from core.attachments import serve
from core.intake.opening import in_clear
from core.intake.preferences import settings_for
from core.intake.profiles import PROFILES
from core.intake.profiles import profile as profile_named
from core.intake.receipts import errors_of
from core.intake.workbooks import template, wrong_rows
from core.intake.workflow import BATCH, QUESTION
from core.models.intake import COUNTED, BatchState, IntakeBatch, IntakeError, QuestionedRow, QuestionState
from core.problems import NotFound
from core.workflow import records_for
from organizations import admin_access
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, size_words, to_the_second, zh
from organizations.enums import Role
from organizations.forms.intake import AcceptRow, HandIn, RefuseRow, WithdrawBatch

TONES = {
    BatchState.RECEIVED: BLUE,
    BatchState.READING: BLUE,
    BatchState.DONE: JADE,
    BatchState.FAILED: SEAL,
    BatchState.WITHDRAWING: AMBER,
    BatchState.WITHDRAWN: GREY,
}
SHOWN_ERRORS, SHOWN_HINTS = 100, 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKING = {Role.HANDLER, Role.REVIEWER, Role.WINDOW, Role.DISTRICT_CREDIT, Role.GROUP_LEAD, Role.OFFICE}
for model in ("IntakeBatch", "QuestionedRow"):
    admin_access.declare(f"core.{model}", view=WORKING)


def anchor(url: str, words: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, words)


def title_of(profile: str) -> str:
    """Return how a profile is called; one that is no longer declared by its code."""
    return PROFILES[profile].title if profile in PROFILES else profile


def column_words(profile: str, code: str) -> str:
    """Return a column as the unit knows it: its header, or the code of one that is no longer declared."""
    declared = PROFILES.get(profile)
    header = next((column.header for column in declared.columns if column.code == code), "") if declared else ""
    return header or code


def is_own(actor: Actor, batch: IntakeBatch) -> bool:
    """Tell whether the actor's unit handed the batch in."""
    return batch.unit_id in actor.unit_ids


def has_wrong_rows(batch: IntakeBatch) -> bool:
    """Tell whether there are rows to give back: what is only to be looked at went in."""
    return not batch.is_running and batch.errors_total > batch.warnings_total


def state_chip(batch: IntakeBatch) -> SafeString:
    return chip(batch.get_state_display(), TONES[BatchState(batch.state)])


def progress(batch: IntakeBatch) -> dict[str, Any]:
    """Return how far the batch is: rows answered or records taken back, and of how many where that is known."""
    withdrawing = batch.state == BatchState.WITHDRAWING
    done, of = (batch.taken_back, batch.inserted + batch.updated) if withdrawing else (batch.rows, batch.rows_known)
    return {
        "batch": batch,
        "running": batch.is_running,
        "done": done,
        "of": of,
        "percent": min(100, done * 100 // of) if of else None,
        "tally": [(label, getattr(batch, name), name) for name, label in COUNTED.items()],
        "progress_url": reverse("admin:core_intakebatch_progress", args=[batch.public_id]),
    }


@admin.register(IntakeBatch)
class IntakeBatchAdmin(ScopedAdmin):
    acts = (WithdrawBatch,)
    openings = (HandIn,)
    page_template = "organizations/intake_batch.html"
    list_display = (
        "number", "profile_shown", "file_named", "unit_name", "received_shown", "state_shown", "rows", "outcome_shown",
    )  # fmt: skip
    list_filter = ("state", "profile")
    search_fields = ("public_id", "attachment__name")
    search_help_text = "回执编号、文件名"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return IntakeBatch.objects.visible_to(actor).select_related("attachment")

    @admin.display(description="回执编号", ordering="pk")
    def number(self, batch: IntakeBatch) -> str:
        return str(batch.public_id)

    @admin.display(description="数据类型", ordering="profile")
    def profile_shown(self, batch: IntakeBatch) -> str:
        return title_of(batch.profile)

    @admin.display(description="文件")
    def file_named(self, batch: IntakeBatch) -> str:
        return batch.attachment.name

    @admin.display(description="收到", ordering="received_at")
    def received_shown(self, batch: IntakeBatch) -> str:
        return f"{batch.received_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"

    @admin.display(description="状态", ordering="state")
    def state_shown(self, batch: IntakeBatch) -> SafeString:
        return state_chip(batch)

    @admin.display(description="结果")
    def outcome_shown(self, batch: IntakeBatch) -> str:
        return (
            "，".join(f"{label} {count}" for name, label in COUNTED.items() if (count := getattr(batch, name))) or "—"
        )

    def page(self, request: HttpRequest, actor: Actor, record: IntakeBatch) -> dict[str, Any]:
        batch = record
        return {
            "kicker": f"{title_of(batch.profile)}报送",
            "heading": f"回执 {batch.public_id}",
            "sub": f"{batch.unit_name} · {batch.actor_label} · {self.received_shown(batch)}",
            "state": state_chip(batch),
            **progress(batch),
            "facts": [
                ("文件", self.file_shown(actor, batch)),
                ("大小", size_words(batch.attachment.size)),
                ("入库方式", batch.get_mode_display()),
                ("开始", to_the_second(batch.started_at)),
                ("结束", to_the_second(batch.finished_at)),
            ],
            "timeline": [
                {
                    "on": row.legal_on,
                    "label": _act_label(row.transition),
                    "actor": row.actor_label,
                    "reason": row.reason,
                }
                for row in records_for(batch, BATCH)
            ],
            "wrong_url": self.wrong_url(actor, batch),
            "sections": [] if batch.is_running else [*_held(batch), *_errors(batch)],
        }

    def wrong_url(self, actor: Actor, batch: IntakeBatch) -> str:
        if not has_wrong_rows(batch) or not is_own(actor, batch):
            return ""
        return reverse("admin:core_intakebatch_wrong", args=[batch.public_id])

    def file_shown(self, actor: Actor, batch: IntakeBatch) -> SafeString | str:
        if not is_own(actor, batch):
            return batch.attachment.name
        return anchor(reverse("admin:core_intakebatch_file", args=[batch.public_id]), batch.attachment.name)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<str:public_id>/progress/", wrap(self.progress_view), name="core_intakebatch_progress"),
            path("<str:public_id>/file/", wrap(self.file_view), name="core_intakebatch_file"),
            path("<str:public_id>/wrong-rows/", wrap(self.wrong_rows_view), name="core_intakebatch_wrong"),
            path("templates/<str:profile>/", wrap(self.template_view), name="core_intakebatch_template"),
        ]
        return own + super().get_urls()

    def progress_view(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """Return the moving part of the page; when the work is done the whole page is asked for once more."""
        self.look(request)
        batch = self.found(request, public_id)
        response = TemplateResponse(request, "organizations/parts/intake_progress.html", progress(batch))
        response["Cache-Control"] = "no-store"
        if not batch.is_running:
            response["HX-Refresh"] = "true"
        return response

    def template_view(self, request: HttpRequest, profile: str) -> HttpResponse:
        """Give the template of a profile to whoever may hand it in."""
        self.look(request)
        declared = profile_named(profile)
        settings = settings_for(declared, clock.today())
        return _workbook(f"{declared.title}导入模板", lambda to: template(declared, settings=settings, to=to))

    def wrong_rows_view(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """Give the wrong rows back, marked in their cells, to the unit that handed them in."""
        self.look(request)
        batch = self.found(request, public_id)
        if not is_own(actor_of(request), batch) or not has_wrong_rows(batch):
            raise NotFound("该文件")
        declared = profile_named(batch.profile)
        settings = settings_for(declared, batch.received_on)

        errors, left = errors_of(batch)

        def write(to: Path) -> None:
            with in_clear(batch.attachment) as kept:
                wrong_rows(
                    kept,
                    profile=declared,
                    settings=settings,
                    errors=errors,
                    left=left,
                    to=to,
                    name=batch.attachment.name,
                )

        return _workbook(f"错误行-{batch.public_id}", write)

    def file_view(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """Serve the file as it was handed in to the unit that handed it in: persons' numbers stand in it in clear."""
        self.look(request)
        batch = self.found(request, public_id)
        if not is_own(actor_of(request), batch):
            raise NotFound("该文件")
        return serve(batch.attachment)  # type: ignore[return-value]


def _act_label(name: str) -> str:
    return str(BATCH.transition(name).label)


def _workbook(name: str, write: Callable[[Path], object]) -> Any:
    """Return a workbook made for this answer alone; its file has gone when the answer is sent."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "workbook.xlsx"
        write(target)
        content = io.BytesIO(target.read_bytes())
    response = FileResponse(content, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


def _held(batch: IntakeBatch) -> list[Section]:
    rows = list(QuestionedRow.objects.filter(batch=batch).select_related("batch").order_by("row")[:SHOWN_ERRORS])
    if not rows:
        return []
    return [
        Section(
            "疑问数据",
            ("行", "疑问", "状态"),
            [Row((anchor(address(row), f"第 {row.row} 行"), row.detail, question_chip(row))) for row in rows],
            note="与主体档案不一致的行不自动入库，由另一名审核人员认定，或者更正后重新报送。",
        )
    ]


def _errors(batch: IntakeBatch) -> list[Section]:
    """Return what is to be mended row by row, then what is only to be looked at, told once for all rows of a kind."""
    levels = IntakeError.Severity
    wrong = batch.errors.filter(severity=levels.ERROR)
    number = batch.errors_total - batch.warnings_total
    found = list(wrong.order_by("row", "pk")[:SHOWN_ERRORS])
    by_rule = wrong.values("code").annotate(count=Count("pk")).order_by("-count")[:12]
    told = "，".join(f"{row['code']} {row['count']} 处" for row in by_rule)
    more = f"这里列出前 {SHOWN_ERRORS} 处。" if number > SHOWN_ERRORS else ""
    hints = (
        batch.errors.filter(severity=levels.WARNING)
        .values("code", "column", "message")
        .annotate(count=Count("pk"), first=Min("row"), last=Max("row"))
        .order_by("-count", "first")[:SHOWN_HINTS]
    )
    sections = [
        Section(
            "须更正的错误",
            ("位置", "错误"),
            [Row((_where(f"第 {row.row} 行", batch, row.column), _said(row.code, row.message, SEAL))) for row in found],
            note=f"共 {number} 处：{told}。{more}",
        ),
        Section(
            "提示",
            ("位置", "提示"),
            [
                Row((_where(_rows(row), batch, row["column"]), _said(row["code"], row["message"], AMBER)))
                for row in hints
            ],
            note="提示不影响入库，同样的提示合并列出。",
        ),
    ]
    return [section for section in sections if section.rows]


def _rows(hint: Mapping[str, Any]) -> str:
    first, last, count = hint["first"], hint["last"], hint["count"]
    if count == last - first + 1:
        return f"第 {first} 行" if count == 1 else f"第 {first} 至 {last} 行"
    return f"第 {first} 至 {last} 行中的 {count} 行"


def _where(rows: str, batch: IntakeBatch, column: str) -> SafeString:
    return format_html(
        '<span class="wb-where"><b>{}</b><span>{}</span></span>', rows, column_words(batch.profile, column)
    )


def _said(code: str, message: str, tone: str) -> SafeString:
    return format_html("{} {}", chip(code, tone), message)


def question_chip(row: QuestionedRow) -> SafeString:
    tones = {QuestionState.HELD: AMBER, QuestionState.ACCEPTED: JADE, QuestionState.REFUSED: GREY}
    return chip(row.get_state_display(), tones[QuestionState(row.state)])


RULES = {"V05": "名称与档案不一致", "PUB-09": "该决定已经撤下公示"}


def _row_shown(facts: dict[str, Any]) -> list[Section]:
    """Return what the row says, as far as it may be shown: an officer decides about a decision, not about a number."""
    cells = facts.get("shown") or []
    if not cells:
        return []
    note = "证件号码、当事人姓名和叙述性文字不在这里列出，见报送的文件。"
    return [Section("这一行填报的内容", ("", ""), [Row((header, text)) for header, text in cells], note=note)]


@admin.register(QuestionedRow)
class QuestionedRowAdmin(ScopedAdmin):
    acts = (AcceptRow, RefuseRow)
    list_display = ("row_shown", "profile_shown", "unit_shown", "detail", "state_shown")
    list_filter = ("state", "code")
    search_fields = ("batch__public_id",)
    search_help_text = "回执编号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return QuestionedRow.objects.visible_to(actor).select_related("batch")

    @admin.display(description="行", ordering="row")
    def row_shown(self, row: QuestionedRow) -> str:
        return f"第 {row.row} 行"

    @admin.display(description="数据类型")
    def profile_shown(self, row: QuestionedRow) -> str:
        return title_of(row.batch.profile)

    @admin.display(description="报送单位")
    def unit_shown(self, row: QuestionedRow) -> str:
        return row.batch.unit_name

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: QuestionedRow) -> SafeString:
        return question_chip(row)

    def page(self, request: HttpRequest, actor: Actor, record: QuestionedRow) -> dict[str, Any]:
        facts = record.facts
        return {
            "kicker": f"疑问数据 · {title_of(record.batch.profile)}",
            "heading": f"第 {record.row} 行：{RULES.get(record.code, '与档案不一致')}",
            "sub": f"{record.batch.unit_name} · 收到 {zh(record.batch.received_on)}",
            "state": question_chip(record),
            "facts": [
                ("疑问", record.detail),
                ("填报的名称", facts.get("name")),
                ("档案中的名称", facts.get("known_name")),
                ("规则", f"{record.code} {column_words(record.batch.profile, record.column)}"),
                ("批次", anchor(address(record.batch), record.batch.public_id)),
                ("认定日", zh(record.decided_on)),
            ],
            "sections": _row_shown(facts),
            "timeline": [
                {
                    "on": row.legal_on,
                    "label": QUESTION.transition(row.transition).label,
                    "actor": row.actor_label,
                    "reason": row.reason,
                }
                for row in records_for(record, QUESTION)
            ],
        }
