"""Where check pages may be shown, and their hand-overs (ADR 0033)."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.fields
import core.history


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_functions"),
        ("sanctions", "0014_checks"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckPageOrigin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", core.fields.PublicIdField()),
                (
                    "origin",
                    models.CharField(help_text="如 https://spj.example.gov.cn", max_length=200, verbose_name="来源"),
                ),
                ("registered_on", models.DateField(verbose_name="登记日")),
                ("registered_by_label", models.CharField(max_length=200, verbose_name="登记人")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="停用日")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_page_origins",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                        verbose_name="接口客户端",
                    ),
                ),
            ],
            options={
                "verbose_name": "核查页面来源",
                "verbose_name_plural": "核查页面来源",
                "ordering": ["client", "origin"],
            },
        ),
        migrations.CreateModel(
            name="CheckPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", core.fields.PublicIdField()),
                (
                    "ticket_digest",
                    models.CharField(editable=False, max_length=64, unique=True, verbose_name="地址摘要"),
                ),
                ("key_id", models.CharField(blank=True, editable=False, max_length=40, verbose_name="密钥编号")),
                ("sealed", models.BinaryField(default=bytes, verbose_name="待核查内容")),
                ("handed_at", models.DateTimeField(default=core.clock.now, verbose_name="交接时间")),
                ("expires_at", models.DateTimeField(verbose_name="失效时间")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="打开时间")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                        verbose_name="接口客户端",
                    ),
                ),
                (
                    "of_check",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sanctions.check",
                        verbose_name="核查",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sanctions.checkpageorigin",
                        verbose_name="来源",
                    ),
                ),
            ],
            options={
                "verbose_name": "核查页面交接",
                "verbose_name_plural": "核查页面交接",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalCheckPageOrigin",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_actor", models.JSONField(null=True, verbose_name="经办人")),
                ("history_act", models.CharField(blank=True, max_length=100, verbose_name="业务")),
                ("history_on", models.DateField(null=True, verbose_name="法定日期")),
                ("public_id", core.fields.PublicIdField(db_index=True, unique=False)),
                (
                    "origin",
                    models.CharField(help_text="如 https://spj.example.gov.cn", max_length=200, verbose_name="来源"),
                ),
                ("registered_on", models.DateField(verbose_name="登记日")),
                ("registered_by_label", models.CharField(max_length=200, verbose_name="登记人")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="停用日")),
                ("history_user_id", models.BigIntegerField(null=True)),
                ("history_change_reason", models.TextField(null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                        verbose_name="接口客户端",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical 核查页面来源",
                "verbose_name_plural": "historical 核查页面来源",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddConstraint(
            model_name="checkpageorigin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_on__isnull", True)),
                fields=("client", "origin"),
                name="sanctions_origin_once",
            ),
        ),
        migrations.AddIndex(
            model_name="checkpage",
            index=models.Index(
                condition=models.Q(("key_id", ""), _negated=True), fields=["expires_at"], name="sanctions_page_sealed"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkpage",
            constraint=models.CheckConstraint(
                condition=models.Q(("opened_at__isnull", True), ("key_id", ""), _connector="OR"),
                name="sanctions_page_opened_is_emptied",
            ),
        ),
        core.history.TrackHistory(
            model_name="CheckPageOrigin",
        ),
    ]
