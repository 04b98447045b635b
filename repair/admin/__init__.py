"""The workbench of repair: applications, shields, and the dated rows of its law."""

from organizations import admin_access
from organizations.enums import Role
from repair.admin import applications, reference, shields, todo
from repair.forms.regimes import SwitchRegime
from sanctions.admin.listings import ListingAdmin

HANDLING = {Role.HANDLER, Role.REVIEWER, Role.GROUP_LEAD, Role.OFFICE}
DOORS = {
    "Application": HANDLING | {Role.WINDOW, Role.DISTRICT_CREDIT},
    "Shield": HANDLING,
    "EntryTerm": HANDLING | {Role.WINDOW, Role.SYSTEM_ADMIN},
}
ListingAdmin.acts = (*ListingAdmin.acts, SwitchRegime)  # repair stands above the listing's page
for model, roles in DOORS.items():
    admin_access.declare(f"repair.{model}", view=roles)

__all__ = ["applications", "reference", "shields", "todo"]
