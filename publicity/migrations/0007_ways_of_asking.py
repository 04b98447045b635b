"""Lists leave out what is over inside their index; a document number is found in every state; the contested are few."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

PUBLIC = models.Q(("state", "passed"), models.Q(("scope", "not_open"), _negated=True))


def ways(model: str) -> list[Any]:
    kept = {
        "public": models.Index(
            fields=["-decided_on", "-id", "last_public_day"], condition=PUBLIC, name=f"publicity_{model}_public"
        ),
        "of_body": models.Index(
            fields=["authority_code", "-decided_on", "-id", "last_public_day"],
            condition=PUBLIC,
            name=f"publicity_{model}_of_body",
        ),
        "number": models.Index(fields=["document_number", "-id"], name=f"publicity_{model}_number"),
    }
    contested = models.Index(
        condition=models.Q(("contested_on__isnull", False)), fields=["-id"], name=f"publicity_{model}_contested"
    )
    return [
        *(migrations.RemoveIndex(model, f"publicity_{model}_{name}") for name in kept),
        *(migrations.AddIndex(model, index) for index in (*kept.values(), contested)),
    ]


class Migration(migrations.Migration):
    dependencies = [("publicity", "0006_guard_in_one_pass")]
    operations = [
        *ways("licence"),
        *ways("penalty"),
        migrations.AlterField(
            model_name="push",
            name="uid",
            field=models.CharField(db_collation="C", max_length=64, verbose_name="记录公开编号"),
        ),
    ]
