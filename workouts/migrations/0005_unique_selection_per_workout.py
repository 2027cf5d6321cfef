"""One selection per workout, held by the database.

A database that the Flask application had already constrained (revision ffe812d426e2) keeps its constraint.
"""

from django.db import migrations, models

from releases.operations import AddUniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("workouts", "0004_deduplicate_selections")]

    operations = [
        AddUniqueConstraint(
            model_name="workoutselection",
            constraint=models.UniqueConstraint(fields=["workout"], name="uq_workout_selections_workout_id"),
        ),
    ]
