"""The workbench of double publicity: records with their pre-flight, review in sets, leads for cases, rows of law."""

from organizations import admin_access
from organizations.enums import Role
from publicity.admin import candidates, push, quality, records, reference, todo

SEEING = {Role.HANDLER, Role.REVIEWER, Role.DISTRICT_CREDIT, Role.GROUP_LEAD, Role.OFFICE}
LAW = SEEING | {Role.SYSTEM_ADMIN}
DOORS = {
    "Licence": SEEING,
    "Penalty": SEEING,
    "Candidate": {Role.HANDLER, Role.REVIEWER, Role.GROUP_LEAD, Role.OFFICE},
    "Regime": LAW,
    "SeverityRule": LAW,
    "PersonRule": LAW,
    "LicenceTerm": LAW,
    "TrustedUnit": SEEING,
}
for model, roles in DOORS.items():
    admin_access.declare(f"publicity.{model}", view=roles)

__all__ = ["candidates", "push", "quality", "records", "reference", "todo"]
