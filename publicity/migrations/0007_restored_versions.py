"""A pending version that a newer one had replaced is pending again when the newer one's batch is taken back."""

from __future__ import annotations

from django.db import migrations

from publicity.guards import GUARD_FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("publicity", "0006_guard_in_one_pass"), ("core", "0013_taking_back")]
    operations = [migrations.RunSQL(GUARD_FUNCTIONS, migrations.RunSQL.noop)]
