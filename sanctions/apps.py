"""The chain's app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from core import permissions as registry
from sanctions.permissions import GRANTS, PERMISSIONS


class SanctionsConfig(AppConfig):
    name = "sanctions"
    verbose_name = "联合奖惩"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        registry.declare(PERMISSIONS, GRANTS)
        import_module("sanctions.workflow")  # tables register themselves once models are loaded
