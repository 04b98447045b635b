"""The workbench of the exchange; each module registers its own."""

from exchange.admin import followers

__all__ = ["followers"]
