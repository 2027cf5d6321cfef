"""Adds columns for what was done. Until now, imports stored the actual TSS and intensity in the plan's columns.

Nullable, because the old version inserts workouts without these columns, and most workouts have not been done yet.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workouts", "0009_preferences_and_tokens")]

    operations = [
        migrations.AddField(
            model_name="workout",
            name="actual_duration",
            field=models.FloatField(blank=True, help_text="Hours.", null=True),
        ),
        migrations.AddField(
            model_name="workout",
            name="actual_distance_meters",
            field=models.FloatField(blank=True, help_text="Metres.", null=True, verbose_name="actual distance"),
        ),
        migrations.AddField(
            model_name="workout",
            name="actual_tss",
            field=models.FloatField(blank=True, null=True, verbose_name="actual TSS"),
        ),
        migrations.AddField(
            model_name="workout",
            name="actual_intensity_factor",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="workout",
            name="actual_heart_rate",
            field=models.FloatField(blank=True, help_text="Beats per minute, on average.", null=True),
        ),
        migrations.AddField(
            model_name="workout",
            name="actual_power",
            field=models.FloatField(blank=True, help_text="Watts, on average.", null=True),
        ),
        migrations.AddField(
            model_name="workout",
            name="rpe",
            field=models.FloatField(
                blank=True, help_text="Rating of perceived exertion, 1 to 10.", null=True, verbose_name="RPE"
            ),
        ),
        migrations.AddField(
            model_name="workout",
            name="feeling",
            field=models.FloatField(blank=True, help_text="1 to 5.", null=True),
        ),
    ]
