"""The workbench of double publicity."""

from publicity.admin import quality

__all__ = ["quality"]
