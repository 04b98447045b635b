"""What came in batches is changed by batches only, and confirmed rules of receiving are not rewritten."""

from django.db import migrations

from sanctions.external_guards import DROP_RULES, INSTALL, REMOVE, RULES


class Migration(migrations.Migration):
    dependencies = [("sanctions", "0016_external_lists")]

    operations = [migrations.RunSQL(INSTALL, REMOVE), migrations.RunSQL(RULES, DROP_RULES)]
