"""The workbench of objections and complaints: lists, record pages and acts; each module registers its own."""

from objections.admin import complaints, objections, routes, todo
from organizations import admin_access
from organizations.enums import Role

OFFICERS = {Role.WINDOW, Role.HANDLER, Role.REVIEWER, Role.GROUP_LEAD, Role.OFFICE, Role.DISTRICT_CREDIT}
DESK = OFFICERS - {Role.DISTRICT_CREDIT}
DOORS = {
    "Objection": OFFICERS,
    "Complaint": OFFICERS,
    "ContestedSubject": DESK,
    "TargetRoute": {Role.OFFICE},
}
for model, roles in DOORS.items():
    admin_access.declare(f"objections.{model}", view=roles)

__all__ = ["complaints", "objections", "routes", "todo"]
