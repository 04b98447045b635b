"""A refusal that was found wrong is decided anew: a second verification, and the steps back into handling."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from repair.guards import APPLICATION_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("repair", "0005_regime_moved")]
    operations = [
        migrations.AlterField(
            model_name="verification",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="verifications",
                to="repair.application",
                verbose_name="申请",
            ),
        ),
        migrations.RunSQL(APPLICATION_FUNCTION, migrations.RunSQL.noop),
    ]
