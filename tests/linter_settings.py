"""The product's settings with django-migration-linter beside it."""

from config.settings import *  # noqa: F403

INSTALLED_APPS += ["django_migration_linter"]  # noqa: F405
MIGRATION_LINTER_OPTIONS = {
    "include_apps": ["releases", "workouts"],
    "no_cache": True,
    # It adds a unique constraint, for which the two migrations before it prepare.
    "ignore_name": ["0005_unique_selection_per_workout"],
}
