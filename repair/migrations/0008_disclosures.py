"""An application may be about the publication of a penalty; whose it is stands on the application itself."""

import django.db.models.deletion
from django.db import migrations, models

SUBJECTS = """
SELECT set_config('core.actor', '{"kind": "job", "key": "migration", "label": "数据迁移"}', true),
       set_config('core.act', 'repair.own_subject', true),
       set_config('core.reason', '补记申请所属主体', true), set_config('core.act_on', '', true);
UPDATE repair_application application SET subject_id = listing.subject_id
  FROM sanctions_listing listing WHERE listing.id = application.listing_id;
"""
PROTECT = django.db.models.deletion.PROTECT
PENALTY = {"null": True, "blank": True, "verbose_name": "处罚公示记录"}
KEPT = {"db_constraint": False, "on_delete": django.db.models.deletion.DO_NOTHING, "related_name": "+"}


class Migration(migrations.Migration):
    dependencies = [
        ("publicity", "0007_ways_of_asking"),
        ("repair", "0007_ends_announced_again"),
        ("sanctions", "0013_untold_index"),
        ("subjects", "0007_login_proof"),
    ]

    operations = [
        migrations.AlterField(
            "application",
            "listing",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=PROTECT,
                related_name="repair_applications",
                to="sanctions.listing",
                verbose_name="列入",
            ),
        ),
        migrations.AddField(
            "application",
            "penalty",
            models.ForeignKey(on_delete=PROTECT, related_name="repair_applications", to="publicity.penalty", **PENALTY),
        ),
        migrations.AddField(
            "historicalapplication", "penalty", models.ForeignKey(to="publicity.penalty", **KEPT, **PENALTY)
        ),
        migrations.AddField(
            "application",
            "subject",
            models.ForeignKey(
                null=True,
                on_delete=PROTECT,
                related_name="repair_applications",
                to="subjects.subject",
                verbose_name="主体",
            ),
        ),
        migrations.AddField(
            "historicalapplication",
            "subject",
            models.ForeignKey(blank=True, null=True, to="subjects.subject", verbose_name="主体", **KEPT),
        ),
        migrations.RunSQL(SUBJECTS, migrations.RunSQL.noop),
    ]
