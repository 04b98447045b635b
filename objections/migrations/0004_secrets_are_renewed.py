"""A follow-up secret that was lost can be replaced; everything else that was handed in stays as it is."""

from __future__ import annotations

from django.db import migrations

from objections.guards import replaced


class Migration(migrations.Migration):
    dependencies = [("objections", "0003_contested_subject")]
    operations = [migrations.RunSQL(replaced(), migrations.RunSQL.noop)]
