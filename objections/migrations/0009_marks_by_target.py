"""Every public page asks which of its targets are contested."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("objections", "0008_silence")]

    operations = [
        migrations.AddIndex(
            "objection", models.Index(fields=["target_kind", "target_key"], name="objections_of_target")
        ),
    ]
