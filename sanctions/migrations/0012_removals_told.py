"""Which removal a subject was told of stands on the listing: the job looks only at what is not told yet."""

from django.db import migrations, models

from sanctions.guards import LISTING_FUNCTION

FIELD = {"blank": True, "null": True, "verbose_name": "移出已告知（所告知的移出日）"}
TOLD = """
SELECT set_config('core.actor', '{"kind": "job", "key": "migration", "label": "数据迁移"}', true),
       set_config('core.act', 'listing.tell_removal', true),
       set_config('core.reason', '补记已告知的移出', true), set_config('core.act_on', '', true);
UPDATE sanctions_listing listing SET removal_told_on = listing.delisted_on
 WHERE listing.state = 'delisted' AND EXISTS (
    SELECT 1 FROM subjects_message message
     WHERE message.about_type = 'sanctions.listing' AND message.about_id = listing.public_id
       AND message.kind = 'sanctions.delisted' AND message.acted_on >= listing.delisted_on);
"""


class Migration(migrations.Migration):
    dependencies = [("sanctions", "0011_whole_acts"), ("subjects", "0006_delivery")]

    operations = [
        migrations.AddField("listing", "removal_told_on", models.DateField(**FIELD)),
        migrations.AddField("historicallisting", "removal_told_on", models.DateField(**FIELD)),
        migrations.RunSQL(LISTING_FUNCTION, migrations.RunSQL.noop),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
    ]
