"""The app subjects."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from core import events
from core.intake import profiles
from core.permissions import declare
from organizations import admin_access
from subjects.events import EVENTS
from subjects.permissions import GRANTS, PERMISSIONS, SERVE
from subjects.profiles import PROFILES

READERS = frozenset(GRANTS)


class SubjectsConfig(AppConfig):
    name = "subjects"
    verbose_name = "信用主体"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        declare(PERMISSIONS, GRANTS)
        events.declare(EVENTS)
        for declared in PROFILES:
            profiles.register(declared)
        for model in ("Subject", "SuccessorNomination", "SubjectMerge"):
            admin_access.declare(f"subjects.{model}", view=READERS)
        for target in ("subjects.reported", "subjects.base_data"):
            import_module(target).register()  # what needs loaded models is imported only now
        admin_access.declare("subjects.Delivery", view={role for role, codes in GRANTS.items() if SERVE in codes})
