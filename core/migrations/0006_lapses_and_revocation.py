"""The period's SQL twin knows lapses, and the day of a revocation instead of a flag."""

from __future__ import annotations

from django.db import migrations

from core.periods import DROP_EARLIER_PERIOD_SQL, PERIOD_SQL


class Migration(migrations.Migration):
    dependencies = [("core", "0005_jobs")]
    operations = [
        # What the first migration installs is the text of today; only databases of before have the earlier functions.
        migrations.RunSQL(PERIOD_SQL, migrations.RunSQL.noop),
        migrations.RunSQL(DROP_EARLIER_PERIOD_SQL, migrations.RunSQL.noop),
    ]
