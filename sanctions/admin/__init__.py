"""The workbench of the chain: lists, record pages and acts; each module registers its own."""

from organizations import admin_access
from organizations.enums import Role
from sanctions.admin import (
    advice,
    cases,
    check_pages,
    checks,
    determinations,
    external,
    listings,
    matters,
    meetings,
    reports,
    stops,
    tasks,
)

OFFICERS = {Role.HANDLER, Role.REVIEWER, Role.GROUP_LEAD, Role.OFFICE, Role.DISTRICT_CREDIT}
CONVENORS = {Role.GROUP_LEAD, Role.OFFICE}
DOORS = {
    "Case": OFFICERS,
    "Meeting": OFFICERS,
    "Determination": OFFICERS,
    "Listing": OFFICERS,
    "ExecutionTask": OFFICERS,
    "TaskStop": OFFICERS,
    "ExternalListing": OFFICERS | {Role.WINDOW},
    "ExternalSource": CONVENORS,
    "ExternalRule": CONVENORS,
    "GroupSummary": CONVENORS,
    "MatterRule": OFFICERS,
    "Check": OFFICERS | {Role.WINDOW},
    "CheckPageOrigin": {Role.SECURITY_ADMIN},
}
for model, roles in DOORS.items():
    admin_access.declare(f"sanctions.{model}", view=roles)

__all__ = [
    "advice",
    "cases",
    "check_pages",
    "checks",
    "determinations",
    "external",
    "listings",
    "matters",
    "meetings",
    "reports",
    "stops",
    "tasks",
]
