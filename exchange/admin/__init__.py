"""The workbench of the exchange; each module registers its own."""

from exchange.admin import downflow, followers

__all__ = ["downflow", "followers"]
