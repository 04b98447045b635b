"""What supervision keeps: that a subject was told who asked about it."""

import django.db.models.deletion
import simple_history.models
from django.db import migrations, models

import core.clock
import core.fields
import core.history


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_functions"),
        ("core", "0016_idempotent_calls"),
        ("organizations", "0005_clients_at_work"),
        ("sanctions", "0014_checks"),
        ("subjects", "0008_credit_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckRate",
            fields=[],
            options={
                "verbose_name": "逢报必查率",
                "verbose_name_plural": "逢报必查率",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("sanctions.check",),
        ),
        migrations.CreateModel(
            name="HistoricalAskedStatement",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_actor", models.JSONField(null=True, verbose_name="经办人")),
                ("history_act", models.CharField(blank=True, max_length=100, verbose_name="业务")),
                ("history_on", models.DateField(null=True, verbose_name="法定日期")),
                ("public_id", core.fields.PublicIdField(db_index=True, unique=False)),
                (
                    "presented",
                    models.CharField(
                        choices=[
                            ("self", "本人（自然人）"),
                            ("representative", "法定代表人、负责人"),
                            ("agent", "受托人"),
                        ],
                        max_length=16,
                        verbose_name="申请人",
                    ),
                ),
                ("presenter", models.CharField(max_length=100, verbose_name="来人姓名")),
                ("issued_by_label", models.CharField(max_length=200, verbose_name="经办人")),
                ("issued_on", models.DateField(verbose_name="出具日")),
                ("until", models.DateField(help_text="这一日及以前的核查可以告知", verbose_name="核查截止日")),
                ("lines", models.PositiveIntegerField(verbose_name="核查次数")),
                ("recorded_at", models.DateTimeField(default=core.clock.now, verbose_name="登记时间")),
                ("history_user_id", models.BigIntegerField(null=True)),
                ("history_change_reason", models.TextField(null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="core.attachment",
                        verbose_name="授权委托书",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="主体",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="出具窗口",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical 核查情况查询单",
                "verbose_name_plural": "historical 核查情况查询单",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="AskedStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", core.fields.PublicIdField()),
                (
                    "presented",
                    models.CharField(
                        choices=[
                            ("self", "本人（自然人）"),
                            ("representative", "法定代表人、负责人"),
                            ("agent", "受托人"),
                        ],
                        max_length=16,
                        verbose_name="申请人",
                    ),
                ),
                ("presenter", models.CharField(max_length=100, verbose_name="来人姓名")),
                ("issued_by_label", models.CharField(max_length=200, verbose_name="经办人")),
                ("issued_on", models.DateField(verbose_name="出具日")),
                ("until", models.DateField(help_text="这一日及以前的核查可以告知", verbose_name="核查截止日")),
                ("lines", models.PositiveIntegerField(verbose_name="核查次数")),
                ("recorded_at", models.DateTimeField(default=core.clock.now, verbose_name="登记时间")),
                (
                    "mandate",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.attachment",
                        verbose_name="授权委托书",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="主体",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                        verbose_name="出具窗口",
                    ),
                ),
            ],
            options={
                "verbose_name": "核查情况查询单",
                "verbose_name_plural": "核查情况查询单",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["unit", "-id"], name="supervision_asked_of_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("presented", "agent"), _negated=True), ("mandate__isnull", False), _connector="OR"
                        ),
                        name="supervision_agent_with_mandate",
                    )
                ],
            },
        ),
        core.history.TrackHistory(
            model_name="AskedStatement",
        ),
    ]
