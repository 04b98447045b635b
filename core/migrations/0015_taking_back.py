"""A batch is taken back by a worker, piece by piece: it has a state meanwhile, and counts what was taken back."""

from __future__ import annotations

from django.db import migrations, models

STATES = [
    ("received", "已接收"),
    ("reading", "处理中"),
    ("done", "已完成"),
    ("failed", "未入库"),
    ("withdrawing", "撤回中"),
    ("withdrawn", "已撤回"),
]
PHASES = [("check", "预检"), ("merge", "入库"), ("undo", "退回")]


def altered(model: str) -> list[migrations.operations.base.Operation]:
    state = models.CharField("状态", max_length=12, choices=STATES, default="received")
    phase = models.CharField("步骤", max_length=8, choices=PHASES, default="merge")
    taken_back = models.PositiveIntegerField("已撤回的记录", default=0)
    return [
        migrations.AlterField(model, "state", state),
        migrations.AlterField(model, "phase", phase),
        migrations.AddField(model, "taken_back", taken_back),
    ]


class Migration(migrations.Migration):
    dependencies = [("core", "0014_whole_acts")]
    operations = [
        *altered("historicalintakebatch"),
        *altered("intakebatch"),
        migrations.AlterField("intakechunk", "phase", models.CharField("步骤", max_length=8, choices=PHASES)),
        migrations.RemoveIndex("intakebatch", "core_intake_unfinished"),
        migrations.AddIndex(
            "intakebatch",
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=("received", "reading", "withdrawing")),
                name="core_intake_unfinished",
            ),
        ),
    ]
