"""Nominated successors to decide on, and merges of duplicates that can be undone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core.actors import Actor
from organizations.acts.pages import ScopedAdmin
from organizations.acts.words import AMBER, GREY, JADE, chip, zh
from subjects import selectors
from subjects.admin.subjects import link
from subjects.enums import NominationState
from subjects.forms.life import ConfirmSuccessor, DeclineSuccessor, UndoMerge
from subjects.models import SubjectMerge, SuccessorNomination

TONES = {NominationState.NOMINATED.value: AMBER, NominationState.CONFIRMED.value: JADE}


@admin.register(SuccessorNomination)
class NominationAdmin(ScopedAdmin):
    acts = (ConfirmSuccessor, DeclineSuccessor)
    list_display = ("predecessor", "successor", "state_shown", "decided_on")
    list_filter = ("state",)

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        seen = selectors.visible_to(actor).values("pk")
        rows = SuccessorNomination.objects.filter(predecessor__in=seen)
        return rows.select_related("predecessor", "successor", "event")

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: SuccessorNomination) -> SafeString:
        return chip(row.get_state_display(), TONES.get(row.state, GREY))

    def page(self, request: HttpRequest, actor: Actor, record: SuccessorNomination) -> dict[str, Any]:
        return {
            "kicker": "承继提名",
            "heading": f"{record.predecessor} → {record.successor}",
            "state": self.state_shown(record),
            "facts": [
                ("原主体", link(record.predecessor)),
                ("承继主体", link(record.successor)),
                ("变动", f"{zh(record.event.on)} {record.event.get_kind_display()}"),
                ("认定日期", zh(record.decided_on)),
                ("理由", record.reason),
            ],
        }


@admin.register(SubjectMerge)
class MergeAdmin(ScopedAdmin):
    acts = (UndoMerge,)
    list_display = ("source", "target", "merged_on", "undone_on", "reason")

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        seen = selectors.visible_to(actor).values("pk")
        return SubjectMerge.objects.filter(source__in=seen).select_related("source", "target")

    def page(self, request: HttpRequest, actor: Actor, record: SubjectMerge) -> dict[str, Any]:
        undone = [("撤销日期", zh(record.undone_on)), ("撤销理由", record.undo_reason)] if record.undone_on else []
        return {
            "kicker": "重复档案合并",
            "heading": f"{record.source} → {record.target}",
            "state": chip("已撤销", GREY) if record.undone_on else chip("已合并", JADE),
            "facts": [
                ("重复档案", link(record.source)),
                ("保留档案", link(record.target)),
                ("合并日期", zh(record.merged_on)),
                ("依据", record.reason),
                *undone,
            ],
        }
