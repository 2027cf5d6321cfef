"""Creates the two tables with the names and columns of the Flask application.

On its database, `--fake-initial` records this migration instead of running it, and 0002 changes what still differs.
Columns stay nullable and ids stay `integer`: the old version writes to these tables while a release runs.
"""

import django.db.models.deletion
from django.db import migrations, models

WORKOUT_TYPES = [
    ("Swim", "Swim"),
    ("Bike", "Bike"),
    ("Run", "Run"),
    ("Brick", "Brick"),
    ("Crosstrain", "Crosstrain"),
    ("Race", "Race"),
    ("Day Off", "Day Off"),
    ("Mtn Bike", "Mtn Bike"),
    ("Strength", "Strength"),
    ("Custom", "Custom"),
    ("XC-Ski", "XC ski"),
    ("Rowing", "Rowing"),
    ("Walk", "Walk"),
    ("Other", "Other"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Workout",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=500)),
                ("workout_type", models.CharField(choices=WORKOUT_TYPES, max_length=100, verbose_name="type")),
                ("workout_description", models.TextField(blank=True, null=True, verbose_name="description")),
                ("planned_duration", models.FloatField(blank=True, help_text="Hours.", null=True)),
                (
                    "planned_distance_meters",
                    models.FloatField(blank=True, help_text="Metres.", null=True, verbose_name="planned distance"),
                ),
                (
                    "originally_planned_day",
                    models.DateField(help_text="The coach's day.", verbose_name="planned day"),
                ),
                ("coach_comments", models.TextField(blank=True, null=True)),
                (
                    "tss",
                    models.FloatField(blank=True, help_text="Training Stress Score.", null=True, verbose_name="TSS"),
                ),
                ("intensity_factor", models.FloatField(blank=True, null=True)),
                (
                    "is_custom",
                    models.BooleanField(
                        db_default=False, default=False, help_text="Added by the athlete.", verbose_name="own"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, null=True)),
            ],
            options={
                "db_table": "workouts",
                "ordering": ("originally_planned_day", "id"),
            },
        ),
        migrations.CreateModel(
            name="WorkoutSelection",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("is_selected", models.BooleanField(default=True, null=True, verbose_name="selected")),
                ("current_plan_day", models.DateField(blank=True, null=True, verbose_name="moved to")),
                (
                    "time_of_day",
                    models.CharField(blank=True, help_text="Such as morning or 7am.", max_length=50, null=True),
                ),
                ("workout_location", models.CharField(blank=True, max_length=100, null=True, verbose_name="place")),
                ("user_notes", models.TextField(blank=True, null=True, verbose_name="notes")),
                ("updated_at", models.DateTimeField(auto_now=True, null=True)),
                (
                    "workout",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="selections",
                        to="workouts.workout",
                    ),
                ),
            ],
            options={"db_table": "workout_selections"},
        ),
    ]
