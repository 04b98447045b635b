"""The app catalog."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from catalog.events import EVENTS
from catalog.permissions import GRANTS, PERMISSIONS
from core import events
from core.permissions import declare
from organizations import admin_access
from organizations.enums import Role

READERS = {role.value for role in Role} - {Role.SECURITY_ADMIN.value}


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "目录清单"

    def ready(self) -> None:
        declare(PERMISSIONS, GRANTS)
        events.declare(EVENTS)
        for model in ("Entry", "EntryRevision", "Measure", "LegalInstrument", "Article", "Edition", "Impact"):
            admin_access.declare(f"catalog.{model}", view=READERS)
        import_module("catalog.workflow")
        import_module("organizations.impact").register(import_module("catalog.unit_impact").parts)
