"""Embedded checks, their answers and feedback, and which measure bears on which matter."""

import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.db import migrations, models

import core.clock
import core.fields
import core.history
from sanctions.check_guards import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_period_alternative"),
        ("core", "0001_functions"),
        ("core", "0003_append_only"),
        ("core", "0016_idempotent_calls"),
        ("organizations", "0005_clients_at_work"),
        ("sanctions", "0013_untold_index"),
        ("subjects", "0008_credit_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", core.fields.PublicIdField()),
                ("asked_by_kind", models.CharField(max_length=12, verbose_name="身份")),
                ("asked_by_key", models.CharField(max_length=100, verbose_name="核查人编号")),
                ("asked_by_label", models.CharField(max_length=200, verbose_name="核查人")),
                (
                    "matter_kind",
                    models.CharField(
                        choices=[
                            ("licence", "行政许可"),
                            ("qualification", "资质资格认定"),
                            ("honour", "评先评优、荣誉表彰"),
                            ("subsidy", "财政资金、政策补贴"),
                            ("preference", "优惠便利政策"),
                            ("procurement", "政府采购"),
                            ("tender", "招标投标"),
                            ("land", "土地等公共资源供应"),
                            ("finance", "融资授信"),
                            ("appointment", "任职、录用、从业"),
                            ("tax", "税务、海关事项"),
                            ("supervision", "日常监管、检查"),
                            ("other", "其他"),
                        ],
                        max_length=16,
                        verbose_name="事项类别",
                    ),
                ),
                ("matter_name", models.CharField(max_length=200, verbose_name="事项名称")),
                ("business_number", models.CharField(blank=True, max_length=100, verbose_name="业务编号")),
                ("asked_at", models.DateTimeField(default=core.clock.now, verbose_name="核查时间")),
                ("asked_on", models.DateField(verbose_name="核查日")),
                ("position", models.BigIntegerField(verbose_name="事件位置")),
                ("count", models.PositiveIntegerField(verbose_name="主体数")),
                ("sources", models.JSONField(default=list, verbose_name="所查来源")),
                ("sandbox", models.BooleanField(default=False, verbose_name="沙箱")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="回执摘要")),
                ("key_id", models.CharField(blank=True, max_length=40, verbose_name="签名密钥编号")),
                ("signature", models.CharField(blank=True, max_length=200, verbose_name="签名")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="organizations.organization",
                        verbose_name="核查单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "核查",
                "verbose_name_plural": "核查",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="CheckJob",
            fields=[
                (
                    "of_check",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="job",
                        serialize=False,
                        to="sanctions.check",
                        verbose_name="核查",
                    ),
                ),
                ("key_id", models.CharField(editable=False, max_length=40, verbose_name="密钥编号")),
                ("asked", models.BinaryField(verbose_name="待核查内容")),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None, verbose_name="代表的单位"
                    ),
                ),
                ("answered", models.PositiveIntegerField(default=0, verbose_name="已答行数")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="次数")),
            ],
            options={
                "verbose_name": "批量核查任务",
                "verbose_name_plural": "批量核查任务",
            },
        ),
        migrations.CreateModel(
            name="CheckedSubject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField(verbose_name="行号")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("forbid", "禁止"),
                            ("restrict", "限制"),
                            ("remind", "提醒"),
                            ("incentive", "激励"),
                            ("nothing", "所查来源中没有应对该事项实施的措施"),
                            ("not_found", "所查来源中没有该主体"),
                            ("rejected", "该行有误，未核查"),
                        ],
                        max_length=12,
                        verbose_name="结论",
                    ),
                ),
                ("answer", models.JSONField(verbose_name="答复")),
                (
                    "of_check",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="sanctions.check",
                        verbose_name="核查",
                    ),
                ),
                (
                    "personal",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.personalidentifier",
                        verbose_name="证件",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="主体",
                    ),
                ),
            ],
            options={
                "verbose_name": "核查答复",
                "verbose_name_plural": "核查答复",
                "ordering": ["of_check", "line"],
            },
        ),
        migrations.CreateModel(
            name="CheckFeedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", core.fields.PublicIdField()),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("refused", "不予办理"),
                            ("restricted", "限制办理或从严办理"),
                            ("rewarded", "落实激励"),
                            ("granted", "予以办理"),
                            ("granted_despite", "仍予办理"),
                            ("withdrawn", "申请人撤回或者未作决定"),
                        ],
                        max_length=16,
                        verbose_name="办理结果",
                    ),
                ),
                ("decided_on", models.DateField(verbose_name="决定日")),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                ("by_kind", models.CharField(max_length=12, verbose_name="身份")),
                ("by_key", models.CharField(max_length=100, verbose_name="反馈人编号")),
                ("by_label", models.CharField(max_length=200, verbose_name="反馈人")),
                ("recorded_at", models.DateTimeField(default=core.clock.now, verbose_name="记录时间")),
                (
                    "checked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="sanctions.checkedsubject",
                        verbose_name="核查答复",
                    ),
                ),
                (
                    "feedback",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_feedback",
                        to="sanctions.feedback",
                        verbose_name="执行反馈",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_feedback",
                        to="sanctions.executiontask",
                        verbose_name="任务",
                    ),
                ),
            ],
            options={
                "verbose_name": "核查反馈",
                "verbose_name_plural": "核查反馈",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalMatterRule",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("history_actor", models.JSONField(null=True, verbose_name="经办人")),
                ("history_act", models.CharField(blank=True, max_length=100, verbose_name="业务")),
                ("history_on", models.DateField(null=True, verbose_name="法定日期")),
                ("valid_from", models.DateField(verbose_name="施行日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="最后适用日")),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                (
                    "confidence",
                    models.CharField(
                        choices=[("sure", "有据"), ("unsure", "待核实")],
                        default="unsure",
                        max_length=10,
                        verbose_name="把握",
                    ),
                ),
                (
                    "replaced_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="被同日规则更正日"),
                ),
                ("proposed_by_key", models.CharField(editable=False, max_length=100, verbose_name="提出人编号")),
                ("proposed_by_label", models.CharField(editable=False, max_length=200, verbose_name="提出人")),
                (
                    "confirmed_by_key",
                    models.CharField(blank=True, editable=False, max_length=100, verbose_name="复核人编号"),
                ),
                (
                    "confirmed_by_label",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="复核人"),
                ),
                ("public_id", core.fields.PublicIdField(db_index=True, unique=False)),
                (
                    "matter_kind",
                    models.CharField(
                        choices=[
                            ("licence", "行政许可"),
                            ("qualification", "资质资格认定"),
                            ("honour", "评先评优、荣誉表彰"),
                            ("subsidy", "财政资金、政策补贴"),
                            ("preference", "优惠便利政策"),
                            ("procurement", "政府采购"),
                            ("tender", "招标投标"),
                            ("land", "土地等公共资源供应"),
                            ("finance", "融资授信"),
                            ("appointment", "任职、录用、从业"),
                            ("tax", "税务、海关事项"),
                            ("supervision", "日常监管、检查"),
                            ("other", "其他"),
                        ],
                        max_length=16,
                        verbose_name="事项类别",
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("forbid", "禁止"),
                            ("restrict", "限制"),
                            ("remind", "提醒"),
                            ("incentive", "激励"),
                            ("none", "与该类事项无关"),
                        ],
                        max_length=12,
                        verbose_name="对该类事项",
                    ),
                ),
                ("history_user_id", models.BigIntegerField(null=True)),
                ("history_change_reason", models.TextField(null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.measure",
                        verbose_name="措施",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical 措施适用事项",
                "verbose_name_plural": "historical 措施适用事项",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="MatterRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="施行日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="最后适用日")),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                (
                    "confidence",
                    models.CharField(
                        choices=[("sure", "有据"), ("unsure", "待核实")],
                        default="unsure",
                        max_length=10,
                        verbose_name="把握",
                    ),
                ),
                (
                    "replaced_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="被同日规则更正日"),
                ),
                ("proposed_by_key", models.CharField(editable=False, max_length=100, verbose_name="提出人编号")),
                ("proposed_by_label", models.CharField(editable=False, max_length=200, verbose_name="提出人")),
                (
                    "confirmed_by_key",
                    models.CharField(blank=True, editable=False, max_length=100, verbose_name="复核人编号"),
                ),
                (
                    "confirmed_by_label",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="复核人"),
                ),
                ("public_id", core.fields.PublicIdField()),
                (
                    "matter_kind",
                    models.CharField(
                        choices=[
                            ("licence", "行政许可"),
                            ("qualification", "资质资格认定"),
                            ("honour", "评先评优、荣誉表彰"),
                            ("subsidy", "财政资金、政策补贴"),
                            ("preference", "优惠便利政策"),
                            ("procurement", "政府采购"),
                            ("tender", "招标投标"),
                            ("land", "土地等公共资源供应"),
                            ("finance", "融资授信"),
                            ("appointment", "任职、录用、从业"),
                            ("tax", "税务、海关事项"),
                            ("supervision", "日常监管、检查"),
                            ("other", "其他"),
                        ],
                        max_length=16,
                        verbose_name="事项类别",
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("forbid", "禁止"),
                            ("restrict", "限制"),
                            ("remind", "提醒"),
                            ("incentive", "激励"),
                            ("none", "与该类事项无关"),
                        ],
                        max_length=12,
                        verbose_name="对该类事项",
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matter_rules",
                        to="catalog.measure",
                        verbose_name="措施",
                    ),
                ),
            ],
            options={
                "verbose_name": "措施适用事项",
                "verbose_name_plural": "措施适用事项",
                "ordering": ["measure__sort", "measure__code", "matter_kind", "valid_from"],
            },
        ),
        migrations.AddIndex(
            model_name="check",
            index=models.Index(fields=["unit", "asked_on", "matter_kind"], name="sanctions_check_of_unit"),
        ),
        migrations.AddIndex(
            model_name="check",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", True)), fields=["id"], name="sanctions_check_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("digest", ""), ("signature", "")),
                    models.Q(
                        ("answered_at__isnull", False),
                        models.Q(("digest", ""), _negated=True),
                        models.Q(("signature", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="sanctions_check_answered_is_signed",
            ),
        ),
        migrations.AddIndex(
            model_name="checkedsubject",
            index=models.Index(
                condition=models.Q(("subject__isnull", False)),
                fields=["subject", "id"],
                name="sanctions_checked_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkedsubject",
            constraint=models.UniqueConstraint(fields=("of_check", "line"), name="sanctions_checked_line"),
        ),
        migrations.AddConstraint(
            model_name="checkfeedback",
            constraint=models.UniqueConstraint(
                fields=("checked", "task"), name="sanctions_check_feedback_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="checkfeedback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "granted_despite"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="sanctions_granted_despite_says_why",
                violation_error_message="仍予办理须写明理由",
            ),
        ),
        migrations.AddConstraint(
            model_name="matterrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("confirmed_by_key", ""), _negated=True), ("replaced_on__isnull", True)),
                fields=("measure", "matter_kind", "valid_from"),
                name="sanctions_matter_rule_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="matterrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_by_key", models.F("proposed_by_key")), _negated=True),
                name="sanctions_matter_rule_two_officers",
                violation_error_message="提出与复核应由两名不同人员办理",
            ),
        ),
        migrations.AddConstraint(
            model_name="matterrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="sanctions_matter_rule_span",
            ),
        ),
        core.history.TrackHistory(
            model_name="MatterRule",
        ),
        migrations.RunSQL(INSTALL, REMOVE),
    ]
