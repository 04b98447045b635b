"""Applications: the list, the page that explains every date and names the next step, and the printable documents."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from core.attachments import serving_view
from core.deadlines import deadlines_of
from core.models import Attachment, Deadline
from core.problems import NotFound
from organizations.acts.pages import Row, ScopedAdmin, Section
from organizations.acts.words import AMBER, JADE, chip, due_day, size_words, zh
from repair import letters, navigator, selectors
from repair.admin.words import link, state_chip
from repair.enums import ApplicantRole, State
from repair.forms.acts import APPLICATION_ACTS
from repair.forms.filing import FileApplication
from repair.matters import matter_of
from repair.models import Application, Material
from sanctions.admin.todo import TodoFilter
from subjects.identity import services as login

DECISIONS = (State.APPROVED, State.PUBLISHED, State.REVOKED, State.REJECTED)


def attachments_for(actor: Actor) -> QuerySet[Attachment]:
    """Return the files of applications in scope."""
    seen = Application.objects.visible_to(actor).values("pk")
    held = Q(material__application__in=seen) | Q(verification__application__in=seen)
    held |= Q(sourceresult__application__in=seen) | Q(revocation__application__in=seen)
    return Attachment.objects.filter(pk__in=Attachment.objects.filter(held).values("pk"))


def _by_receiver(followers: list[selectors.Follower]) -> dict[tuple[Any, ...], list[str]]:
    """Return what each receiver was told and has followed on one day, measures together."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for row in followers:
        found.setdefault((row.who, row.followed_on, row.waiting), []).append(row.what)
    return found


def _title(row: Material) -> str:
    """Return what a file is called: the name that was given to it, or its own where that only repeats the kind."""
    return row.attachment.name if row.title == row.get_kind_display() else row.title


def _running(record: Application) -> list[dict[str, Any]]:
    """Return the due days that run, the nearest first, for the head of the page."""
    rows = sorted(deadlines_of(record), key=lambda row: row.due_on)
    return [
        {"name": row.rule.name, "due_on": row.due_on, "provisional": row.provisional}
        for row in rows
        if row.closed_on is None
    ]


def _measures(whats: list[str]) -> str:
    """Return what a receiver stops: one thing in full, several measures by their codes."""
    if len(whats) == 1:
        return whats[0]
    return "停止实施 " + "、".join(what.split(" ")[1] for what in whats)


