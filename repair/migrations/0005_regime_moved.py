"""The publicity regimes have moved to the floor below: only the state forgets them, the table is there already."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("repair", "0004_login_proof"), ("publicity", "0004_regimes_move_here")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="HistoricalRegime"),
                migrations.DeleteModel(name="Regime"),
            ]
        )
    ]
