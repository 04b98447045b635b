"""What the database itself refuses in repair."""

from __future__ import annotations

from django.db import migrations

from repair.guards import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [
        ("repair", "0001_initial"),
        ("sanctions", "0002_guards"),
        ("core", "0003_append_only"),
    ]
    operations = [migrations.RunSQL(INSTALL, REMOVE)]
