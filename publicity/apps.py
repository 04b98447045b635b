"""The app of double publicity."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from core import events
from core import permissions as registry
from core.intake import profiles
from publicity.events import EVENTS
from publicity.permissions import GRANTS, PERMISSIONS
from publicity.profiles import PROFILES


class PublicityConfig(AppConfig):
    name = "publicity"
    verbose_name = "双公示"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        registry.declare(PERMISSIONS, GRANTS)
        events.declare(EVENTS)
        for declared in PROFILES:
            profiles.register(declared)
        # What needs loaded models is imported only now; the tables register themselves.
        import_module("publicity.workflow")
        import_module("publicity.merging").register()
        for kind in ("licence", "penalty"):  # the days for taking down a changed decision
            import_module("core.reminders").register(f"publicity.{kind}", unit="unit_id", about="document_number")
        for part in import_module("publicity.of_subject").PARTS:
            import_module("subjects.page_sections").register(part)
        import_module("sanctions.leads").register("candidate", import_module("publicity.selectors").lead_of)
        import_module("publicity.push.workflow")
        # What another system has returned is the reporting unit's to correct in time.
        import_module("core.reminders").register("publicity.push", unit="unit_id", about="document_number")
