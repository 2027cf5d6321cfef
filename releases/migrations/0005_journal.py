"""A migration that commits its operations one by one continues where it was stopped.

Without an entry of its own, what a killed release had committed could not be told from what it had not.
"""

from django.db import migrations, models

from releases.apps import own_label


class Migration(migrations.Migration):
    dependencies = [(own_label(), "0004_forget_applied_migrations")]

    operations = [
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("app", models.CharField(max_length=255)),
                ("name", models.CharField(max_length=255)),
                (
                    "digest",
                    models.CharField(
                        help_text="Of its operations: an edited migration cannot be continued.", max_length=64
                    ),
                ),
                (
                    "done",
                    models.IntegerField(default=0, help_text="Operations that are committed with all their steps."),
                ),
                (
                    "steps",
                    models.JSONField(
                        default=list,
                        help_text="What is left to do of the operation after those. Its transaction is committed.",
                    ),
                ),
                ("position", models.JSONField(help_text="Where the next batch begins.", null=True)),
                ("updated", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name_plural": "journal entries",
                "constraints": [
                    models.UniqueConstraint(fields=("app", "name"), name="releases_one_entry_per_migration")
                ],
            },
        )
    ]
