"""What the database itself refuses of objections and complaints."""

from __future__ import annotations

from django.db import migrations

from objections.guards import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [
        ("objections", "0001_initial"),
        ("sanctions", "0002_guards"),
        ("core", "0003_append_only"),
    ]
    operations = [migrations.RunSQL(INSTALL, REMOVE)]
