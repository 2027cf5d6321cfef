"""Adds the day on which the athlete's weeks begin.

It has a default in the database, because the old version inserts preferences without it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workouts", "0015_done_and_started_at")]

    operations = [
        migrations.AddField(
            model_name="preferences",
            name="week_start",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Monday"), (5, "Saturday"), (6, "Sunday")],
                db_default=0,
                default=0,
                verbose_name="weeks begin on",
            ),
        ),
    ]
