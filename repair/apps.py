"""The app of credit repair."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from core import events
from core import permissions as registry
from repair.events import EVENTS
from repair.permissions import GRANTS, PERMISSIONS


class RepairConfig(AppConfig):
    name = "repair"
    verbose_name = "信用修复"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        registry.declare(PERMISSIONS, GRANTS)
        events.declare(EVENTS)
        # What needs loaded models is imported only now; the tables register themselves.
        import_module("repair.workflow")
        import_module("repair.simulation").register()
        import_module("sanctions.page_sections").register(import_module("repair.page_sections").of_listing)
        import_module("subjects.delivery").declare_kinds(import_module("repair.letters").KINDS)
        import_module("subjects.visibility").register(import_module("repair.selectors").persons_concerning)
        import_module("sanctions.showing").register_hidden(import_module("repair.selectors").not_shown_on)
        import_module("publicity.showing").register_hidden(import_module("repair.selectors").shielded_penalties)
        import_module("sanctions.showing").register_lifted(import_module("repair.selectors").lifted_on)
        import_module("sanctions.effects").register_revoked(
            import_module("repair.services.announcing").end_on_revocation
        )
        import_module("subjects.effects").register(import_module("repair.services.announcing").end_with_subject)
        import_module("core.jobs").settle_first("ends", import_module("repair.tasks").settle_ends)
        import_module("core.reminders").register(
            "repair.application",
            unit="unit_id",
            group="listing__case_subject__case__group_id",
            rights=frozenset({"REP-T07"}),
        )
