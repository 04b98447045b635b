"""Who may do what in supervision."""

from __future__ import annotations

PERMISSIONS: dict[str, str] = {}
GRANTS: dict[str, list[str]] = {}
