"""Adds the purpose of an upload. Until now a restore was recognized by a key in its result.

Nullable, because the old version inserts uploads without it. If it is NULL, that key decides.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workouts", "0012_rename_import_to_upload")]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="purpose",
            field=models.CharField(
                choices=[("import", "Import"), ("restore", "Restore")],
                help_text=(
                    "Empty: written by a version that has no such column. Restores then have “restore” in their result."
                ),
                max_length=10,
                null=True,
            ),
        ),
    ]
