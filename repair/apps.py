"""The app of credit repair."""

from __future__ import annotations

from django.apps import AppConfig


class RepairConfig(AppConfig):
    name = "repair"
    verbose_name = "信用修复"
    default_auto_field = "django.db.models.BigAutoField"
