"""The digest of the schema that a release found whole, so that the next look at it is one query.

The database holds the default: a version that was rolled back records its releases without this column.
"""

from django.db import migrations, models

from releases.apps import own_label


class Migration(migrations.Migration):
    dependencies = [(own_label(), "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="release",
            name="schema",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Digest of the schema that was found whole at the end; empty where none was.",
                max_length=64,
            ),
        ),
    ]
