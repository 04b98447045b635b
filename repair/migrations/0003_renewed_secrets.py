"""A lost follow-up secret may be replaced: the guard of applications lets its digest change."""

from __future__ import annotations

from django.db import migrations

from repair.guards import APPLICATION_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("repair", "0002_guards")]
    operations = [migrations.RunSQL(APPLICATION_FUNCTION, migrations.RunSQL.noop)]
