"""The workbench of supervision; each module registers its own."""

from supervision.admin import asked, rate

__all__ = ["asked", "rate"]
