"""Django's own table of applied migrations is no longer a model.

A model made it part of every dump, and `loaddata` then rewrote the migration records of another database. The model
was unmanaged: nothing changes in the database.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("releases", "0003_steps_back")]

    operations = [migrations.DeleteModel(name="AppliedMigration")]
