"""The app: brings the database to the schema of the code, safely, before the code serves."""

from django.apps import AppConfig, apps
from django.core.checks import register


class ReleasesConfig(AppConfig):
    """Subclass it with another `label` in a project that already has an app of this label."""

    name = "releases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from releases.checks import check_settings
        from releases.version import name_sessions

        register(check_settings)
        name_sessions()


def own_label() -> str:
    """The label of this app in the project: tables, migrations, permissions and the admin's URLs begin with it."""
    config = apps.get_containing_app_config(__name__)
    assert config  # noqa: S101  # this module is part of the app
    return config.label
