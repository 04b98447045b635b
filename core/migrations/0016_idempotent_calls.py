"""Calls repeated under one idempotency key."""

from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0015_taking_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdempotentCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.CharField(max_length=120, verbose_name="调用方")),
                ("door", models.CharField(max_length=80, verbose_name="接口")),
                ("key", models.CharField(max_length=100, verbose_name="幂等键")),
                ("key_id", models.CharField(max_length=40, verbose_name="密钥编号")),
                ("digest", models.CharField(max_length=64, verbose_name="正文摘要")),
                ("ref", models.CharField(max_length=40, verbose_name="结果编号")),
                ("recorded_at", models.DateTimeField(db_index=True, default=core.clock.now, verbose_name="记录时间")),
            ],
            options={
                "verbose_name": "幂等调用",
                "verbose_name_plural": "幂等调用",
                "constraints": [models.UniqueConstraint(fields=("owner", "door", "key"), name="core_idempotent_once")],
            },
        ),
    ]
