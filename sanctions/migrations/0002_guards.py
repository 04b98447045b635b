"""What the database itself refuses in the chain."""

from __future__ import annotations

from django.db import migrations

from sanctions.guards import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [
        ("sanctions", "0001_initial"),
        ("catalog", "0002_guards"),
        ("core", "0003_append_only"),
    ]
    operations = [migrations.RunSQL(INSTALL, REMOVE)]
