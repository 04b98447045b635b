"""What is over about a subject is left out inside the index as well."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def with_last_day(model: str) -> list[Any]:
    name = f"publicity_{model}_of"
    kept = models.Index(fields=["subject", "-decided_on", "-id", "last_public_day"], name=name)
    return [migrations.RemoveIndex(model, name), migrations.AddIndex(model, kept)]


class Migration(migrations.Migration):
    dependencies = [("publicity", "0008_restored_versions")]
    operations = [*with_last_day("licence"), *with_last_day("penalty")]
