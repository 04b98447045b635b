"""Licences and penalties: the list, and the page that is the pre-flight: what the public will see, until when, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from core.masking import find_personal_numbers
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, due_chip, zh
from publicity import selectors
from publicity.enums import PENDING, Party, RecordKind, Scope, State
from publicity.forms import bulk
from publicity.forms.steps import RECORD_ACTS
from publicity.law import Law
from publicity.models import Licence, Penalty
from sanctions.admin.todo import TodoFilter

TONES = {
    State.REPORTED: AMBER,
    State.CHECKED: BLUE,
    State.PASSED: JADE,
    State.RETURNED: SEAL,
    State.RECALLED: GREY,
    State.SUPERSEDED: GREY,
    State.WITHDRAWN: SEAL,
}
SCANNED = {
    RecordKind.PENALTY.value: ("violation", "facts", "basis", "kinds_text", "content", "suspended_permit"),
    RecordKind.LICENCE.value: ("document_title", "certificate_name", "content"),
}
SHOWN_LABELS = (
    ("name", "行政相对人"), ("code", "统一社会信用代码"), ("document_title", "许可文书名称"), ("document_number", "文书号"),
    ("licence_kind", "许可类别"), ("certificate_name", "证书名称"), ("certificate_number", "许可编号"), ("kinds", "处罚类别"),
    ("violation", "违法行为类型"), ("facts", "违法事实"), ("basis", "处罚依据"), ("content", "决定内容"),
    ("fine", "罚款金额（万元）"), ("confiscated", "没收金额（万元）"), ("suspended_permit", "暂扣或吊销证照"),
    ("decided_on", "决定日期"), ("valid_from", "有效期自"), ("valid_to", "有效期至"), ("severity_label", "失信程度"),
    ("authority_name", "决定机关"), ("source_name", "数据来源单位"), ("last_public_day", "公示截止"), ("mark", "标注"),
)  # fmt: skip


def state_chip(record: Any) -> SafeString:
    """Return in one word what a record is today: published, over, deferred, not open, or still on its way."""
    today = clock.today()
    if record.state != State.PASSED:
        return chip(State(record.state).label, TONES[State(record.state)])
    if record.scope == Scope.NOT_OPEN:
        return chip("已审核 · 不予公开", GREY)
    if record.visible_from > today:
        return chip(f"暂缓至{zh(record.deferred_until)}", AMBER)
    if record.ended_from is not None and record.ended_from <= today:
        return chip("已终止公示", GREY)
    if record.last_public_day is not None and record.last_public_day < today:
        return chip("公示期满", GREY)
    return chip("决定已变动，待撤下", SEAL) if record.change_ground else chip("公示中", JADE)


class DisclosureAdmin(ScopedAdmin):
    """What both kinds share."""

    acts = RECORD_ACTS
    page_template = "publicity/record.html"
    search_fields = ("document_number", "party_name", "uscc", "public_id", "batch_no")
    search_help_text = "文书号、相对人名称、代码或者导入批次"
    list_display_links = ("document_number",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.visible_to(actor).select_related(
            "unit", "authority", "subject"
        )
        return rows

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: Any) -> SafeString:
        return state_chip(row)

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
            "state": state_chip(record),
            "facts": self.facts(record, law),
            "dates": [("应公示日", selectors.why_due(record, law)), ("最后公示日", selectors.why_ends(record, law))],
            "note": self.note(record),
            "sections": [*self._hits(record), self._preview(record), *self._versions(record), *self.more(record)],
            "timeline": selectors.timeline(record),
        }

    def facts(self, record: Any, law: Law) -> list[tuple[str, object]]:
        scope = record.get_scope_display() + (f"：{record.scope_reason}" if record.scope_reason else "")
        found = [
            ("报送", f"{record.unit} {zh(record.reported_on)}"),
            ("导入批次", f"{record.batch_no} 第{record.batch_row}行" if record.batch_no else "逐条报送"),
            ("公开方式", scope),
            ("应公示", f"{zh(record.due_on)}{'（暂定）' if record.due_provisional else ''}"),
            ("公示起始", zh(record.visible_from)),
            ("最后公示日", "不设期限" if self.unlimited(record) else zh(record.last_public_day)),
        ]
        if record.change_ground:
            found.append(("决定变动", f"{record.get_change_ground_display()}（{zh(record.changed_on)}）"))
        if record.contested_on:
            found.append(("异议", f"{zh(record.contested_on)}起标注异议中"))
        return found

    def unlimited(self, record: Any) -> bool:
        return isinstance(record, Licence) and record.last_public_day is None

    def note(self, record: Any) -> str:
        """Return what keeps the record from the public just now, in one sentence."""
        last = record.last_public_day
        if record.state in (State.REPORTED, State.CHECKED):
            if last is not None and last < clock.today():
                return f"最长公示期已于{zh(last)}届满，不能再公示，应退回。"
            if record.findings and not record.looked_at:
                return "有疑点尚未查看：核对后记录结论，或者退回报送单位更正。"
            if record.scope == Scope.NOT_OPEN:
                return f"审核后也不对外公开：{record.scope_reason}。"
            if record.version > 1:
                return "这是更新：审核以前，公众看到的仍是前一版本。"
        if record.state == State.PASSED and record.change_ground:
            return "决定已变动，应在期限内由另一名审核人员撤下公示。"
        return ""

    def _preview(self, record: Any) -> Section:
        shown = selectors.public_record(record)
        rows = [
            Row((label, worded(value))) for key, label in SHOWN_LABELS if (value := shown.get(key)) not in (None, "")
        ]
        if record.scope == Scope.NOT_OPEN:
            return Section("公众将看到的内容", (), [], f"不对外公开：{record.scope_reason}")
        note = "与公开页面、接口同一份清单；证件号码、电话、住所、法定代表人一律不公开，正文中的号码已遮盖。"
        return Section("公众将看到的内容", ("项目", "内容"), rows, note=note)

    def _hits(self, record: Any) -> list[Section]:
        rows = []
        for name in SCANNED[selectors.kind_of(record)]:
            text = getattr(record, name)
            if find_personal_numbers(text):
                rows.append(Row((record._meta.get_field(name).verbose_name, marked(text))))
        rows += [Row(("校验提示", code)) for code in record.findings if not code.startswith("V15:")]
        if not rows:
            return []
        note = "已有人看过并记录结论。" if record.looked_at else "看过并记录结论之前不能办理。"
        return [Section("疑点（V15 等）", ("位置", "内容"), rows, note=note)]

    def _versions(self, record: Any) -> list[Section]:
        versions = list(selectors.versions_of(record))
        if len(versions) < 2:
            return []
        rows = [
            Row(
                (
                    format_html('<a href="{}">第{}版</a>', address(row), row.version),
                    state_chip(row),
                    zh(row.reported_on),
                )
            )
            for row in versions
        ]
        return [Section("同一决定的各个版本", ("版本", "状态", "报送"), rows)]

    def more(self, record: Any) -> list[Section]:
        return []


def worded(value: object) -> object:
    """Return a value of the allow-list as a person reads it."""
    return zh(value) if isinstance(value, date) else value


def marked(text: str) -> SafeString:
    """Return the text with every personal number in it replaced by a mark that says what stood there."""
    parts: list[tuple[object]] = []
    at = 0
    for number in find_personal_numbers(text):
        parts += [(text[at : number.start],), (chip(f"此处疑似{number.kind.value}", SEAL),)]
        at = number.end
    return format_html_join("", "{}", [*parts, (text[at:],)])


@admin.register(Penalty)
class PenaltyAdmin(DisclosureAdmin):
    openings = (bulk.CheckPenalties, bulk.ApprovePenalties)
    list_display = (
        "document_number", "party_name", "kinds_text", "severity_shown", "unit", "state_shown", "findings_shown", "due_shown",
    )  # fmt: skip
    list_filter = (TodoFilter, "state", "scope", "severity", "severity_sure", "party")

    @admin.display(description="失信程度", ordering="severity")
    def severity_shown(self, row: Penalty) -> SafeString:
        return chip(
            row.get_severity_display() + ("" if row.severity_sure else "？"), GREY if row.severity_sure else AMBER
        )

    def facts(self, record: Any, law: Law) -> list[tuple[str, object]]:
        note = record.severity_note or "按对照表"
        severity = format_html("{} <span class='wb-quiet'>{}</span>", self.severity_shown(record), note)
        return [*super().facts(record, law), ("失信程度", severity)]

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
    openings = (bulk.CheckLicences, bulk.ApproveLicences)
    list_display = (
        "document_number",
        "party_name",
        "licence_kind",
        "unit",
        "state_shown",
        "findings_shown",
        "due_shown",
    )
    list_filter = (TodoFilter, "state", "scope", "party")
