"""Creates the history, with the values before and after each change, so that it can be undone; and the imported files.

A change is undone by another change, at most once: `undoes` is unique, so one of two concurrent undos fails.
Foreign keys have no constraint, as in 0003: the history outlives the rows it refers to, and there is no deferred SQL.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("workouts", "0006_workout_modified_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("summary", models.CharField(help_text="What was done, in words.", max_length=300)),
                ("rows", models.JSONField(help_text="Per row: table, key, and the values before and after.")),
                (
                    "undoes",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="undone_by",
                        to="workouts.change",
                    ),
                ),
            ],
            options={"db_table": "changes"},
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=255)),
                ("content", models.BinaryField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "result",
                    models.JSONField(
                        default=dict, help_text="How many rows were new, changed, unchanged, skipped, and why."
                    ),
                ),
                (
                    "change",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="source",
                        to="workouts.change",
                    ),
                ),
            ],
            options={"db_table": "imports"},
        ),
    ]
