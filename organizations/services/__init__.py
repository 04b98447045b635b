"""The only writers of this app: every act is one function, one transaction, with its actor and its rules."""

from organizations.loading import LoadReport, load_reference
from organizations.services.clients import (
    change_api_client,
    close_api_client,
    register_api_client,
    rotate_client_secret,
)
from organizations.services.experts import add_expert, add_recusal, end_recusal, update_expert
from organizations.services.groups import update_group
from organizations.services.officers import (
    assign_officer,
    create_officer,
    end_assignment,
    record_sign_in,
    set_officer_active,
    set_password,
    update_officer,
)
from organizations.services.succession import (
    dissolve_organization,
    merge_organizations,
    split_organization,
    take_over_duties,
)
from organizations.services.units import (
    create_organization,
    rename_organization,
    set_credit_office,
    update_organization,
)

__all__ = [
    "LoadReport",
    "add_expert",
    "add_recusal",
    "assign_officer",
    "change_api_client",
    "close_api_client",
    "create_officer",
    "create_organization",
    "dissolve_organization",
    "end_assignment",
    "end_recusal",
    "load_reference",
    "merge_organizations",
    "record_sign_in",
    "register_api_client",
    "rename_organization",
    "rotate_client_secret",
    "set_credit_office",
    "set_officer_active",
    "set_password",
    "split_organization",
    "take_over_duties",
    "update_expert",
    "update_group",
    "update_officer",
    "update_organization",
]
