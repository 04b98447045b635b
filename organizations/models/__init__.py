"""Models by aggregate: units and their succession, groups, officers, experts, clients, reference bookkeeping."""

from organizations.models.clients import ApiClient, ClientNonce, ClientRequest, ClientUse
from organizations.models.experts import Expert, ExpertField, ExpertRecusal, ExpertSpeciality
from organizations.models.groups import WorkingGroup, WorkingGroupMember
from organizations.models.officers import Assignment, Officer, SignIn
from organizations.models.reference import ReferenceRow
from organizations.models.units import District, Organization, OrganizationName, Succession

__all__ = [
    "ApiClient",
    "Assignment",
    "ClientNonce",
    "ClientRequest",
    "ClientUse",
    "District",
    "Expert",
    "ExpertField",
    "ExpertRecusal",
    "ExpertSpeciality",
    "Officer",
    "Organization",
    "OrganizationName",
    "ReferenceRow",
    "SignIn",
    "Succession",
    "WorkingGroup",
    "WorkingGroupMember",
]
