"""Nominated successors to decide on, and merges of duplicates that can be undone."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from core.api.actors import actor_of
from core.problems import Problem
from organizations.admin import ReadOnlyAdmin
from subjects import permissions, selectors, services
from subjects.admin.acts import ReasonForm
from subjects.enums import NominationState
from subjects.models import SubjectMerge, SuccessorNomination


class _DecidedAdmin(ReadOnlyAdmin):
    """Records with a decision that takes a reason."""

    form_class: type[forms.Form] = ReasonForm

    def reason_view(self, request: HttpRequest, object_id: str, name: str, label: str) -> HttpResponseBase:
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        form = self.form_class(request.POST or None)
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])
        status = 200
        if request.method == "POST" and form.is_valid():
            try:
                self.decide(request, obj, name, form.cleaned_data)
            except Problem as problem:
                form.add_error(None, str(problem))
                status = problem.status
            else:
                messages.success(request, f"已办理“{label}”")
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{label}：{obj}",
            "form": form,
            "button": label,
            "back": back,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "subjects/admin/act.html", context, status=status)

    def decide(self, request: HttpRequest, obj: object, name: str, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def open_acts(self, request: HttpRequest, obj: object) -> bool:
        raise NotImplementedError

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        obj = self.get_object(request, str(object_id))
        found: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        return found if obj is not None and self.open_acts(request, obj) else []


@admin.register(SuccessorNomination)
class NominationAdmin(_DecidedAdmin):
    list_display = ("predecessor", "successor", "state", "decided_on")
    list_filter = ("state",)
    list_select_related = ("predecessor", "successor")
    actions_detail: ClassVar[list[str]] = ["confirm", "decline"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SuccessorNomination]:
        seen = selectors.visible_to(actor_of(request)).values("pk")
        return SuccessorNomination.objects.filter(predecessor__in=seen)

    def open_acts(self, request: HttpRequest, obj: object) -> bool:
        may = actor_of(request).may(permissions.DECIDE_SUCCESSOR)
        return may and isinstance(obj, SuccessorNomination) and obj.state == NominationState.NOMINATED

    def decide(self, request: HttpRequest, obj: object, name: str, data: dict[str, Any]) -> None:
        assert isinstance(obj, SuccessorNomination)
        services.decide_nomination(actor_of(request), nomination=obj, accepted=name == "confirm", reason=data["reason"])

    @action(description="认定承继", url_path="confirm")
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self.reason_view(request, object_id, "confirm", "认定承继")

    @action(description="不予承继", url_path="decline")
    def decline(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self.reason_view(request, object_id, "decline", "不予承继")


class PartForm(ReasonForm):
    source_ended = forms.ChoiceField(
        label="重复档案是否同样终止",
        choices=[("", "合并期间没有注销、吊销或者死亡"), ("yes", "是，一并登记"), ("no", "否，重复档案仍然存续")],
        required=False,
        help_text="保留档案在合并期间终止的，须核实后选择",
    )


@admin.register(SubjectMerge)
class MergeAdmin(_DecidedAdmin):
    form_class = PartForm
    list_display = ("source", "target", "merged_on", "undone_on", "reason")
    list_select_related = ("source", "target")
    actions_detail: ClassVar[list[str]] = ["undo"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SubjectMerge]:
        seen = selectors.visible_to(actor_of(request)).values("pk")
        return SubjectMerge.objects.filter(source__in=seen)

    def open_acts(self, request: HttpRequest, obj: object) -> bool:
        may = actor_of(request).may(permissions.MERGE)
        return may and isinstance(obj, SubjectMerge) and obj.undone_on is None

    def decide(self, request: HttpRequest, obj: object, name: str, data: dict[str, Any]) -> None:
        assert isinstance(obj, SubjectMerge)
        ended = {"yes": True, "no": False}.get(data["source_ended"])
        services.undo_merge(actor_of(request), merged=obj, reason=data["reason"], source_ended=ended)

    @action(description="撤销合并", url_path="undo")
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        return self.reason_view(request, object_id, "undo", "撤销合并")
