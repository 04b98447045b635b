"""Objections: the list by state and due day, the page with explained dates, and what a subject may contest."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from core.api.actors import actor_of
from core.attachments import serving_view
from objections import permissions, selectors
from objections.admin import common
from objections.forms.answers import ANSWER_ACTS
from objections.forms.filing import DESK_ACTS, FileObjection, FindSubject, has_stated, target_key
from objections.models import ContestedSubject, Objection
from objections.standing import as_it_stands, silent_before
from objections.targets import contestable
from organizations.acts.pages import Row, ScopedAdmin, Section, address, buttons
from organizations.acts.words import AMBER, chip, zh
from sanctions.admin.todo import DueFilter, TodoFilter
from sanctions.models import Listing
from sanctions.selectors import explain_listing
from sanctions.templatetags.workbench import last_day, listing_chip
from subjects.selectors import code_of, family
from subjects.visibility import visible_to


@admin.register(Objection)
class ObjectionAdmin(common.FilingAdmin):
    acts = (*ANSWER_ACTS, *DESK_ACTS)
    openings = (FindSubject,)
    about_template = "objections/parts/about.html"
    list_display = (
        "number_shown",
        "subject_shown",
        "target_kind",
        "answering_unit",
        "state_shown",
        "due_shown",
        "received_on",
    )
    list_display_links = ("number_shown",)
    list_filter = (TodoFilter, "state", DueFilter, "target_kind", "channel", "group")
    search_fields = ("public_id", "subject__name", "filer_name", "target_label")
    search_help_text = "回执编号、当事人、申请人或对象内容"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return (
            super()
            .scoped(actor)
            .annotate(is_silent=Case(When(silent_before(clock.today()), then=Value(True)), default=Value(False)))
            .select_related("subject", "answering_unit", "group", "route", "filer_identifier", "filer_phone", "listing")
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Open it as the dates have made it: what silence has accepted can be answered, recorded or not."""
        found = super().get_object(request, object_id, from_field)
        return as_it_stands(found) if found is not None else None

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: Any) -> SafeString:
        return chip("已受理", AMBER) if row.is_silent else common.state_chip(row)

    @admin.display(description="期限", ordering="due_on")
    def due_shown(self, row: Any) -> SafeString:
        return chip(f"{zh(row.due_on)}起视为受理", AMBER) if row.is_silent else super().due_shown(row)

    @admin.display(description="当事人", ordering="subject__name")
    def subject_shown(self, row: Objection) -> str:
        return row.subject.name

    def page(self, request: HttpRequest, actor: Actor, record: Objection) -> dict[str, Any]:
        silent = "（视为受理）" if record.by_silence else ""
        answered = f"{zh(record.answered_on)} {record.get_outcome_display()}" if record.answered_on else ""
        facts: list[tuple[str, object]] = [
            ("申请人", common.filer_words(record)),
            ("身份核验", common.identity_words(record)),
            ("答复单位", record.answering_unit.name),
            ("收到", zh(record.received_on)),
            ("受理", f"{zh(record.accepted_on)}{silent}" if record.accepted_on else ""),
            ("答复", answered),
            ("办理依据", f"{record.route.basis}（{record.route.get_confidence_display()}）"),
        ]
        return {
            "kicker": f"异议 {record.public_id} · {record.get_channel_display()}",
            "heading": record.subject.name,
            "sub": f"{record.get_target_kind_display()}：{record.target_label}",
            "state": common.state_chip(record),
            "next": common.next_step(record),
            "facts": [(label, value) for label, value in facts if value],
            "timeline": selectors.timeline(record),
            "sections": self._sections(actor, record),
        }

    def _sections(self, actor: Actor, record: Objection) -> list[Section]:
        sections = [
            common.text_section(
                "异议内容",
                ("事实和理由", record.grounds),
                ("请求", record.claims),
                ("拟答复" if not record.answered_on else "答复", _answer_words(record)),
                ("源单位答复", record.source_answer),
                ("更正或重新认定", record.correction),
            ),
            common.papers_section(record.papers.all()),
            common.letters_section(record),
            common.due_section(record),
        ]
        if record.listing_id:
            sections.insert(1, _clock_section(record))
        if found := list(record.complaints.order_by("pk")):
            rows = [
                Row((format_html('<a href="{}">{}</a>', address(row), row.public_id), common.state_chip(row)))
                for row in found
            ]
            sections.insert(1, Section("投诉", ("编号", "状态"), rows))
        return sections

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(serving_view(common.attachments_for))
        return [path("files/<str:public_id>/", view, name="objections_attachment"), *super().get_urls()]


