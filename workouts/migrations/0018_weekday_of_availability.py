"""Adds the weekday of an availability, so that "no swimming on Thursdays" is one entry instead of one for each week.

It is nullable, because the old version inserts availability without it. That means every day, and the old version shows
the entry on every day.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workouts", "0017_availability_and_coachs_link")]

    operations = [
        migrations.AddField(
            model_name="availability",
            name="weekday",
            field=models.PositiveSmallIntegerField(
                blank=True,
                choices=[
                    (0, "Monday"),
                    (1, "Tuesday"),
                    (2, "Wednesday"),
                    (3, "Thursday"),
                    (4, "Friday"),
                    (5, "Saturday"),
                    (6, "Sunday"),
                ],
                help_text="The only one that it concerns. Empty: every day.",
                null=True,
            ),
        ),
    ]
