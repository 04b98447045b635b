"""The chain's app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from core import events
from core import permissions as registry
from sanctions.events import EVENTS
from sanctions.permissions import GRANTS, PERMISSIONS


class SanctionsConfig(AppConfig):
    name = "sanctions"
    verbose_name = "联合奖惩"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        registry.declare(PERMISSIONS, GRANTS)
        events.declare(EVENTS)
        # What needs loaded models is imported only now; the tables register themselves.
        import_module("sanctions.workflow")
        import_module("sanctions.simulation").register()
        import_module("sanctions.page_sections").register(import_module("sanctions.propagation").of_listing)
        for part in ("LISTINGS", "EXTERNAL"):
            import_module("subjects.page_sections").register(getattr(import_module("sanctions.of_subject"), part))
        import_module("catalog.impact").register(import_module("sanctions.impact").lines)
        import_module("subjects.selectors").register_preview(import_module("sanctions.impact").folded)
        import_module("subjects.effects").register(import_module("sanctions.services.life").end_listings_of)
        import_module("subjects.effects").register_concern(import_module("sanctions.services.life").holds_listings)
        import_module("sanctions.effects").register_restored(import_module("sanctions.services.court").hold_again)
        import_module("subjects.visibility").register(import_module("sanctions.selectors").persons_concerning)
        import_module("core.jobs").settle_first("ends", import_module("sanctions.tasks").settle_ends)
        import_module("core.sealed_text").register_use(import_module("sanctions.checks.jobs").texts_by_key)
        import_module("core.sealed_text").register_use(import_module("sanctions.embedding.handing").texts_by_key)
        reminders = import_module("core.reminders")
        case = "case_subject__case"
        reminders.register(
            "sanctions.executiontask",
            unit="unit_id",
            group=f"listing__{case}__group_id",
            about="listing__subject__name",
        )
        reminders.register(
            "sanctions.taskstop",
            unit="unit_id",
            group=f"task__listing__{case}__group_id",
            about="task__listing__subject__name",
        )
        reminders.register(
            "sanctions.determination", unit="lead_unit_id", group="case__group_id", about="case__revision__title"
        )
        reminders.register(
            "sanctions.notice",
            unit=f"{case}__unit_id",
            officer=f"{case}__drafted_by_key",
            is_right=True,
            about="case_subject__subject__name",
            page="sanctions.case",
            page_key=f"{case}__public_id",
        )
        advice = import_module("sanctions.services.advice")
        registry.declare(advice.PERMISSIONS, advice.GRANTS)
        import_module("subjects.delivery").declare_kinds(advice.KINDS | import_module("sanctions.letters").KINDS)
        sheets = import_module("sanctions.sheets")
        for kind, provider in sheets.PROVIDERS.items():
            import_module("subjects.delivery.sheets").register(kind, provider)
