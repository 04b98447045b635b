"""The app portal."""

from importlib import import_module

from django.apps import AppConfig
from django.core import checks

from core.permissions import declare
from portal.checks import report_keys
from portal.permissions import GRANTS, PERMISSIONS


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        declare(PERMISSIONS, GRANTS)
        checks.register(report_keys, checks.Tags.security)
        import_module("core.sealed_text").register_use(import_module("portal.online.drafts").texts_by_key)
        import_module("portal.notices").register(import_module("portal.editorial.selectors").latest_articles)
