"""AddConstraint as django-pg-zero-downtime-migrations runs it, on the product's tables."""

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.DATABASES["default"]["ENGINE"] = "django_zero_downtime_migrations.backends.postgres"
settings.ZERO_DOWNTIME_MIGRATIONS_RAISE_FOR_UNSAFE = False
django.setup()

from django.db import connection  # noqa: E402

from workouts.models import WorkoutSelection  # noqa: E402

with connection.schema_editor(atomic=False) as editor:
    editor.add_constraint(WorkoutSelection, WorkoutSelection._meta.constraints[0])
