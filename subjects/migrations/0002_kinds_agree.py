"""Identifiers and names repeat their subject's kind under a composite key, so that checks on the kind hold in SQL."""

from django.db import migrations

TABLES = ("subjects_identifier", "subjects_subjectname")
FORWARD = ";\n".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_of_subject FOREIGN KEY (subject_id, kind)"
    " REFERENCES subjects_subject (id, kind) DEFERRABLE INITIALLY DEFERRED"
    for table in TABLES
)
BACKWARD = ";\n".join(f"ALTER TABLE {table} DROP CONSTRAINT {table}_of_subject" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("subjects", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
