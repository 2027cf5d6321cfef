"""Adds the time when a workout or its selection last changed, for calendars (RFC 5545, LAST-MODIFIED and SEQUENCE).

The selection's `updated_at` is not enough: it is deleted with the selection when the athlete resets it. Nullable,
because the old version inserts workouts without it.

`created_at` gets a default in the model instead of `auto_now_add`, so that a restored workout keeps its value. The
column does not change: as a database operation, this would rebuild the SQLite table for nothing.
"""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workouts", "0005_unique_selection_per_workout")]

    operations = [
        migrations.AddField(
            model_name="workout",
            name="modified_at",
            field=models.DateTimeField(
                editable=False,
                help_text="The last change of the workout or of its selection, made by this planner.",
                null=True,
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="workout",
                    name="created_at",
                    field=models.DateTimeField(default=django.utils.timezone.now, null=True),
                )
            ]
        ),
    ]
