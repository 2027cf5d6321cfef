"""When a workout or its selection last changed: calendars ask for it (RFC 5545, LAST-MODIFIED and SEQUENCE).

The selection's own `updated_at` is not enough: it is gone with the selection when the athlete goes back to the plan.
Nullable, because the old version inserts workouts without it.

`created_at` becomes a default of the model, so that a workout that is restored keeps its own. The column stays as it
is; as an operation of the database it would copy an SQLite table for nothing.
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
