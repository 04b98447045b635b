"""The app of objections and complaints."""

from __future__ import annotations

from django.apps import AppConfig


class ObjectionsConfig(AppConfig):
    name = "objections"
    verbose_name = "异议与投诉"
    default_auto_field = "django.db.models.BigAutoField"
