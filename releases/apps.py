"""The release: bringing the database to the schema of the code, safely, before the code serves."""

from django.apps import AppConfig
from django.core.checks import register


class ReleasesConfig(AppConfig):
    name = "releases"

    def ready(self) -> None:
        from releases.checks import check_migration_database

        register(check_migration_database)
