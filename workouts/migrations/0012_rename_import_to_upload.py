"""A file that somebody sent is an upload, for an import or for a restore. Only the model is renamed.

The table stays `imports`, which the version before reads and writes while this one is released. Django renames the
content type along. Permissions keep their old names for the version before, and get new ones beside them.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workouts", "0011_recorded_and_dropped")]

    operations = [migrations.RenameModel("Import", "Upload")]
