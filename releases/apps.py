"""The release: bringing the database to the schema of the code, safely, before the code serves."""

from django.apps import AppConfig, apps
from django.core.checks import register


class ReleasesConfig(AppConfig):
    """A project that has an app of this label already gives a subclass another `label`."""

    name = "releases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from releases.checks import check_settings

        register(check_settings)


def own_label() -> str:
    """What the project calls this app: tables, migrations, permissions and the admin's addresses begin with it."""
    config = apps.get_containing_app_config(__name__)
    assert config  # noqa: S101  # whoever asks is a part of the app
    return config.label
