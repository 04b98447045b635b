from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from core.history import append_only_sql

TABLE = "exchange_outgoingevent"


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0016_idempotent_calls"),
        ("exchange", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutgoingHorizon",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.BigIntegerField(default=0, verbose_name="位置")),
            ],
            options={
                "verbose_name": "对外事件水位",
                "verbose_name_plural": "对外事件水位",
            },
        ),
        migrations.CreateModel(
            name="OutgoingEvent",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="位置")),
                ("demo", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.outboxevent",
                        verbose_name="事件",
                    ),
                ),
            ],
            options={
                "verbose_name": "对外事件",
                "verbose_name_plural": "对外事件",
            },
        ),
        migrations.RunSQL(append_only_sql(TABLE), f"DROP TRIGGER refuse_change ON {TABLE}"),
    ]
