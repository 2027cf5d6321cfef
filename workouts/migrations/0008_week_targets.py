"""Creates the targets of a week. The old application kept them in a file next to its code."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workouts", "0007_change_history")]

    operations = [
        migrations.CreateModel(
            name="WeekTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField(help_text="Its Monday.", unique=True)),
                ("minutes", models.PositiveIntegerField(blank=True, help_text="In total.", null=True)),
                ("tss", models.PositiveIntegerField(blank=True, null=True, verbose_name="TSS")),
                (
                    "minutes_by_discipline",
                    models.JSONField(blank=True, default=dict, help_text="Discipline: minutes."),
                ),
            ],
            options={"db_table": "week_targets"},
        )
    ]
