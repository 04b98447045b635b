"""A listing and its pauses as known at an instant: whole acts, never the half of one."""

from django.db import migrations, models

BEGUN = {"null": True, "verbose_name": "业务开始时刻"}


class Migration(migrations.Migration):
    dependencies = [("core", "0014_whole_acts"), ("sanctions", "0010_silence")]

    operations = [
        migrations.AddField("historicallisting", "history_begun", models.DateTimeField(**BEGUN)),
        migrations.AddField("historicallistingpause", "history_begun", models.DateTimeField(**BEGUN)),
    ]
