# Numbers whose follow-up secret was guessed at.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0012_many_numbers")]

    operations = [
        migrations.CreateModel(
            name="WrongSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number_digest",
                    models.CharField(editable=False, max_length=64, unique=True, verbose_name="编号摘要"),
                ),
                ("wrong", models.PositiveIntegerField(default=1, verbose_name="输错次数")),
                ("first_at", models.DateTimeField(verbose_name="首次输错时间")),
                ("locked_until", models.DateTimeField(null=True, verbose_name="暂停查询至")),
            ],
            options={"verbose_name": "查询码输错记录", "verbose_name_plural": "查询码输错记录"},
        ),
    ]
