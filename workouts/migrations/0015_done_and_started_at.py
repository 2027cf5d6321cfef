"""Adds what the athlete's own records need: a mark that a workout was done, and when its recorded activity began.

The mark is for a workout that was done and has no figures, such as one of strength without a planned time. The time
recognizes an activity whose file is imported again, also in another format. Nullable, because the old version inserts
workouts without these columns, and most workouts have neither.

The purpose of an upload may now be an activity. Only Django's state changes: its column has no constraint.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workouts", "0014_purpose_of_uploads")]

    operations = [
        migrations.AddField(
            model_name="workout",
            name="is_done",
            field=models.BooleanField(
                help_text="Marked as done by the athlete, or by a recorded activity.", null=True, verbose_name="done"
            ),
        ),
        migrations.AddField(
            model_name="workout",
            name="started_at",
            field=models.DateTimeField(blank=True, help_text="When the recorded activity began.", null=True),
        ),
        migrations.AlterField(
            model_name="upload",
            name="purpose",
            field=models.CharField(
                choices=[("import", "Import"), ("restore", "Restore"), ("activity", "Activity")],
                help_text=(
                    "Empty: written by a version that has no such column. Restores then have “restore” in their result."
                ),
                max_length=10,
                null=True,
            ),
        ),
    ]
