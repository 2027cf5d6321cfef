"""How messages name the settings of a connection, and the commands for its database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper

from releases import conf


@dataclass(frozen=True)
class Place:
    """Where the parameters of a connection are set: in the URL that a variable holds, or in a setting."""

    name: str
    is_url: bool

    def __str__(self) -> str:
        return self.name

    def with_parameter(self, parameter: str, value: str) -> str:
        """Part of a sentence: how to set a parameter of libpq there."""
        if self.is_url:
            return f"set {parameter}={value} in {self} (at its end: ?{parameter}={value})"
        return f'set "{parameter}" to "{value}" in the OPTIONS of {self}'


def served_place(alias: str = DEFAULT_DB_ALIAS) -> Place:
    """Where the application's connection is set."""
    variable = conf.read().database_variable if alias == DEFAULT_DB_ALIAS else ""
    return Place(variable or f'DATABASES["{alias}"]', bool(variable))


def direct_place() -> Place:
    """Where the direct connection for releases is set."""
    variable = conf.read().direct_database_variable
    return Place(variable or 'RELEASES["DIRECT_DATABASE"]', bool(variable))


def place_of(connection: BaseDatabaseWrapper) -> Place:
    """Where the current parameters of `connection` are set: a release of the default database may use direct ones."""
    direct = direct_settings(connection.alias)
    parts = [name for name in direct if name != "OPTIONS"]  # a release adds to them
    used = bool(direct) and all(connection.settings_dict[name] == direct[name] for name in parts)
    return direct_place() if used else served_place(connection.alias)


def direct_settings(alias: str) -> Mapping[str, Any]:
    """What replaces the entry of DATABASES during a release; empty if nothing does."""
    direct = conf.read().direct_database
    if alias != DEFAULT_DB_ALIAS or not direct:
        return {}
    return settings.DATABASES[direct] if isinstance(direct, str) else direct


def migrate_command(alias: str = DEFAULT_DB_ALIAS) -> str:
    """What to type to run a release (again)."""
    return f"{conf.read().command}{_of(alias)}"


def verify_command(alias: str = DEFAULT_DB_ALIAS) -> str:
    return f"python manage.py verify_schema{_of(alias)}"


def plan_command(alias: str = DEFAULT_DB_ALIAS) -> str:
    return f"python manage.py plan_release{_of(alias)}"


def repair_command(alias: str = DEFAULT_DB_ALIAS) -> str:
    return f"{verify_command(alias)} --repair"


def finish_command(alias: str = DEFAULT_DB_ALIAS) -> str:
    return f"python manage.py migrate{_of(alias)} --finish"


def rollback_command(alias: str = DEFAULT_DB_ALIAS) -> str:
    """Empty for any database but the default one, which `rollback` alone knows."""
    return "python manage.py rollback" if alias == DEFAULT_DB_ALIAS else ""


def _of(alias: str) -> str:
    return "" if alias == DEFAULT_DB_ALIAS else f" --database {alias}"


def time_zone() -> str:
    """The time zone of recorded times, as Django returns them."""
    return "UTC" if settings.USE_TZ else settings.TIME_ZONE
