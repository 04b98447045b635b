"""A pending version that a newer one had replaced may wait again; a difference that was found is never rewritten."""

from __future__ import annotations

from django.db import migrations

from core.history import append_only_sql
from publicity.guards import GUARD_FUNCTIONS

FOUND = "publicity_difference"


class Migration(migrations.Migration):
    dependencies = [("publicity", "0007_ways_of_asking"), ("core", "0015_taking_back")]
    operations = [
        migrations.RunSQL(GUARD_FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(append_only_sql(FOUND), f"DROP TRIGGER refuse_change ON {FOUND}"),
    ]
