"""Sign-ins are only ever added."""

from django.db import migrations

from core.history import append_only_sql

TABLE = "organizations_signin"


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_no_succession_circles"), ("core", "0001_functions")]
    operations = [migrations.RunSQL(append_only_sql(TABLE), f"DROP TRIGGER refuse_change ON {TABLE}")]
