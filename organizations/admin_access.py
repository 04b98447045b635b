"""Which roles see and change which model in the admin; each app declares its own in AppConfig.ready().

`declare("organizations.Organization", view={Role.OFFICE}, change={Role.SYSTEM_ADMIN})`: change implies view. What is
not
declared is closed. `Officer.has_perm("app.view_model")` and `has_module_perms` answer from here. These are doors
only: what
an officer may do inside is decided by the services, and which rows he sees by `visible_to`.
"""

from __future__ import annotations

from collections.abc import Iterable

from organizations.enums import Role

EVERYBODY = frozenset(role.value for role in Role)
ACTIONS = ("view", "add", "change", "delete")

_doors: dict[str, frozenset[str]] = {}
_apps: dict[str, set[str]] = {}


def declare(
    model_label: str,
    *,
    view: Iterable[str] = (),
    change: Iterable[str] = (),
    add: Iterable[str] = (),
    delete: Iterable[str] = (),
) -> None:
    """Open a model's admin to roles; a second declaration for the model replaces the first."""
    app_label, _, model_name = model_label.partition(".")
    if not model_name:
        raise ValueError(f"expected app.Model, got {model_label!r}")
    roles = {"add": set(add), "change": set(change), "delete": set(delete)}
    roles["view"] = set(view).union(*roles.values())
    unknown = roles["view"] - EVERYBODY
    if unknown:
        raise ValueError(f"unknown roles {sorted(unknown)} for {model_label}")
    for action in ACTIONS:
        _doors[f"{app_label}.{action}_{model_name.lower()}"] = frozenset(str(role) for role in roles[action])
    _apps.setdefault(app_label, set()).update(str(role) for role in roles["view"])


def allows(perm: str, roles: frozenset[str]) -> bool:
    """Tell whether one of the roles may do the admin action `app.action_model`."""
    return not roles.isdisjoint(_doors.get(perm, frozenset()))


def opens_app(app_label: str, roles: frozenset[str]) -> bool:
    """Tell whether one of the roles sees any model of the app."""
    return not roles.isdisjoint(_apps.get(app_label, set()))


def declared() -> dict[str, frozenset[str]]:
    """Return every admin permission with its roles, for tests and the docs."""
    return dict(sorted(_doors.items()))
