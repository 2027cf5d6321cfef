"""Sets the purpose of existing uploads, according to the key in their results.

It is one statement: an upload that the old version inserts at the same time gets the right purpose or stays NULL, which
has the same meaning. The reverse does nothing: reverting 0013 drops the column, and the key stays.
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
