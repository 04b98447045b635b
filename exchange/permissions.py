"""Who may do what in the exchange with other platforms."""

from __future__ import annotations

PERMISSIONS: dict[str, str] = {}
GRANTS: dict[str, list[str]] = {}
