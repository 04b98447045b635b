"""The app of supervision."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from core import permissions as registry
from supervision.permissions import GRANTS, PERMISSIONS


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = "督查统计"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        registry.declare(PERMISSIONS, GRANTS)
        import_module("core.jobs").settle_first("ends", import_module("supervision.tasks").settle_feedback)
        import_module("core.reminders").register("sanctions.check", unit="unit_id", about="matter_name")
