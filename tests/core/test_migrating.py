"""Migrations render what an operation changes; whoever asks for all models gets them as they are."""

from __future__ import annotations

from django.db import models
from django.db.migrations import operations
from django.db.migrations.state import ModelState, ProjectState

from core.migrating import rendering_what_changed


def two_models() -> ProjectState:
    """Return a rendered state of a unit and a case of it, and an heir of the unit."""
    state = ProjectState()
    state.add_model(ModelState("app", "Unit", [("id", models.AutoField(primary_key=True))]))
    unit = models.ForeignKey("app.Unit", models.CASCADE)
    state.add_model(ModelState("app", "Case", [("id", models.AutoField(primary_key=True)), ("unit", unit)]))
    heir = models.OneToOneField("app.Unit", models.CASCADE, parent_link=True, primary_key=True)
    state.add_model(ModelState("app", "Heir", [("unit_ptr", heir)], bases=("app.Unit",)))
    assert len(state.apps.get_models()) == 3
    return state


def test_a_new_field_renders_its_model_and_heirs_alone() -> None:
    with rendering_what_changed():
        state = two_models()
        case = state.apps.get_model("app", "Case")
        operations.AddField("unit", "name", models.TextField(default="")).state_forwards("app", state)
        unit, heir = state.apps.get_model("app", "Unit"), state.apps.get_model("app", "Heir")
        assert unit._meta.get_field("name")
        assert heir._meta.get_field("name")
        assert state.apps.get_model("app", "Case") is case
        assert [found.related_model for found in unit._meta.related_objects if found.name == "case"] == [case]


def test_python_in_migrations_gets_all_models_anew() -> None:
    with rendering_what_changed():
        state = two_models()
        operations.AddField("unit", "name", models.TextField(default="")).state_forwards("app", state)
        state.clear_delayed_apps_cache()  # as RunPython and what follows a migration do
        case = state.apps.get_model("app", "Case")
        assert case._meta.get_field("unit").related_model is state.apps.get_model("app", "Unit")
        assert case._meta.get_field("unit").related_model._meta.get_field("name")
