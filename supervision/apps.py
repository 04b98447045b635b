"""The app of supervision."""

from __future__ import annotations

from django.apps import AppConfig

from core import permissions as registry
from supervision.permissions import GRANTS, PERMISSIONS


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = "督查统计"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        registry.declare(PERMISSIONS, GRANTS)
