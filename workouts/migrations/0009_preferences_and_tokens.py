"""Creates the athlete's units and times of day, and the digests of the secrets for the calendar feed and the API."""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("workouts", "0008_week_targets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Preferences",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "distance_unit",
                    models.CharField(choices=[("km", "Kilometres"), ("mi", "Miles")], default="km", max_length=2),
                ),
                (
                    "swim_unit",
                    models.CharField(
                        choices=[("m", "Metres"), ("yd", "Yards")],
                        default="m",
                        max_length=2,
                        verbose_name="unit in the pool",
                    ),
                ),
                ("morning", models.TimeField(default=datetime.time(7, 0))),
                ("afternoon", models.TimeField(default=datetime.time(12, 30))),
                ("evening", models.TimeField(default=datetime.time(18, 0))),
            ],
            options={"db_table": "preferences"},
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(choices=[("feed", "Calendar feed"), ("api", "API")], max_length=10)),
                ("digest", models.CharField(help_text="SHA-256 of the secret, in hexadecimal.", max_length=64)),
                ("created_at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "tokens",
                "constraints": [models.UniqueConstraint(fields=("user", "purpose"), name="uq_tokens_user_purpose")],
            },
        ),
    ]
