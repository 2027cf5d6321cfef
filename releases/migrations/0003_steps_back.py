"""Steps back are recorded beside the releases: the direction, who asked for it, and why.

The database holds the defaults: a version that was rolled back records its releases without these columns. It would
take a step back for a release, so these rows go with the columns.
"""

from django.db import migrations, models

from releases.apps import own_label

DIRECTIONS = [("forwards", "Forwards"), ("backwards", "Backwards")]


def forget_steps_back(apps, schema_editor):
    """The older version would take a recorded step back for a release."""
    releases = apps.get_model(own_label(), "Release").objects.using(schema_editor.connection.alias)
    releases.filter(direction="backwards").delete()


class Migration(migrations.Migration):
    dependencies = [(own_label(), "0002_whole_schema")]

    operations = [
        migrations.AddField(
            model_name="release",
            name="direction",
            field=models.CharField(choices=DIRECTIONS, db_default="forwards", default="forwards", max_length=20),
        ),
        migrations.AddField(
            model_name="release",
            name="asked_by",
            field=models.CharField(blank=True, db_default="", default="", help_text="Of a step back.", max_length=150),
        ),
        migrations.AddField(
            model_name="release",
            name="reason",
            field=models.TextField(blank=True, db_default="", default="", help_text="Of a step back."),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_steps_back),
    ]
