"""Leads: a published penalty beside the catalogue entry that its act stands in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.actors import Actor
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, GREY, JADE, chip, zh
from publicity.forms.reference import SettleCandidate
from publicity.models import Candidate, CandidateState
from sanctions.admin.todo import TodoFilter

TONES = {CandidateState.OPEN: AMBER, CandidateState.TAKEN: JADE, CandidateState.DISMISSED: GREY}


@admin.register(Candidate)
class CandidateAdmin(ScopedAdmin):
    acts = (SettleCandidate,)
    list_display = ("subject_shown", "entry_shown", "unit", "found_on", "state_shown")
    list_display_links = ("subject_shown",)
    list_filter = (TodoFilter, "state")
    search_fields = ("penalty__party_name", "penalty__document_number", "revision__entry__code")
    search_help_text = "相对人名称、文书号或者事项编号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        rows = Candidate.objects.visible_to(actor)
        return rows.select_related("penalty__unit", "revision__entry", "unit")

    @admin.display(description="相对人", ordering="penalty__party_name")
    def subject_shown(self, row: Candidate) -> str:
        return row.penalty.party_name

    @admin.display(description="目录事项")
    def entry_shown(self, row: Candidate) -> str:
        return f"{row.revision.entry.code} {row.revision.title}"

    @admin.display(description="研判", ordering="state")
    def state_shown(self, row: Candidate) -> SafeString:
        return chip(row.get_state_display(), TONES[CandidateState(row.state)])

    def page(self, request: HttpRequest, actor: Actor, record: Candidate) -> dict[str, Any]:
        penalty = record.penalty
        number: object = penalty.document_number
        if type(penalty).objects.visible_to(actor).filter(pk=penalty.pk).exists():
            number = format_html('<a href="{}">{}</a>', address(penalty), penalty.document_number)
        rows = [
            Row(("文书号", number)),
            Row(("决定", f"{penalty.authority_name} {zh(penalty.decided_on)}")),
            Row(("违法行为类型", penalty.violation)),
            Row(("处罚依据", penalty.basis)),
            Row(("处罚类别", penalty.kinds_text)),
        ]
        return {
            "kicker": f"{record.revision.entry.code} {record.revision.title}",
            "heading": penalty.party_name,
            "sub": "已公示的处罚对应目录清单事项；是否发起由单位判断",
            "state": self.state_shown(record),
            "facts": [
                ("对应的理由", record.reasons),
                ("可发起单位", record.unit.name),
                ("发现", zh(record.found_on)),
                ("研判", record.settled_note),
            ],
            "sections": [Section("处罚决定", ("项目", "内容"), rows)],
        }
