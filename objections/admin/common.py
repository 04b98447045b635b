"""What the pages of objections and complaints share: chips, files, documents, dates."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import personal
from core.actors import Actor
from core.models import Attachment, Deadline
from core.problems import NotFound
from objections import selectors
from objections.letters import letter, letters
from objections.models import Complaint, Objection, ObjectionEvidence
from organizations.acts.pages import Row, ScopedAdmin, Section
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, due_chip, due_day, size_words, zh
from subjects.identity import services as login

TONES = {
    "received": BLUE,
    "accepted": AMBER,
    "forwarded": BLUE,
    "drafted": AMBER,
    "convened": AMBER,
    "rejected": GREY,
    "upheld": JADE,
    "partly_upheld": AMBER,
    "corrected": JADE,
    "redetermined": JADE,
    "declined": SEAL,
    "taken_over": SEAL,
}
Record = Objection | Complaint
# What an officer does next, where that is more than what the applicant is told.
OFFICERS_STEP = {
    "unchecked": "先核验申请人身份和授权，再由{unit}决定是否受理；期限届满未决定的视为受理",
    "accepted": "由{unit}核查并拟写答复；答复之前{pause}",
    "drafted": "答复已拟写，由{unit}另一名审核人员签发；签发之前{pause}",
    "partly_upheld": "由{unit}重新认定或更正；在此之前{pause}",
}
OFFICE_STEP = {
    "unchecked": "先核验投诉人身份和授权，再决定是否受理",
    "received": "由联席会议办公室决定是否受理",
    "accepted": "由联席会议办公室研究并拟写处理决定；处理之前{pause}",
    "convened": "记录研究人员和专家意见，拟写处理决定；处理之前{pause}",
    "drafted": "处理决定已拟写，由另一名人员签发；签发之前{pause}",
    "partly_upheld": "由{unit}重新认定或更正；在此之前{pause}",
}


def unbroken(text: str) -> str:
    """Return short Chinese words that stay on one line in a narrow column (joined by U+2060)."""
    return "\u2060".join(text)


def state_chip(row: Record) -> SafeString:
    return chip(row.get_state_display(), TONES.get(row.state, GREY))


def open_day(model: type[Any]) -> QuerySet[Any, Any]:
    """Return the subquery of a record's next open due day."""
    return (
        Deadline.objects.filter(
            aggregate_type=model._meta.label_lower, object_id=OuterRef("pk"), closed_on__isnull=True
        )
        .order_by("due_on")
        .values("due_on")[:1]
    )


class FilingAdmin(ScopedAdmin):
    """A list of objections or complaints, the one due next first; each with its documents for print."""

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return self.model.objects.visible_to(actor).annotate(due_on=Subquery(open_day(self.model)))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).order_by(F("due_on").asc(nulls_last=True), "-pk")

    @admin.display(description="编号", ordering="public_id")
    def number_shown(self, row: Record) -> str:
        return row.public_id

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: Record) -> SafeString:
        return state_chip(row)

    @admin.display(description="期限", ordering="due_on")
    def due_shown(self, row: Any) -> SafeString:
        return due_day(row.due_on)

    def get_urls(self) -> list[URLPattern]:
        name = f"objections_{self.model._meta.model_name}_letter"
        view = self.admin_site.admin_view(self.letter)
        return [path("<str:public_id>/letters/<str:kind>/", view, name=name), *super().get_urls()]

    def letter(self, request: HttpRequest, public_id: str, kind: str) -> HttpResponse:
        """Show one document for print; NotFound for what has not happened."""
        self.look(request)
        record = self.found(request, public_id)
        found = letter(record, kind)
        if found is None:
            raise NotFound("该文书")
        return TemplateResponse(request, "objections/print.html", {"letter": found, "record": record})


def attachments_for(actor: Actor) -> QuerySet[Attachment]:
    """Return the files of objections in the actor's scope."""
    papers = ObjectionEvidence.objects.filter(objection__in=Objection.objects.visible_to(actor).values("pk"))
    return Attachment.objects.filter(pk__in=papers.values("attachment"))


def file_link(attachment: Attachment) -> SafeString:
    url = reverse("admin:objections_attachment", args=[attachment.public_id])
    return format_html('<a href="{}">{}</a> {}', url, attachment.name, size_words(attachment.size))


def papers_section(papers: Any) -> Section:
    rows = [
        Row((row.get_kind_display(), file_link(row.attachment), zh(row.added_on)))
        for row in papers.select_related("attachment")
    ]
    return Section("材料", ("类别", "文件", "收到日"), rows, empty="没有提交材料")


def letters_section(record: Record) -> Section:
    """Return the printable documents that exist."""
    name = f"admin:objections_{record._meta.model_name}_letter"
    rows = [
        Row(
            (
                format_html('<a href="{}">{}</a>', reverse(name, args=[record.public_id, row.kind]), row.title),
                row.number,
                zh(row.on),
            )
        )
        for row in letters(record)
    ]
    return Section("文书", ("文书", "编号", "日期"), rows)


def due_section(record: Record) -> Section:
    """Return every due day with the sentence that explains it."""
    rows = [
        Row(
            (
                format_html(
                    "<b>{}</b><br>{}{}<br>{}",
                    unbroken(row["name"]),
                    unbroken(zh(row["due_on"])),
                    "（暂定）" if row["provisional"] else "",
                    chip(row["closed_by"], GREY) if row["closed_on"] else due_chip(row["due_on"]),
                ),
                row["explanation"],
            )
        )
        for row in selectors.due_days(record)
    ]
    return Section("期限和由来", ("期限", "为什么是这一天"), rows)


def next_step(record: Record) -> dict[str, Any]:
    """Return what an officer does next with the record, and the due days that run."""
    objection = record if isinstance(record, Objection) else record.objection
    known = selectors.NEXT_STEP if isinstance(record, Objection) else selectors.COMPLAINT_STEP
    told = OFFICERS_STEP if isinstance(record, Objection) else OFFICE_STEP
    unchecked = record.state == "received" and record.identity_result != "passed"
    step = told.get("unchecked" if unchecked else record.state, known[record.state])
    due = sorted((row for row in selectors.due_days(record) if row["closed_on"] is None), key=lambda row: row["due_on"])
    brought = record.complaints.order_by("-pk").first() if isinstance(record, Objection) else None
    if brought is not None:  # the objection is answered; what happens now happens in the complaint
        step = f"申请人已投诉：{OFFICE_STEP.get(brought.state, selectors.COMPLAINT_STEP[brought.state])}"
    return {"step": step.format(**selectors.step_words(objection)), "due": due}


def filer_words(row: Record) -> str:
    number = f" {personal.masked(row.filer_identifier)}" if row.filer_identifier else ""
    phone = f" {personal.masked(row.filer_phone)}" if row.filer_phone else ""
    return f"{row.filer_name} · {row.get_relation_display()}{number}{phone}"


def identity_words(row: Record) -> str:
    proved = login.words(row.login)
    if not row.identity_checked_on:
        return f"尚未核验。{proved}" if proved else "尚未核验"
    checked = f"{zh(row.identity_checked_on)} {row.get_identity_result_display()}：{row.identity_note}"
    return f"{checked}（{proved}）" if proved else checked


def text_section(title: str, *pairs: tuple[str, str]) -> Section:
    return Section(title, ("", ""), [Row((unbroken(label), text)) for label, text in pairs if text])