@admin.register(Application)
class ApplicationAdmin(ScopedAdmin):
    acts = APPLICATION_ACTS
    openings = (FileApplication,)
    page_template = "repair/application.html"
    about_template = "repair/parts/about.html"
    list_display = ("subject_shown", "entry_shown", "unit", "channel", "state_shown", "received_on", "due_shown")
    list_display_links = ("subject_shown",)
    list_filter = (TodoFilter, "state", "kind", "channel", "via")
    search_fields = ("public_id", "subject__name", "applicant_name")
    search_help_text = "主体名称、申请人或者回执编号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        running = Deadline.objects.filter(
            aggregate_type=Application._meta.label_lower, object_id=OuterRef("pk"), closed_on__isnull=True
        )
        rows = Application.objects.visible_to(actor).annotate(
            next_due=Subquery(running.order_by("due_on").values("due_on")[:1])
        )
        return rows.select_related(
            "unit",
            "received_by_unit",
            "subject__canonical",
            "penalty__authority",
            "penalty__unit",
            "listing__subject",
            "listing__revision__entry",
            "listing__determination__lead_unit",
            "listing__case_subject__case__unit",
        )

    @admin.display(description="主体", ordering="subject__name")
    def subject_shown(self, row: Application) -> str:
        return row.subject.name

    @admin.display(description="要修复的记录")
    def entry_shown(self, row: Application) -> str:
        return row.heading

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: Application) -> SafeString:
        return state_chip(row)

    @admin.display(description="最近的期限", ordering="next_due")
    def due_shown(self, row: Any) -> SafeString:
        return due_day(row.next_due)

    # --- the page of one -----------------------------------------------------------------------------------------

    def page(self, request: HttpRequest, actor: Actor, record: Application) -> dict[str, Any]:
        found = navigator.guide_of(matter_of(record), clock.today())
        return {
            "kicker": record.heading,
            "heading": record.subject.name,
            "sub": f"{record.get_kind_display()} · 回执编号 {record.receipt}",
            "state": state_chip(record),
            "facts": self._facts(record),
            "next": {"step": found.next_step, "due": _running(record)},
            "guide_facts": self._guide_facts(record, found),
            "documents": self._documents(record),
            "timeline": selectors.timeline(record),
            "sections": self._sections(record),
        }

    def _facts(self, record: Application) -> list[tuple[str, object]]:
        who = f"{record.applicant_name} · {ApplicantRole(record.applicant_role).label}"
        checked = (
            f"{zh(record.identity_checked_on)} {record.identity_note}" if record.identity_checked_on else "尚未核验"
        )
        if record.login is not None:
            checked = f"{checked}。{login.words(record.login)}"
        return [
            ("办理单位", record.unit.name),
            ("办理渠道", record.get_channel_display()),
            ("申请人", who),
            ("身份核验", checked),
            ("收到", f"{zh(record.received_on)} {record.get_via_display()}"),
        ]

    def _guide_facts(self, record: Application, found: navigator.Guide) -> list[tuple[str, object]]:
        matter = matter_of(record)
        return [
            ("最早可以申请", matter.terms().why(matter.starts_on, record.corrected_on)),
            ("答复期限", found.answer_why or "已经答复"),
            ("公示期", matter.why_public()),
        ]

    def _documents(self, record: Application) -> list[SafeString]:
        found = [link(reverse("admin:repair_application_document", args=[record.public_id, "receipt"]), "收件回执")]
        if record.state in DECISIONS and record.number is not None:
            url = reverse("admin:repair_application_document", args=[record.public_id, "decision"])
            found.append(link(url, "修复决定书"))
        if record.state in {State.PUBLISHED, State.REVOKED}:
            url = reverse("admin:repair_application_document", args=[record.public_id, "result"])
            found.append(link(url, "修复结果告知书"))
        if record.state == State.DECLINED:
            url = reverse("admin:repair_application_document", args=[record.public_id, "declined"])
            found.append(link(url, "不予受理决定书"))
        return found

    def _sections(self, record: Application) -> list[Section]:
        rows = [
            Row(
                (
                    row.get_kind_display(),
                    link(reverse("admin:repair_attachment", args=[row.attachment.public_id]), _title(row)),
                    size_words(row.attachment.size),
                    zh(row.added_on),
                )
            )
            for row in record.materials.select_related("attachment")
        ]
        corrected = f"改正日：{zh(record.corrected_on)}" if record.corrected_on else ""
        found = [
            Section("申请理由", (), [], note=corrected, text=record.statement),
            Section("信用承诺", (), [], text=record.commitment or "见已签署的信用承诺书"),
            Section("材料", ("种类", "文件", "大小", "提交"), rows, "没有材料"),
        ]
        checked = record.verification
        if checked is not None:
            answers = (
                ("核实方式", checked.method),
                ("核实情况", checked.findings),
                ("失信行为已纠正、义务已履行", "是" if checked.corrected else "否"),
                ("材料属实", "是" if checked.materials_true else "否"),
            )
            lines = [Row(pair) for pair in answers]
            found.append(Section(f"核实（{zh(checked.verified_on)}）", ("项目", "结果"), lines))
        if record.opinion:
            lines = [Row((record.get_opinion_display(), record.opinion_text))]
            found.append(Section("拟办意见", ("意见", "理由"), lines))
        if record.answered_on:
            found.append(Section(f"答复（{zh(record.answered_on)}）", (), [], text=record.answer))
        return found + self._effects(record)

    def _effects(self, record: Application) -> list[Section]:
        found = []
        followers = selectors.propagation(record)
        if followers:
            rows = [
                Row((who, _measures(what), chip("等待确认", AMBER) if waiting else chip(f"{zh(since)}起", JADE)))
                for (who, since, waiting), what in _by_receiver(followers).items()
            ]
            head = ("接收方", "事项", "是否已跟进")
            told = f"停止执行通知于{zh(record.published_on)}发出；正在实施的由单位确认，其余即时生效。"
            note = told if record.listing_id else ""
            found.append(Section("谁已跟进、从何时起", head, rows, note=note))
        revocation = getattr(record, "revocation", None)
        if revocation is not None:
            file = link(reverse("admin:repair_attachment", args=[revocation.proof.public_id]), revocation.proof.name)
            state = f"{zh(revocation.revoked_on)}撤销" if revocation.revoked_on else "等待另一名审核人员签发"
            cells = (revocation.get_ground_display(), revocation.findings, file, state)
            found.append(Section("撤销修复", ("事由", "事实", "证据", "办理"), [Row(cells)]))
        return found

    # --- documents -----------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("files/<str:public_id>/", wrap(serving_view(attachments_for)), name="repair_attachment"),
            path("<str:public_id>/document/<slug:kind>/", wrap(self.document), name="repair_application_document"),
        ]
        return own + super().get_urls()

    def document(self, request: HttpRequest, public_id: str, kind: str) -> HttpResponse:
        """Show a document as it is served on the applicant."""
        self.look(request)
        record = self.found(request, public_id)
        shown = {
            "receipt": True,
            "decision": record.number is not None and record.state in DECISIONS,
            "result": record.state in {State.PUBLISHED, State.REVOKED},
            "declined": record.state == State.DECLINED,
        }
        if not shown.get(kind):
            raise NotFound("该文书")
        context = {
            "application": record,
            "remedies": letters.REMEDIES,
            "effect": matter_of(record).effect,
            "running": selectors.running_days(record),
            "checked": record.verification,
        }
        return TemplateResponse(request, f"repair/print_{kind}.html", context)
