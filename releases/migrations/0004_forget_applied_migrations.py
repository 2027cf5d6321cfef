"""Django's own table of applied migrations is no longer a model.

A model made it part of every dump, and `loaddata` then rewrote the migration records of another database. The model
was unmanaged: nothing changes in the database. Its content type and permissions stay as well, because a version that
was rolled back shows them again; `remove_stale_contenttypes` takes them away when none will be.
"""

from django.db import migrations

from releases.apps import own_label


class Migration(migrations.Migration):
    dependencies = [(own_label(), "0003_steps_back")]

    operations = [migrations.DeleteModel(name="AppliedMigration")]
