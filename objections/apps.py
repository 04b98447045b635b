"""The app of objections and complaints."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from core import events
from core import permissions as registry
from objections.events import EVENTS
from objections.permissions import GRANTS, PERMISSIONS


class ObjectionsConfig(AppConfig):
    name = "objections"
    verbose_name = "异议与投诉"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        registry.declare(PERMISSIONS, GRANTS)
        events.declare(EVENTS)
        # What needs loaded models is imported only now; the tables register themselves.
        import_module("objections.workflow")
        import_module("objections.simulation").register()
        import_module("sanctions.page_sections").register(import_module("objections.page_sections").of_listing)
        import_module("sanctions.effects").register_revoked(
            import_module("objections.services.closing").end_on_revocation
        )
        closing = import_module("objections.services.closing")
        import_module("sanctions.effects").register_restored(closing.hold_again)
        import_module("publicity.effects").register_withdrawn(closing.end_on_withdrawal)
        import_module("subjects.effects").register(closing.end_on_death)
        expecting = import_module("objections.services.expecting")
        import_module("sanctions.effects").register_spoken(
            import_module("objections.services.accepting").record_silence
        )
        import_module("core.deadlines").register_moving("objections.objection", expecting.follow_due_days)
        import_module("sanctions.services.verification").register_check(expecting.mend_expected)
        import_module("objections.targets").register_own()
        import_module("objections.repair_targets").register_repair()
        import_module("objections.disclosures").register_disclosures()
        import_module("publicity.page_sections").register(import_module("objections.page_sections").of_disclosure)
        import_module("subjects.marks").register(import_module("objections.selectors").public_marks)
        import_module("subjects.delivery").declare_kinds(import_module("objections.letters").KINDS)
        import_module("core.jobs").settle_first("silence", import_module("objections.tasks").settle_silence)
        reminders = import_module("core.reminders")
        reminders.register(
            "objections.objection",
            unit="answering_unit_id",
            group="group_id",
            officer="accepted_by_key",
            about="subject__name",
            rights=frozenset({"OBJ-T12"}),
        )
        reminders.register(
            "objections.answeredobjection",
            unit="answering_unit_id",
            is_right=True,
            about="subject__name",
            page="objections.objection",
        )
        reminders.register(
            "objections.complaint",
            unit="unit_id",
            group="objection__group_id",
            about="objection__subject__name",
            rights=frozenset({"OBJ-T12"}),
        )
