"""The app of exchange with other platforms."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from core import events
from core import permissions as registry
from exchange.events import EVENTS
from exchange.permissions import GRANTS, PERMISSIONS


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = "平台交换"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        registry.declare(PERMISSIONS, GRANTS)
        events.declare(EVENTS)
        # What needs loaded models is imported only now.
        import_module("exchange.upward.system").register()
        import_module("core.outbox").after_numbering(import_module("exchange.feed.outgoing").settle)
        import_module("exchange.downflow.workflow")
