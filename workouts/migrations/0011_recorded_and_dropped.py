"""Marks two kinds of workouts that are not in the plan's sums: recorded without a plan, and dropped by the coach.

Nullable, because the old version inserts workouts without them. NULL means no. A NULL in `is_recorded` also means that
it has not been determined yet, so the next import may set it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workouts", "0010_what_was_done")]

    operations = [
        migrations.AddField(
            model_name="workout",
            name="is_recorded",
            field=models.BooleanField(
                help_text="An activity that was never planned. Empty: nobody has looked yet.",
                null=True,
                verbose_name="recorded",
            ),
        ),
        migrations.AddField(
            model_name="workout",
            name="is_dropped",
            field=models.BooleanField(
                help_text="The coach has taken it out of the plan.", null=True, verbose_name="dropped"
            ),
        ),
    ]
