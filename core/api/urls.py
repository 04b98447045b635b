"""Doors of the kernel, under /api/v1/."""

from django.urls import path

from core.intake.doors import IntakeView

urlpatterns = [path("intake/<str:name>", IntakeView.as_view(), name="intake")]
