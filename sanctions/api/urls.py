"""Doors of embedded checks, under /api/v1/."""

from django.urls import path

from sanctions.api.checks import ChangesView, ChecksView, CheckView, FeedbackView
from sanctions.embedding.api import CheckPagesView

urlpatterns = [
    path("checks", ChecksView.as_view(), name="checks"),
    path("checks/pages", CheckPagesView.as_view(), name="check-pages"),
    path("checks/<str:number>", CheckView.as_view(), name="check"),
    path("checks/<str:number>/changes", ChangesView.as_view(), name="check-changes"),
    path("checks/<str:number>/feedback", FeedbackView.as_view(), name="check-feedback"),
]
