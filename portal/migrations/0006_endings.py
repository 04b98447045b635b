"""Ends of what is kept: warned drafts, erased files of persons' reports; and a tip's lost secret can be replaced."""

from __future__ import annotations

from django.db import migrations, models

from portal.tips import guards

ERASED = {"blank": True, "null": True, "verbose_name": "文件删除日"}
WARNED = {"blank": True, "null": True, "verbose_name": "已提醒的到期日"}


class Migration(migrations.Migration):
    dependencies = [("portal", "0005_editorial_guards")]
    operations = [
        migrations.AddField("personalreport", "erased_on", models.DateField(**ERASED)),
        migrations.AddField("historicalpersonalreport", "erased_on", models.DateField(**ERASED)),
        migrations.AddField("draft", "warned_for", models.DateField(**WARNED)),
        migrations.RunSQL(guards.RENEWABLE, guards.STRICT),
    ]
