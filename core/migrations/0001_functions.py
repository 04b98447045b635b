"""Database functions that the tables of every app lean on."""

from __future__ import annotations

from django.db import migrations

from core.history import DROP_FUNCTIONS, WRITE_HISTORY
from core.periods import DROP_PERIOD_SQL, PERIOD_SQL


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(WRITE_HISTORY, DROP_FUNCTIONS),
        migrations.RunSQL(PERIOD_SQL, DROP_PERIOD_SQL),
    ]
