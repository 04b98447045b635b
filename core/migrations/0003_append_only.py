"""Records of acts and events are only ever added."""

from __future__ import annotations

from django.db import migrations

from core.history import append_only_sql

TABLES = ("core_transitionrecord", "core_outboxevent", "core_outboxposition", "core_personalreveal")


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]
    operations = [
        migrations.RunSQL(append_only_sql(table), f"DROP TRIGGER refuse_change ON {table}") for table in TABLES
    ]
