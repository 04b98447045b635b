"""The day from which silence about a waiting objection pauses a listing, by the date alone (ADR 0024)."""

from django.db import migrations, models

from sanctions.guards import LISTING_FUNCTION

FIELD = {"blank": True, "null": True, "verbose_name": "未作决定即视为受理之日"}


class Migration(migrations.Migration):
    dependencies = [("sanctions", "0009_one_vocabulary_of_service")]

    operations = [
        migrations.AddField("listing", "tacit_from", models.DateField(**FIELD)),
        migrations.AddField("historicallisting", "tacit_from", models.DateField(**FIELD)),
        migrations.AddConstraint(
            "listing",
            models.CheckConstraint(
                condition=models.Q(
                    ("tacit_from__isnull", True), models.Q(("polarity", "incentive"), _negated=True), _connector="OR"
                ),
                name="sanctions_reward_not_paused",
            ),
        ),
        migrations.RunSQL(LISTING_FUNCTION, migrations.RunSQL.noop),
    ]
