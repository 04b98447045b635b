"""The workbench of units, officers, experts and outside systems; each module registers its own."""

from organizations.admin import clients, experts, groups, intake, officers, reference, units

__all__ = ["clients", "experts", "groups", "intake", "officers", "reference", "units"]
