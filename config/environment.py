"""What the environment sets: every variable, its type, its default.

Each is a row of the table in README.md. Nothing here prints a value: they may be secrets.
"""

import zoneinfo
from typing import cast

from environs import Env, EnvValidationError, ValidationError, validate

from config.databases import Database, parse_database_url

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def _database(url: str) -> Database:
    if RAILWAY_ENVIRONMENT_NAME and not url:
        raise ValidationError("Unset or empty. SQLite is no way out here: a container's disk does not last.")
    return _parse(url)


def _direct_database(url: str) -> Database | None:
    return _parse(url) if url else None


def _parse(url: str) -> Database:
    try:
        return parse_database_url(url)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def _time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError("Unknown time zone. Use a name such as Europe/Vienna or UTC.")


def _not_blank(value: str) -> None:
    if not value.strip():
        raise ValidationError("Empty.")


env = Env(eager=False)
env.add_parser("database", _database)
env.add_parser("direct_database", _direct_database)

DEBUG: bool = env.bool("DEBUG", False)
if DEBUG:
    SECRET_KEY: str = env.str("SECRET_KEY", "for-development-only", validate=_not_blank)
else:
    SECRET_KEY = env.str("SECRET_KEY", validate=_not_blank)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
PORT: int = env.int("PORT", 8000, validate=validate.Range(1, 65535))
WEB_CONCURRENCY: int = env.int("WEB_CONCURRENCY", 2, validate=validate.Range(1, 64))
LOG_LEVEL: str = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(LOG_LEVELS))
TIME_ZONE: str = env.str("TIME_ZONE", "UTC", validate=_time_zone)

RELEASE_DATABASE_WAIT: float = env.float("RELEASE_DATABASE_WAIT", 30, validate=validate.Range(0))
RELEASE_LOCK_TIMEOUT: float = env.float("RELEASE_LOCK_TIMEOUT", 1, validate=validate.Range(0.01))
RELEASE_BUILD_TIMEOUT: float = env.float("RELEASE_BUILD_TIMEOUT", 60, validate=validate.Range(0.01))
RELEASE_DEADLINE: float = env.float("RELEASE_DEADLINE", 900, validate=validate.Range(0))

RAILWAY_ENVIRONMENT_NAME: str = env.str("RAILWAY_ENVIRONMENT_NAME", "")
RAILWAY_PUBLIC_DOMAIN: str = env.str("RAILWAY_PUBLIC_DOMAIN", "")
DATABASE_URL: Database = env.database("DATABASE_URL", "")
MIGRATION_DATABASE_URL: Database | None = env.direct_database("MIGRATION_DATABASE_URL", "")

WAYS_OUT = {
    "DEBUG": "Use True or False.",
    "SECRET_KEY": "On Railway: railway variable set SECRET_KEY=$(openssl rand -hex 32)",
    "DATABASE_URL": "On Railway: railway variable set 'DATABASE_URL=${{Postgres.DATABASE_URL}}'",
}

try:
    env.seal()
except EnvValidationError as error:
    lines = ["The environment is not right. Nothing was started and nothing was changed."]
    for name, messages in cast("dict[str, list[str]]", error.error_messages).items():
        lines.append(f"  {name}: {' '.join([*messages, WAYS_OUT.get(name, '')])}")
    raise SystemExit("\n".join(lines)) from None
