"""What the database itself refuses in double publicity."""

from __future__ import annotations

from django.db import migrations

from publicity.guards import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [("publicity", "0001_initial"), ("core", "0003_append_only")]
    operations = [migrations.RunSQL(INSTALL, REMOVE)]
