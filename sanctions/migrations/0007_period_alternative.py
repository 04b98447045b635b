"""The guard of listings lets an open period pass where the entry's law allows one besides its months."""

from django.db import migrations

from sanctions.guards import LISTING_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_period_alternative"), ("sanctions", "0006_advice")]

    operations = [migrations.RunSQL(LISTING_FUNCTION, migrations.RunSQL.noop)]
