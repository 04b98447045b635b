# Drafts of the services online, and the files held for them.

import django.db.models.deletion
from django.db import migrations, models

import core.clock
import core.fields


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_personal_reports")]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", core.fields.PublicIdField()),
                ("key_digest", models.CharField(editable=False, max_length=64, verbose_name="续办码摘要")),
                (
                    "service",
                    models.CharField(
                        choices=[("objection", "异议"), ("complaint", "投诉"), ("repair", "信用修复申请")],
                        max_length=10,
                        verbose_name="事项",
                    ),
                ),
                ("about_kind", models.CharField(max_length=16, verbose_name="对象类别")),
                ("about_key", models.CharField(max_length=40, verbose_name="对象编号")),
                ("sealing_key", models.CharField(editable=False, max_length=40, verbose_name="密钥编号")),
                ("sealed", models.BinaryField(verbose_name="已填写内容（密文）")),
                ("keep_until", models.DateField(verbose_name="保留至")),
                (
                    "started_at",
                    models.DateTimeField(default=core.clock.now, editable=False, verbose_name="开始时间"),
                ),
                ("touched_at", models.DateTimeField(default=core.clock.now, verbose_name="上次保存时间")),
                ("filed_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("number", models.CharField(blank=True, max_length=16, verbose_name="回执编号")),
            ],
            options={
                "verbose_name": "网上办事草稿",
                "verbose_name_plural": "网上办事草稿",
                "indexes": [models.Index(fields=["keep_until"], name="portal_draft_expiry")],
            },
        ),
        migrations.CreateModel(
            name="DraftFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16, verbose_name="材料类别")),
                ("path", models.CharField(editable=False, max_length=80, verbose_name="存放位置")),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("label", models.CharField(max_length=40, verbose_name="类型")),
                ("size", models.BigIntegerField(verbose_name="字节数")),
                (
                    "added_at",
                    models.DateTimeField(default=core.clock.now, editable=False, verbose_name="上传时间"),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="portal.draft",
                        verbose_name="草稿",
                    ),
                ),
            ],
            options={"verbose_name": "草稿材料", "verbose_name_plural": "草稿材料", "ordering": ["id"]},
        ),
    ]