def _answer_words(record: Objection) -> str:
    return f"{record.get_outcome_display()}。{record.answer_text}" if record.outcome else ""


def _clock_section(record: Objection) -> Section:
    """Return what the listing's clock says today, with the reason."""
    listing = (
        Listing.objects.with_state_on(clock.today())
        .select_related("determination", "revision")
        .prefetch_related("pauses")
        .get(pk=record.listing_id)
    )
    first, last = f"{zh(listing.starts_on)}起", f"至{last_day(listing)}" if listing.end_on() else last_day(listing)
    span = format_html("{}<br>{}<br>{}", listing_chip(listing), common.unbroken(first), common.unbroken(last))
    return Section("名单的期限", ("今天", "为什么是这些日期"), [Row((span, explain_listing(listing)))])


@admin.register(ContestedSubject)
class ContestedSubjectAdmin(ScopedAdmin):
    """What a subject may contest, for the officer who registers the objection."""

    acts = (FileObjection,)
    openings = (FindSubject,)
    list_display = ("name", "kind", "district_code")
    search_fields = ("name",)
    search_help_text = "当事人名称"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        """List entities only; a person is reached by who knows his name and number (`FindSubject`)."""
        known = visible_to(actor).exclude(kind="natural_person").values("pk")
        shown = Q(pk__in=known) if actor.may("subjects.subject.view") else ~Q(kind="natural_person")
        return ContestedSubject.objects.filter(shown, canonical__isnull=True)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Open an entity to who may file; a person (OBJ-59) to who stated his number or has his matter at hand."""
        actor = actor_of(request)
        if not actor.may(permissions.FILE):
            return None
        found = ContestedSubject.objects.filter(public_id=object_id, canonical__isnull=True).first()
        if found is None or not found.is_person or has_stated(request.session, found.public_id):
            return found
        at_hand = Objection.objects.visible_to(actor).filter(subject__in=family(found)).exists()
        return found if at_hand or visible_to(actor).filter(pk=found.pk).exists() else None

    def page(self, request: HttpRequest, actor: Actor, record: ContestedSubject) -> dict[str, Any]:
        found = contestable(record)
        open_ones = {
            (row.target_kind, row.target_key): row
            for row in Objection.objects.filter(target_key__in=[target.key for target in found], closed_on=None)
        }
        measures: list[Row] = []
        others: list[Row] = []
        for target in found:
            current = open_ones.get((target.kind, target.key))
            acts = [] if current else buttons(actor, record, self.acts, target, target_key(target))
            state: object = common.state_chip(as_it_stands(current)) if current else "—"
            cells = (_kind_words(target.kind), target.label, zh(target.decided_on), state)
            (measures if target.kind == "measure" else others).append(Row(cells, acts))
        head = ("类别", "内容", "自", "在办")
        return {
            "kicker": "当事人可以提出异议的事项",
            "heading": record.name,
            "sub": "自然人" if record.is_person else code_of(record),
            "sections": [
                Section("认定和记录", head, others, empty="没有可以提出异议的事项"),
                Section("具体措施的实施", head, measures, empty="没有正在实施的措施"),
            ],
        }


def _kind_words(kind: str) -> str:
    return dict(Objection._meta.get_field("target_kind").flatchoices).get(kind, kind)
