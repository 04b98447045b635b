"""The app portal."""

from django.apps import AppConfig

from core.permissions import declare
from portal.permissions import GRANTS, PERMISSIONS


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        declare(PERMISSIONS, GRANTS)
