"""The app organizations."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from core.api.actors import Scheme, register_resolver
from core.api.journal import register_sink
from core.intake.units import register_unit_names
from core.permissions import declare
from core.sealed_text import register_use
from organizations import admin_access
from organizations.enums import ClientScope, Role
from organizations.permissions import GRANTS, PERMISSIONS

KEEPERS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
POOL_READERS = {Role.OFFICE, Role.GROUP_LEAD, Role.AUDIT_ADMIN}


class OrganizationsConfig(AppConfig):
    name = "organizations"
    verbose_name = "组织机构"

    def ready(self) -> None:
        from organizations import calls, clients, selectors, sessions, signing  # noqa: PLC0415  (they need loaded models)

        declare(PERMISSIONS, GRANTS)
        for model in ("District", "Organization", "OrganizationName", "Succession", "WorkingGroup"):
            admin_access.declare(f"organizations.{model}", view=admin_access.EVERYBODY)
        for model in ("Officer", "Assignment"):
            admin_access.declare(f"organizations.{model}", view=KEEPERS | {Role.REVIEWER, Role.OFFICE})
        for model in ("Expert", "ExpertRecusal", "ExpertField"):
            admin_access.declare(f"organizations.{model}", view=POOL_READERS)
        for model in ("ApiClient", "ClientRequest"):
            admin_access.declare(f"organizations.{model}", view=KEEPERS)
        admin_access.declare("organizations.SignIn", view={Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
        declare({f"scope.{scope.value}": str(scope.label) for scope in ClientScope}, {})
        register_sink(calls.keep)
        register_use(signing.keys_by_ring)
        register_unit_names(selectors.name_of)
        register_resolver(sessions.resolve_actor)
        register_resolver(clients.resolve_client, scheme=Scheme.BEARER)
        user_logged_in.connect(sessions.note_sign_in, dispatch_uid="organizations.sign_in")
