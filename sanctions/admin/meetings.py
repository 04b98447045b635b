"""Meetings: the list of those in scope; the acts stand on the page of the case."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString

from core.actors import Actor
from organizations.acts.pages import ScopedAdmin, address
from sanctions.models import Case, Meeting
from sanctions.templatetags.workbench import case_chip


@admin.register(Meeting)
class MeetingAdmin(ScopedAdmin):
    list_display = ("held_on", "case_shown", "convenor", "place", "came", "state")
    list_display_links = ("held_on", "case_shown")
    list_filter = ("case__state", "level")
    search_fields = ("case__document_number", "case__subjects__subject__name")
    search_help_text = "主体名称或文书号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return (
            Meeting.objects.filter(case__in=Case.objects.visible_to(actor).values("pk"))
            .select_related("case__revision__entry", "convenor")
            .annotate(
                invited=Count("invitees", distinct=True),
                attended=Count("invitees", filter=Q(invitees__attended=True), distinct=True),
            )
        )

    @admin.display(description="事项")
    def case_shown(self, meeting: Meeting) -> str:
        return f"{meeting.case.revision.entry.code} {meeting.case.revision.title}"

    @admin.display(description="到会")
    def came(self, meeting: Any) -> str:
        return f"{meeting.attended}/{meeting.invited}"

    @admin.display(description="事项状态")
    def state(self, meeting: Meeting) -> SafeString:
        return case_chip(meeting.case)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The meeting is a part of its case: go there."""
        self.look(request)
        return HttpResponseRedirect(f"{address(self.found(request, object_id).case)}#meeting")
