"""What the database itself refuses in the catalogue, and the functions that say what holds on a day."""

from __future__ import annotations

from django.db import migrations

from catalog.guards import DROP_FUNCTIONS, DROP_GUARDS, FUNCTIONS, INSTALL_GUARDS


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(INSTALL_GUARDS, DROP_GUARDS),
    ]
