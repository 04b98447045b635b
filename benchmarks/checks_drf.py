"""The same check as a plain DRF ModelViewSet with serializers: one look-up and one INSERT per row, unsigned."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import include, path
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from core import clock
from core.api.actors import actor_of
from credit_platform.urls import urlpatterns as platform
from sanctions.models import Check, CheckedSubject, ExecutionTask, ExternalListing
from sanctions.selectors import measures_against
from subjects.selectors import find_by_identifier


class AskedSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=18)


class CheckSerializer(serializers.ModelSerializer[Check]):
    subjects = AskedSerializer(many=True, write_only=True)
    lines = serializers.SerializerMethodField()

    class Meta:
        model = Check
        fields = ("public_id", "matter_kind", "matter_name", "business_number", "asked_at", "subjects", "lines")

    def get_lines(self, check: Check) -> list[Any]:
        return [line.answer for line in check.lines.all()]


class CheckViewSet(viewsets.ModelViewSet[Check]):
    queryset = Check.objects.all()
    serializer_class = CheckSerializer
    permission_classes = (AllowAny,)

    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        actor, told = actor_of(request._request), request.data["matter"]
        flat = {"matter_kind": told["kind"], "matter_name": told["name"], "business_number": told["number"]}
        serializer = self.get_serializer(data={**flat, "subjects": request.data["subjects"]})
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data.pop("subjects")
        facts = {"unit_id": actor.unit_id, "asked_by_kind": actor.kind, "asked_by_key": actor.key, "position": 0}
        check = serializer.save(
            **facts, asked_on=clock.today(), count=len(asked), answered_at=clock.now(), digest="-", signature="-"
        )
        for number, row in enumerate(asked, 1):
            answer_one(check, number, row["code"])
        return Response(self.get_serializer(check).data)


def answer_one(check: Check, number: int, code: str) -> None:
    """Look one row up and keep its line."""
    subject = find_by_identifier("uscc", code)
    measures = (
        [row for row in measures_against(subject, check.asked_on) if row.task.unit_id == check.unit_id]
        if subject
        else []
    )
    outside = list(ExternalListing.objects.filter(subject=subject, ended_on__isnull=True)) if subject else []
    action = "forbid" if measures else "remind" if outside else "nothing" if subject else "not_found"
    told = [{"action": row.action, "words": row.words, "task": task_of(row.task)} for row in measures]
    answer = {"line": number, "result": action, "measures": told, "reminders": [str(row) for row in outside]}
    CheckedSubject.objects.create(of_check=check, line=number, subject=subject, action=action, answer=answer)


def task_of(task: ExecutionTask) -> str:
    return str(task.public_id)


router = SimpleRouter()
router.register("checks", CheckViewSet)
urlpatterns = [path("api/v1/checks-drf/", include(router.urls)), *platform]
