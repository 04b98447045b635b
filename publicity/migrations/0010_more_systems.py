"""Rows of more kinds and systems: the other side's number, what its receipts were for, since when a change waits."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import core.clock

# What was acknowledged is behind nothing; the rest since its last change.
BEHIND_SQL = "UPDATE publicity_push SET behind_since = CASE WHEN state = 'acknowledged' THEN NULL ELSE queued_at END"


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0001_initial"),
        ("publicity", "0009_of_subject"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="push",
            options={"ordering": ["-id"], "verbose_name": "信息推送", "verbose_name_plural": "信息推送"},
        ),
        migrations.AddField(
            model_name="difference",
            name="acknowledged",
            field=models.BooleanField(default=False, verbose_name="对方曾回执"),
        ),
        migrations.AddField(
            model_name="difference",
            name="unit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
                verbose_name="报送单位",
            ),
        ),
        migrations.AddField(
            model_name="push",
            name="behind_since",
            field=models.DateTimeField(blank=True, default=core.clock.now, null=True, verbose_name="未跟上自"),
        ),
        migrations.AddField(
            model_name="push",
            name="code",
            field=models.CharField(blank=True, max_length=20, verbose_name="拒收代码"),
        ),
        migrations.AddField(
            model_name="push",
            name="digest",
            field=models.CharField(blank=True, editable=False, max_length=64, verbose_name="回执的内容摘要"),
        ),
        migrations.AddField(
            model_name="push",
            name="number",
            field=models.CharField(blank=True, db_collation="C", max_length=64, verbose_name="对方编号"),
        ),
        migrations.AddField(
            model_name="pushbatch",
            name="contents",
            field=models.JSONField(default=list, verbose_name="所含记录"),
        ),
        migrations.AddField(
            model_name="pushbatch",
            name="digest",
            field=models.CharField(blank=True, max_length=64, verbose_name="摘要"),
        ),
        migrations.AddField(
            model_name="pushbatch",
            name="profile",
            field=models.CharField(blank=True, max_length=40, verbose_name="格式版本"),
        ),
        migrations.AddField(
            model_name="pushbatch",
            name="state",
            field=models.CharField(
                choices=[
                    ("prepared", "待发送"),
                    ("sent", "已发送"),
                    ("received", "已接收"),
                    ("processing", "处理中"),
                    ("partial", "部分成功"),
                    ("done", "成功"),
                    ("failed", "失败"),
                    ("reconciled", "已对账"),
                ],
                default="prepared",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="acknowledged",
            field=models.PositiveIntegerField(null=True, verbose_name="对方已回执"),
        ),
        migrations.AlterField(
            model_name="difference",
            name="decided_on",
            field=models.DateField(verbose_name="所属日期"),
        ),
        migrations.AlterField(
            model_name="difference",
            name="document_number",
            field=models.CharField(blank=True, max_length=200, verbose_name="文书号或者事项"),
        ),
        migrations.AlterField(
            model_name="difference",
            name="kind",
            field=models.CharField(max_length=16, verbose_name="种类"),
        ),
        migrations.AlterField(
            model_name="difference",
            name="what",
            field=models.CharField(
                choices=[
                    ("missing", "对方没有"),
                    ("extra", "对方多出"),
                    ("differs", "内容不一致"),
                    ("not_in", "已收到但没有入库"),
                    ("receipt", "双方一致，缺回执"),
                ],
                max_length=8,
                verbose_name="差异",
            ),
        ),
        migrations.AlterField(
            model_name="push",
            name="decided_on",
            field=models.DateField(null=True, verbose_name="所属日期"),
        ),
        migrations.AlterField(
            model_name="push",
            name="document_number",
            field=models.CharField(blank=True, max_length=200, verbose_name="文书号或者事项"),
        ),
        migrations.AlterField(
            model_name="push",
            name="kind",
            field=models.CharField(max_length=16, verbose_name="种类"),
        ),
        migrations.AlterField(
            model_name="pushbatch",
            name="kind",
            field=models.CharField(max_length=16, verbose_name="种类"),
        ),
        migrations.RunSQL(BEHIND_SQL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="push",
            index=models.Index(
                condition=models.Q(("behind_since__isnull", False)),
                fields=["peer", "behind_since"],
                name="publicity_push_behind",
            ),
        ),
        migrations.AddConstraint(
            model_name="push",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("peer", "number"),
                name="publicity_push_number_once",
            ),
        ),
    ]
