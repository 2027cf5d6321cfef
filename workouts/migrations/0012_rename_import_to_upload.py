"""Renames the model of uploaded files, which may be for an import or a restore. Only the model is renamed.

The table stays `imports`, which the old version reads and writes during the release. Django also renames the content
type. The permissions keep their old names for the old version, and new permissions are added.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workouts", "0011_recorded_and_dropped")]

    operations = [migrations.RenameModel("Import", "Upload")]
