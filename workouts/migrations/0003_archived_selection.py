"""Creates the archive, to which 0004 moves every selection that it removes.

Its foreign keys have no constraint and no index. So archived rows outlive the rows they refer to, and the migration has
no deferred SQL: the table and the record of this migration commit together, and a release killed here can be repeated.

The reverse refuses while the archive has rows: each is the only copy of something that the athlete chose.
"""

import django.db.models.deletion
from django.core.management import CommandError
from django.db import migrations, models


def refuse_to_drop_rows(apps, schema_editor):
    archived = apps.get_model("workouts", "ArchivedSelection").objects.using(schema_editor.connection.alias).count()
    if archived:
        raise CommandError(
            f"The archive still holds {archived} selections; dropping it would lose them. Nothing was changed by this "
            "step. They are of a deduplication that did not finish, or of workouts that were deleted since. Finish and "
            "undo the deduplication (python manage.py migrate workouts, then python manage.py migrate workouts 0003), "
            "and export and delete what then is left."
        )


class Migration(migrations.Migration):
    dependencies = [("workouts", "0002_legacy_column_types")]

    operations = [
        migrations.CreateModel(
            name="ArchivedSelection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_selected", models.BooleanField(default=True, null=True, verbose_name="selected")),
                ("current_plan_day", models.DateField(blank=True, null=True, verbose_name="moved to")),
                (
                    "time_of_day",
                    models.CharField(blank=True, help_text="Such as morning or 7am.", max_length=50, null=True),
                ),
                ("workout_location", models.CharField(blank=True, max_length=100, null=True, verbose_name="place")),
                ("user_notes", models.TextField(blank=True, null=True, verbose_name="notes")),
                ("selection_id", models.IntegerField(help_text="Its id while it was live.")),
                ("updated_at", models.DateTimeField(null=True)),
                (
                    "filled",
                    models.JSONField(
                        default=dict,
                        help_text=(
                            "Column that the kept selection took over, and what stood there before: null or ''. By the"
                            " name of a column of another table: the keys of its rows that referred to this one, as"
                            " JSON."
                        ),
                    ),
                ),
                ("archived_at", models.DateTimeField()),
                (
                    "workout",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="workouts.workout",
                    ),
                ),
                (
                    "kept_selection",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="workouts.workoutselection",
                    ),
                ),
            ],
            options={"db_table": "workout_selections_archive"},
        ),
        migrations.RunPython(migrations.RunPython.noop, refuse_to_drop_rows),
    ]
