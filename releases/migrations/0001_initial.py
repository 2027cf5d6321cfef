"""The history of releases. Django's own table of applied migrations becomes a model too, for the admin to show."""

from django.db import migrations, models

OUTCOMES = [
    ("running", "Running"),
    ("succeeded", "Succeeded"),
    ("failed", "Failed"),
    ("interrupted", "Interrupted"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("commit", models.CharField(blank=True, max_length=64)),
                (
                    "deployment",
                    models.CharField(blank=True, help_text="The platform's id of the deployment.", max_length=64),
                ),
                ("started", models.DateTimeField()),
                ("finished", models.DateTimeField(null=True)),
                ("outcome", models.CharField(choices=OUTCOMES, default="running", max_length=20)),
                ("attempts", models.IntegerField(default=0)),
                ("waited", models.FloatField(default=0, help_text="Seconds spent waiting for locks.")),
                ("migrations", models.JSONField(default=list, help_text="Name and seconds of each.")),
                ("error", models.TextField(blank=True)),
            ],
            options={"ordering": ("-started", "-id")},
        ),
        migrations.CreateModel(
            name="AppliedMigration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("app", models.CharField(max_length=255)),
                ("name", models.CharField(max_length=255)),
                ("applied", models.DateTimeField()),
            ],
            options={
                "db_table": "django_migrations",
                "ordering": ("-applied", "-id"),
                "managed": False,
            },
        ),
    ]
