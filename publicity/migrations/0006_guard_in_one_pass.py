"""The guard of changes looks at both pictures of a statement in one join, so that sets cost what their size says."""

from __future__ import annotations

from django.db import migrations

from publicity.guards import GUARD_FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("publicity", "0005_law_and_candidates")]
    operations = [migrations.RunSQL(GUARD_FUNCTIONS, migrations.RunSQL.noop)]
