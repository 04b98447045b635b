"""Which repair goes with which record, refused by the database too."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from repair.guards import APPLICATION_FUNCTION

OPEN = ["received", "accepted", "forwarded", "verified", "opined", "approved"]


class Migration(migrations.Migration):
    dependencies = [("repair", "0008_disclosures")]

    operations = [
        migrations.AlterField(
            "application",
            "subject",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repair_applications",
                to="subjects.subject",
                verbose_name="主体",
            ),
        ),
        migrations.RemoveConstraint("application", "repair_kind_of_a_listing"),
        migrations.AddConstraint(
            "application",
            models.UniqueConstraint(
                condition=Q(("state__in", OPEN)), fields=("penalty", "kind"), name="repair_one_open_about_a_penalty"
            ),
        ),
        migrations.AddConstraint(
            "application",
            models.CheckConstraint(
                condition=Q(
                    Q(("kind", "leave_list"), ("listing__isnull", False), ("penalty__isnull", True)),
                    Q(("kind", "end_disclosure"), ("listing__isnull", True), ("penalty__isnull", False)),
                    _connector="OR",
                ),
                name="repair_kind_of_a_record",
                violation_error_message="移出名单针对名单记录，终止公示针对处罚公示记录",
            ),
        ),
        migrations.RunSQL(APPLICATION_FUNCTION, migrations.RunSQL.noop),
    ]
