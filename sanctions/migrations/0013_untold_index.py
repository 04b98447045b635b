"""The index of what is not told yet, after the rows were written."""

from django.db import migrations, models
from django.db.models import F, Q

UNTOLD = Q(
    ("state", "delisted"),
    Q(("removal_told_on__isnull", True), ("removal_told_on__lt", F("delisted_on")), _connector="OR"),
)


class Migration(migrations.Migration):
    dependencies = [("sanctions", "0012_removals_told")]

    operations = [
        migrations.AddIndex("listing", models.Index(condition=UNTOLD, fields=["id"], name="sanctions_listing_untold")),
    ]
