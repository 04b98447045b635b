"""Applying migrations in a schema where almost every table refers to almost every other.

Django renders every model that is related to a changed one anew, through any number of steps: here that is nearly all
of them, for each of some five hundred operations. To alter a table nobody needs that: what others know of the changed
model, its table and its key, they know from the model as it was. Whoever wants all models as they are, as Python in
migrations and what follows them does, has them rendered anew by Django once the state is marked as delayed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ModelState, ProjectState


def _add_model(state: ProjectState, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    state.models[key] = model_state
    if state._relations is not None:  # type: ignore[attr-defined]
        state.resolve_model_relations(key)
    if "apps" in state.__dict__:  # hasattr would make it
        state.apps.render_multiple([model_state])


def _append_option(state: ProjectState, app_label: str, model_name: str, option: str, added: Any) -> None:
    options = state.models[app_label, model_name].options
    options[option] = [*options[option], added]


def _find_reload_model(
    state: ProjectState, app_label: str, model_name: str, delay: bool = False
) -> set[tuple[str, str]]:
    """Return the model itself and those that inherit from it."""
    state.is_delayed = True
    found, size = {(app_label, model_name)}, 0
    while size != len(found):
        size = len(found)
        names = {f"{app}.{name}" for app, name in found}
        found |= {key for key, row in state.models.items() if names & {str(base).lower() for base in row.bases}}
    return found


@contextmanager
def rendering_what_changed() -> Iterator[None]:
    """Let the state of migrations render only what an operation changes, while this lasts."""
    instead = {"add_model": _add_model, "_append_option": _append_option, "_find_reload_model": _find_reload_model}
    kept = {name: getattr(ProjectState, name) for name in instead}
    for name, function in instead.items():
        setattr(ProjectState, name, function)
    try:
        yield
    finally:
        for name, function in kept.items():
            setattr(ProjectState, name, function)
