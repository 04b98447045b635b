"""What was told to subjects and whether it arrived, and the printable 送达回证."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from core import personal
from core.actors import Actor
from core.api.actors import actor_of
from core.attachments.serving import serve
from core.problems import NotFound
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, BLUE, JADE, SEAL, chip, zh
from subjects.delivery import sheets
from subjects.delivery.kinds import kinds
from subjects.enums import Channel, DeliveryState, ProofMethod
from subjects.forms.delivery import OnPaper, RecordProof, SendAgain
from subjects.models import Delivery

TONES = {
    DeliveryState.QUEUED.value: AMBER,
    DeliveryState.SENT.value: BLUE,
    DeliveryState.DELIVERED.value: JADE,
    DeliveryState.FAILED.value: SEAL,
}


class Unserved(admin.SimpleListFilter):
    """What the officer's own unit still has to serve or to send another way."""

    title, parameter_name = "待办", "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unserved", "本单位待送达的")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "unserved":
            return queryset
        own = Delivery.objects.filter(message__unit_id__in=actor_of(request).unit_ids).unserved()
        return queryset.filter(pk__in=own.values("pk"))


@admin.register(Delivery)
class DeliveryAdmin(ScopedAdmin):
    acts = (RecordProof, SendAgain, OnPaper)
    about_template = "subjects/admin/about_delivery.html"
    list_display = ("message", "subject", "unit", "channel", "standing", "acted_on", "served_on")
    list_filter = (Unserved, "state", "channel")
    search_fields = ("message__title", "message__number", "message__subject__name")
    search_help_text = "标题、文号或者当事人名称"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Delivery.objects.visible_to(actor).select_related("message__subject", "message__unit", "proof", "phone")

    @admin.display(description="当事人", ordering="message__subject")
    def subject(self, row: Delivery) -> str:
        return row.message.subject.name

    @admin.display(description="制发单位", ordering="message__unit")
    def unit(self, row: Delivery) -> str:
        return row.message.unit.name if row.message.unit else "—"

    @admin.display(description="办理日期", ordering="message__acted_on")
    def acted_on(self, row: Delivery) -> str:
        return zh(row.message.acted_on)

    @admin.display(description="状态", ordering="state")
    def standing(self, row: Delivery) -> SafeString:
        return chip(row.get_state_display(), TONES[row.state])

    def page(self, request: HttpRequest, actor: Actor, record: Delivery) -> dict[str, Any]:
        message = record.message
        facts: list[tuple[str, Any]] = [
            ("当事人", message.subject.name),
            ("制发单位", message.unit.name if message.unit else "—"),
            ("文书", kinds().get(message.kind, message.kind)),
            ("文号", message.number),
            ("办理日期", zh(message.acted_on)),
            ("渠道", record.get_channel_display()),
        ]
        if record.phone:
            facts += [("手机号码", personal.masked(record.phone)), ("发送次数", record.attempts)]
        if record.last_error:
            facts.append(("上次未成", record.last_error))
        if record.served_on:
            facts += [("送达方式", record.get_method_display()), ("签收人或载体", record.recipient)]
            facts.append(("送达日", zh(record.served_on)))
        if record.proof:
            kept = reverse("admin:subjects_delivery_proof", args=[record.public_id])
            facts.append(("送达回证", format_html('<a href="{}">{}</a>', kept, record.proof.name)))
        printed = reverse("admin:subjects_sheet", args=["delivery", record.public_id])
        facts.append(("打印", format_html('<a href="{}" target="_blank" rel="noopener">送达回证</a>', printed)))
        ways = message.deliveries.order_by("pk")
        rows = [Row([_way(row, record), self.standing(row), zh(row.served_on)]) for row in ways]
        return {
            "kicker": "文书送达",
            "heading": message.title,
            "state": self.standing(record),
            "facts": facts,
            "sections": [
                Section("告知当事人的内容", (), [], text=message.body),
                Section("各渠道", ["渠道", "状态", "送达日"], rows),
            ],
        }

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("sheet/<str:kind>/<str:public_id>/", wrap(require_safe(self.sheet)), name="subjects_sheet"),
            path("<str:public_id>/proof/", wrap(require_safe(self.kept_proof)), name="subjects_delivery_proof"),
        ]
        return own + super().get_urls()

    def sheet(self, request: HttpRequest, kind: str, public_id: str) -> HttpResponse:
        """Show a 送达回证 ready to print, of whatever kind of record the actor may know of."""
        self.look(request)
        found = sheets.sheet_of(actor_of(request), kind, public_id)
        methods = [(label, label == found.method) for label in ProofMethod.labels]
        return TemplateResponse(request, "subjects/sheet.html", {"sheet": found, "methods": methods})

    def kept_proof(self, request: HttpRequest, public_id: str) -> Any:
        """Give out the 送达回证 that was handed in with the proof."""
        self.look(request)
        record = self.found(request, public_id)
        if record.proof is None:
            raise NotFound("送达回证")
        return serve(record.proof)


def _way(row: Delivery, current: Delivery) -> str | SafeString:
    label = Channel(row.channel).label
    return label if row.pk == current.pk else format_html('<a href="{}">{}</a>', address(row), label)
