"""What the database itself refuses: passed articles are not rewritten, what was handed in stands, figures only grow."""

from __future__ import annotations

from django.db import migrations

from core.history import append_only_sql
from portal.editorial import guards as articles
from portal.tips import guards as tips

FIGURES = "portal_publishedfigures"


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_editorial_statistics_tips"), ("core", "0003_append_only")]
    operations = [
        migrations.RunSQL(articles.INSTALL, articles.REMOVE),
        migrations.RunSQL(tips.INSTALL, tips.REMOVE),
        migrations.RunSQL(append_only_sql(FIGURES), f'DROP TRIGGER refuse_change ON "{FIGURES}";'),
    ]
