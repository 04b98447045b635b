"""Permissions: codes declared by each app, granted to roles, denied to everybody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.actors import Actor
from core.problems import NotPermitted

_labels: dict[str, str] = {}
_grants: dict[str, set[str]] = {}


def declare(permissions: Mapping[str, str], grants: Mapping[str, Iterable[str]]) -> None:
    """Register an app's permission codes with their labels, and which roles hold them.

    Called once from AppConfig.ready(); a grant of an undeclared code is a programming error.
    """
    _labels.update(permissions)
    for role, codes in grants.items():
        held = _grants.setdefault(role, set())
        for code in codes:
            if code not in _labels:
                raise LookupError(f"permission {code} is granted to {role} but never declared")
            held.add(code)


def label_of(code: str) -> str:
    return _labels.get(code, code)


def labels() -> dict[str, str]:
    """Return every declared permission with its label, for the docs and the security administrator."""
    return dict(sorted(_labels.items()))


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Return all permissions that these roles hold together."""
    return frozenset(code for role in roles for code in _grants.get(role, ()))


def roles_with(code: str) -> list[str]:
    return sorted(role for role, codes in _grants.items() if code in codes)


def require(actor: Actor, code: str) -> None:
    """Return when the actor holds the permission; otherwise NotPermitted names it and who grants it."""
    if not actor.may(code):
        raise NotPermitted(code, label_of(code), who=actor.label)
