"""System checks of the setting RELEASES."""

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, get_commands
from django.db import DEFAULT_DB_ALIAS, connections

from releases import conf
from releases.messages.naming import direct_place, direct_settings, served_place
from releases.version import is_postgresql

DRIVERS = {"psycopg": "psycopg[binary]>=3.2", "postgast": "postgast>=0.2"}


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """The checks releases.E001 to releases.E008. E001 and E006 to E008 run only if the setting is valid."""
    faults = list(conf.find_faults(getattr(settings, "RELEASES", {})))
    if faults:
        return [Error(fault.message, hint=fault.hint, id=f"releases.{fault.code}") for fault in faults]
    return [*_other_engine(), *_unknown_apps(), *_no_drivers(), *_hidden_command()]


def refuse_settings() -> None:
    """Raises CommandError if RELEASES is invalid: `migrate` needs it before the system checks run."""
    try:
        conf.read()
    except ImproperlyConfigured as error:
        raise CommandError(f"{error} Nothing was changed.") from error


def _other_engine() -> list[CheckMessage]:
    """A direct connection to the same database uses the same engine."""
    served = settings.DATABASES[DEFAULT_DB_ALIAS]["ENGINE"]
    direct = direct_settings(DEFAULT_DB_ALIAS).get("ENGINE", served)
    if direct == served:
        return []
    return [
        Error(
            f"RELEASES['DIRECT_DATABASE'] is for {direct}, and the default database for {served}: a release would"
            " migrate a different database from the one that is served. Nothing was changed.",
            hint=f"Set {direct_place()} to a direct connection to the database of {served_place()}, or remove it.",
            id="releases.E001",
        )
    ]


def _unknown_apps() -> list[CheckMessage]:
    given = conf.read()
    accepted = (name.partition(".")[0] for name in given.accepts)
    return [*_not_installed("UNVERIFIED_APPS", given.unverified_apps), *_not_installed("ACCEPTS", accepted)]


def _not_installed(key: str, labels: Iterable[str]) -> Iterator[CheckMessage]:
    installed = {config.label for config in apps.get_app_configs()}
    for label in labels:
        if label not in installed:
            yield Error(
                f"RELEASES['{key}'] names {label!r}, and no installed app has that label.",
                hint="Correct the label, or leave it out.",
                id="releases.E006",
            )


def _no_drivers() -> list[CheckMessage]:
    missing = [requirement for module, requirement in DRIVERS.items() if not find_spec(module)]
    if not missing or not any(is_postgresql(database["ENGINE"]) for database in connections.settings.values()):
        return []
    return [
        Error(
            f"A release on PostgreSQL needs what is not installed: {', '.join(missing)}.",
            hint=f"Type: pip install {' '.join(map(repr, missing))}",
            id="releases.E007",
        )
    ]


def _hidden_command() -> list[CheckMessage]:
    """If several apps have a command `migrate`, the first one in INSTALLED_APPS wins."""
    app = str(get_commands()["migrate"])
    if app == "releases":
        return []
    return [
        Error(
            f"`migrate` is the command of {app}, not of releases: no release would be locked, bounded or recorded.",
            hint="Put releases before it in INSTALLED_APPS.",
            id="releases.E008",
        )
    ]
