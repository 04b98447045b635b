"""The app subjects."""

from __future__ import annotations

from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "subjects"
    verbose_name = "信用主体"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.permissions import declare  # noqa: PLC0415  (the registry needs loaded apps)
        from subjects.permissions import GRANTS, PERMISSIONS  # noqa: PLC0415

        declare(PERMISSIONS, GRANTS)
