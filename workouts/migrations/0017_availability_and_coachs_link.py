"""Creates the days on which the athlete cannot train, and allows tokens for the coach's link.

The old version does not know either: it neither reads the table nor finds a token by that purpose.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workouts", "0016_week_start")]

    operations = [
        migrations.CreateModel(
            name="Availability",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(help_text="Included.")),
                (
                    "discipline",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No training"),
                            ("Swim", "No swimming"),
                            ("Bike", "No cycling"),
                            ("Run", "No running"),
                            ("Strength", "No strength training"),
                            ("Other", "No other training"),
                        ],
                        help_text="What cannot be done. Empty: nothing can.",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "db_table": "availability",
                "ordering": ("first_day", "id"),
                "verbose_name_plural": "availability",
            },
        ),
        migrations.AlterField(
            model_name="token",
            name="purpose",
            field=models.CharField(
                choices=[("feed", "Calendar feed"), ("api", "API"), ("coach", "Coach's link")], max_length=10
            ),
        ),
    ]
