"""What an outside system may be granted: the scopes of the house, and handing in one profile each."""

from __future__ import annotations

from core.intake.profiles import PROFILES
from organizations.enums import ClientScope


def known_scopes() -> dict[str, str]:
    """Return every scope with its Chinese name; `intake` covers all profiles, `intake:CODE` one of them."""
    own = {f"{ClientScope.INTAKE.value}:{one.code}": f"信息报送：{one.title}" for one in PROFILES.values()}
    return {scope.value: str(scope.label) for scope in ClientScope} | own


def scope_label(scope: str) -> str:
    return known_scopes().get(scope, scope)
