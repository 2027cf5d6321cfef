"""System checks of the settings that a release reads."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS


def check_migration_database(**kwargs: Any) -> list[CheckMessage]:
    """A direct connection to the same database has the same engine."""
    direct = getattr(settings, "MIGRATION_DATABASE", None) or {}
    served = settings.DATABASES[DEFAULT_DB_ALIAS]["ENGINE"]
    if direct.get("ENGINE", served) == served:
        return []
    return [
        Error(
            f"MIGRATION_DATABASE is for {direct['ENGINE']}, and the default database for {served}: a release would"
            " migrate another database than the one that is served. Nothing was changed.",
            hint="Set MIGRATION_DATABASE_URL to a direct connection to the database of DATABASE_URL, or remove it.",
            id="releases.E001",
        )
    ]
