"""Leads: a published penalty beside the catalogue entry that its act stands in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.actors import Actor
from core.masking import mask_text
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, GREY, JADE, chip, zh
from publicity.forms.reference import SettleCandidate
from publicity.models import Candidate, CandidateState
from sanctions.admin.todo import TodoFilter

PAIRS = ("", "")  # a list of names and texts
DRAFT = "sanctions.case.draft"
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
            Row(("违法行为类型", mask_text(penalty.violation))),
            Row(("违法事实", mask_text(penalty.facts))),
            Row(("处罚依据", mask_text(penalty.basis))),
            Row(("处罚类别", penalty.kinds_text)),
        ]
        entry = [
            Row(("实施事由", record.revision.cause)),
            Row(("处理措施", record.revision.handling)),
            Row(("证据材料", "、".join(record.revision.evidence))),
        ]
        return {
            "kicker": f"{record.revision.entry.code} {record.revision.title}",
            "heading": penalty.party_name,
            "sub": "已公示的处罚对应目录清单事项；是否发起由单位判断，不会自动发起",
            "state": self.state_shown(record),
            "next": {"step": self.step(actor, record)},
            "facts": [
                ("对应的理由", record.reasons),
                ("可发起单位", record.unit.name),
                ("发现", zh(record.found_on)),
                (
                    "研判",
                    " ".join(filter(None, (zh(record.settled_on) if record.settled_on else "", record.settled_note))),
                ),
            ],
            "sections": [
                Section("处罚决定", PAIRS, rows),
                Section("目录清单事项", PAIRS, entry),
            ],
        }

    def step(self, actor: Actor, record: Candidate) -> SafeString | str:
        """Return what the unit may do, with the way to the form that the lead fills in."""
        if record.state == CandidateState.TAKEN:
            return "已另行发起，线索办结"
        if record.state == CandidateState.DISMISSED:
            return "已研判不予发起，线索办结"
        if not actor.may(DRAFT) or record.unit_id not in actor.unit_ids:
            return f"由{record.unit.short_name}研判是否发起"
        address = f"{reverse('admin:sanctions_case_add')}?candidate={record.public_id}"
        words = "认为应当联合惩戒的，{}（处罚信息已填好），随后在本页登记已发起；不发起的写明意见"
        return format_html(words, format_html('<a href="{}">起草联合奖惩事项</a>', address))
