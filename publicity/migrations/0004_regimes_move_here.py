"""The publicity regimes move here from repair: the table with its history changes its name, nothing in it."""

import simple_history.models
from django.db import migrations, models

import core.clock
import core.fields
import core.history
from core.guards import dated_guard
from core.history import track_sql

MOVE = """
ALTER TABLE repair_regime RENAME TO publicity_regime;
ALTER TABLE repair_historicalregime RENAME TO publicity_historicalregime;
DO $body$
DECLARE named record;
BEGIN
    FOR named IN SELECT conrelid::regclass AS at, conname AS old FROM pg_constraint WHERE conname LIKE 'repair\\_%'
            AND conrelid IN ('publicity_regime'::regclass, 'publicity_historicalregime'::regclass) LOOP
        EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', named.at, named.old,
                       'publicity' || substr(named.old, 7));
    END LOOP;
    FOR named IN SELECT indexrelid::regclass::text AS old FROM pg_index
          WHERE indrelid IN ('publicity_regime'::regclass, 'publicity_historicalregime'::regclass)
            AND indexrelid::regclass::text LIKE 'repair\\_%' LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', named.old, 'publicity' || substr(named.old, 7));
    END LOOP;
    FOR named IN SELECT relname AS old FROM pg_class WHERE relkind = 'S'
            AND relname IN ('repair_regime_id_seq', 'repair_historicalregime_history_id_seq') LOOP
        EXECUTE format('ALTER SEQUENCE %I RENAME TO %I', named.old, 'publicity' || substr(named.old, 7));
    END LOOP;
END $body$;
"""
FORGET = """
DROP TRIGGER track_insert ON {table};
DROP TRIGGER track_update ON {table};
DROP TRIGGER track_delete ON {table};
DROP TRIGGER refuse_truncate ON {table};
DROP TRIGGER refuse_change ON {history};
"""
GUARD = dated_guard(
    "publicity_guard_regime",
    "publicity_guard",
    ("publicity_regime",),
    noun="公示期规则",
    code="CR605",
    hint="提出新规则，由另一名系统管理员复核",
)
TABLES = {"table": "publicity_regime", "history": "publicity_historicalregime"}
MOVED = "".join(
    [
        MOVE,
        "DROP TRIGGER repair_guard ON publicity_regime;",
        FORGET.format(**TABLES),
        track_sql(TABLES["table"], TABLES["history"]),
        GUARD,
    ]
)


class Migration(migrations.Migration):
    dependencies = [("publicity", "0003_quality_and_peers"), ("repair", "0004_login_proof")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MOVED)],
            state_operations=[
                migrations.CreateModel(
                    name="HistoricalRegime",
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
                        (
                            "proposed_by_key",
                            models.CharField(editable=False, max_length=100, verbose_name="提出人编号"),
                        ),
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
                        ("code", models.SlugField(max_length=40, verbose_name="规则代号")),
                        ("name", models.CharField(max_length=100, verbose_name="规则名称")),
                        (
                            "severity",
                            models.CharField(
                                choices=[("minor", "轻微"), ("ordinary", "一般"), ("serious", "严重")],
                                max_length=10,
                                verbose_name="失信程度",
                            ),
                        ),
                        ("min_months", models.PositiveSmallIntegerField(verbose_name="最短公示期（月）")),
                        ("max_months", models.PositiveSmallIntegerField(verbose_name="最长公示期（月）")),
                        ("early_end", models.BooleanField(default=True, verbose_name="期满前可申请修复")),
                        ("note", models.TextField(blank=True, verbose_name="说明")),
                        ("history_user_id", models.BigIntegerField(null=True)),
                        ("history_change_reason", models.TextField(null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 公示期规则",
                        "verbose_name_plural": "historical 公示期规则",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Regime",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                        (
                            "proposed_by_key",
                            models.CharField(editable=False, max_length=100, verbose_name="提出人编号"),
                        ),
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
                        ("code", models.SlugField(max_length=40, verbose_name="规则代号")),
                        ("name", models.CharField(max_length=100, verbose_name="规则名称")),
                        (
                            "severity",
                            models.CharField(
                                choices=[("minor", "轻微"), ("ordinary", "一般"), ("serious", "严重")],
                                max_length=10,
                                verbose_name="失信程度",
                            ),
                        ),
                        ("min_months", models.PositiveSmallIntegerField(verbose_name="最短公示期（月）")),
                        ("max_months", models.PositiveSmallIntegerField(verbose_name="最长公示期（月）")),
                        ("early_end", models.BooleanField(default=True, verbose_name="期满前可申请修复")),
                        ("note", models.TextField(blank=True, verbose_name="说明")),
                    ],
                    options={
                        "verbose_name": "公示期规则",
                        "verbose_name_plural": "公示期规则",
                        "ordering": ["valid_from", "severity"],
                    },
                ),
                migrations.AddConstraint(
                    model_name="regime",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_by_key", ""), _negated=True), ("replaced_on__isnull", True)
                        ),
                        fields=("severity", "valid_from"),
                        name="publicity_regime_once_a_day",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="regime",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("confirmed_by_key", models.F("proposed_by_key")), _negated=True),
                        name="publicity_regime_two_officers",
                        violation_error_message="提出与复核应由两名不同人员办理",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="regime",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="publicity_regime_span",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="regime",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("max_months__gte", models.F("min_months")), ("max_months__gte", 1)),
                        name="publicity_regime_months",
                    ),
                ),
            ],
        )
    ]
