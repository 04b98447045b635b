"""No number of a body is, or contains, a citizen number, whoever writes it."""

from django.db import migrations

from core.identifiers.citizens import CITIZEN_SQL, DROP_CITIZEN_SQL

FORWARD = f"""{CITIZEN_SQL}
ALTER TABLE subjects_identifier ADD CONSTRAINT subjects_no_citizen_numbers
      CHECK (NOT core_holds_citizen_number(type, value));
"""
BACKWARD = f"ALTER TABLE subjects_identifier DROP CONSTRAINT subjects_no_citizen_numbers; {DROP_CITIZEN_SQL}"


class Migration(migrations.Migration):
    dependencies = [("subjects", "0004_lighter_indexes")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
