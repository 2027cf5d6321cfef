"""The purpose of the uploads that there are, told by the key in their results.

One statement, so that what the old version inserts meanwhile is either told right or left NULL, which reads the same.
Backwards there is nothing to do: the column goes with 0013, and the key stays.
"""

from django.db import migrations
from django.db.models import Case, Value, When


def fill(apps, schema_editor):
    uploads = apps.get_model("workouts", "Upload").objects.using(schema_editor.connection.alias)
    purpose = Case(When(result__has_key="restore", then=Value("restore")), default=Value("import"))
    uploads.filter(purpose=None).update(purpose=purpose)


class Migration(migrations.Migration):
    dependencies = [("workouts", "0013_upload_purpose")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
