"""The release: bringing the database to the schema of the code, safely, before the code serves."""

from django.apps import AppConfig
from django.core.checks import register


class ReleasesConfig(AppConfig):
    name = "releases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from releases.checks import check_settings

        register(check_settings)
