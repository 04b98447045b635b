"""Applying migrations in a schema where almost every table refers to almost every other.

Django renders every model that is related to a changed one anew, through any number of steps: here that is nearly all
of them, for each of some five hundred operations. Two kinds of change do not need it on PostgreSQL: a new model, to which
nothing refers yet, and a new index or constraint, which no other model sees.
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


@contextmanager
def rendering_what_changed() -> Iterator[None]:
    """Let the state of migrations render only what an added model, index or constraint changes, while this lasts."""
    kept = ProjectState.add_model, ProjectState._append_option  # type: ignore[attr-defined]
    ProjectState.add_model = _add_model  # type: ignore[method-assign,assignment]
    ProjectState._append_option = _append_option  # type: ignore[attr-defined]
    try:
        yield
    finally:
        ProjectState.add_model, ProjectState._append_option = kept  # type: ignore[method-assign,attr-defined]
