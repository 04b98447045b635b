"""History rows of tables that answer in two times know which act wrote them."""

from django.db import migrations

from core.history import WRITE_HISTORY


class Migration(migrations.Migration):
    dependencies = [("core", "0013_wrong_secrets")]

    operations = [migrations.RunSQL(WRITE_HISTORY, migrations.RunSQL.noop)]
