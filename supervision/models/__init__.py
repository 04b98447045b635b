"""What supervision keeps."""

from supervision.models.asked import AskedStatement, CheckRate

__all__ = ["AskedStatement", "CheckRate"]
