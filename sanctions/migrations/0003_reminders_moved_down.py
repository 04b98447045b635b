"""Reminders are the kernel's now, for every due day; what was told already is carried over."""

from django.db import migrations

CARRY = """
INSERT INTO core_reminder (deadline_id, level, unit_id, officer_key, due_on, "on", recorded_at)
SELECT told.deadline_id, told.level, told.unit_id, '', deadline.due_on, told.sent_on,
       told.sent_on::timestamp AT TIME ZONE 'Asia/Shanghai'
  FROM sanctions_reminder told JOIN core_deadline deadline ON deadline.id = told.deadline_id
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("sanctions", "0002_guards"), ("core", "0005_jobs")]
    operations = [
        migrations.RunSQL(CARRY, migrations.RunSQL.noop),
        migrations.DeleteModel(name="Reminder"),
    ]
