"""Complaints: the list, and the page with who studies them, who stands aside, and the experts drawn."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from core.actors import Actor
from objections import selectors
from objections.admin import common
from objections.enums import ComplaintState
from objections.forms.complaints import COMPLAINT_ACTS, RecordExpert, RecordView
from objections.models import Complaint
from organizations.acts.pages import Row, Section, address, buttons
from organizations.acts.words import zh
from organizations.selectors import expert_fields
from sanctions.admin.todo import DueFilter, TodoFilter


@admin.register(Complaint)
class ComplaintAdmin(common.FilingAdmin):
    acts = COMPLAINT_ACTS
    about_template = "objections/parts/about.html"
    list_display = ("number_shown", "subject_shown", "unit_shown", "state_shown", "due_shown", "received_on")
    list_display_links = ("number_shown",)
    list_filter = (TodoFilter, "state", DueFilter, "by_office", "took_over")
    search_fields = ("public_id", "objection__public_id", "objection__subject__name", "filer_name")
    search_help_text = "投诉或异议编号、当事人、投诉人"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return super().scoped(actor).select_related(
            "objection__subject", "objection__answering_unit", "objection__listing", "unit", "convenor",
            "filer_identifier", "filer_phone",
        )  # fmt: skip

    @admin.display(description="当事人", ordering="objection__subject__name")
    def subject_shown(self, row: Complaint) -> str:
        return row.objection.subject.name

    @admin.display(description="被投诉单位")
    def unit_shown(self, row: Complaint) -> str:
        return row.objection.answering_unit.name

    def page(self, request: HttpRequest, actor: Actor, record: Complaint) -> dict[str, Any]:
        objection = record.objection
        rule = "认定由联席办作出：回避、专家必须参加、召集人签发" if record.by_office else "由联席办处理"
        ruled = f"{zh(record.answered_on)} {record.get_outcome_display()}" if record.answered_on else ""
        facts: list[tuple[str, object]] = [
            ("投诉人", common.filer_words(record)),
            ("身份核验", common.identity_words(record)),
            ("异议", format_html('<a href="{}">{}</a>', address(objection), objection.public_id)),
            ("被投诉单位", objection.answering_unit.name),
            ("收到", zh(record.received_on)),
            ("受理", zh(record.accepted_on) if record.accepted_on else ""),
            ("处理", ruled),
            ("办理要求", rule + ("；异议逾期未答复，接续处理" if record.took_over else "")),
        ]
        return {
            "kicker": f"投诉 {record.public_id} · {record.get_channel_display()}",
            "heading": objection.subject.name,
            "sub": f"{objection.get_target_kind_display()}：{objection.target_label}",
            "state": common.state_chip(record),
            "next": common.next_step(record),
            "facts": [(label, value) for label, value in facts if value],
            "timeline": selectors.timeline(record),
            "sections": self._sections(actor, record),
        }

    def _sections(self, actor: Actor, record: Complaint) -> list[Section]:
        answer = f"{record.get_outcome_display()}。{record.answer_text}" if record.outcome else ""
        return [
            common.text_section(
                "投诉内容",
                ("事实和理由", record.grounds),
                ("请求", record.claims),
                ("异议答复", record.objection.answer_text),
                ("研究记录", record.minutes),
                ("处理意见", answer),
                ("救济途径", record.remedies),
                ("重新认定或更正", record.correction),
            ),
            _participants(actor, record),
            _experts(actor, record),
            common.papers_section(record.papers.all()),
            common.letters_section(record),
            common.due_section(record),
        ]


def _participants(actor: Actor, record: Complaint) -> Section:
    rows = [
        Row(
            (
                f"{row.unit.short_name} {row.officer.full_name}",
                "召集人" if row.officer_id == record.convenor_id else ("回避" if row.recused_because else "研究"),
                row.recused_because or row.opinion,
            ),
            buttons(actor, record, [RecordView], row, row.officer.public_id),
        )
        for row in record.participants.select_related("officer", "unit").order_by("recused_because", "pk")
    ]
    early = record.state in {ComplaintState.RECEIVED, ComplaintState.ACCEPTED}
    empty = "尚未召集研究" if early else "没有召集研究"
    return Section("研究人员与回避", ("人员", "身份", "意见或回避原因"), rows, empty=empty)


def _experts(actor: Actor, record: Complaint) -> Section:
    names = {row.code: row.name for row in expert_fields()}
    rows = [
        Row(
            (row.expert.name, names.get(row.field, row.field), row.opinion or row.declined_reason),
            buttons(actor, record, [RecordExpert], row, row.expert.public_id),
        )
        for row in record.experts.select_related("expert").order_by("pk")
    ]
    draws = "；".join(f"第{row.round}轮承诺摘要 {row.digest}" for row in record.draws.all())
    return Section("专家", ("姓名", "专业", "意见"), rows, empty="没有抽取专家", note=draws)
