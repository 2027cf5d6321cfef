"""Makes the database enforce one selection per workout. The constraint is added while the old version writes.

A database at revision ffe812d426e2 of the Flask application has the constraint already and keeps it.
"""

from django.db import migrations, models

from releases.operations import AddUniqueConstraint
from workouts.migrations import _guard as guard
from workouts.migrations._references import make_deferrable, make_not_deferrable


def with_guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            make_deferrable(cursor, schema_editor.connection)


def without_guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            make_not_deferrable(cursor, schema_editor.connection)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("workouts", "0004_deduplicate_selections")]

    operations = [
        AddUniqueConstraint(
            model_name="workoutselection",
            constraint=models.UniqueConstraint(fields=["workout"], name="uq_workout_selections_workout_id"),
            with_sql=guard.REMOVE,
            reverse_sql=guard.REINSTALL,
        ),
        migrations.RunPython(without_guard, with_guard),
    ]
