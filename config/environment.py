"""The environment: every variable, its type and its default.

Each is a row of the table in README.md. Nothing here prints a value: they may be secrets.
"""

import os
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)
from environs import Env, EnvValidationError, ValidationError, validate

from config.databases import BASE_DIR, POSTGRESQL, SHAPE, Database, behind_pooler, parse_database_url
from config.hosts import parse_hosts, parse_origins
from releases.conf import RANGES

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FILES = ("passfile", "sslcert", "sslcrl", "sslcrldir", "sslkey", "sslrootcert")
SHORTEST_TOKEN = 20

T = TypeVar("T")


class Variables(Env):
    """Strips values and treats an empty one as unset. Refuses quotes: other readers of the variable would keep them."""

    def _get_value(self, env_key: str, default: Any) -> Any:
        value = os.environ.get(env_key, "").strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            self._errors[env_key].append("The value is in quotes. Remove them.")
            value = value[1:-1]
        return value or default


def _parsed(parse: Callable[[str], T], value: str) -> T:
    try:
        return parse(value)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def _database(url: str) -> Database:
    if RAILWAY_ENVIRONMENT_NAME and not url:
        raise ValidationError("Unset or empty. SQLite does not work here: a container's disk is not persistent.")
    if not url and not os.access(BASE_DIR, os.W_OK):  # as in the image
        raise ValidationError(f"Unset or empty, and no file can be created beside manage.py. {SHAPE}")
    database = _parsed(parse_database_url, url)
    _refuse_missing_files(database)
    return database


def _direct_database(url: str) -> Database | None:
    """If this is set, the application itself goes through a pooler."""
    if not url:
        return None
    database = _database(url)
    if database.get("DISABLE_SERVER_SIDE_CURSORS"):
        raise ValidationError("It contains pgbouncer=true: the release needs a direct connection.")
    if any(one and one["ENGINE"] != POSTGRESQL for one in (database, DATABASE_URL)):
        raise ValidationError("It and DATABASE_URL must both point to PostgreSQL. Unset it, or correct the other.")
    return database


def _refuse_missing_files(database: Database) -> None:
    if "HOST" in database:
        files = {name: database["OPTIONS"].get(name, "system") for name in FILES}
        missing = [name for name, file in files.items() if file != "system" and not os.access(file, os.R_OK)]
        if missing:
            raise ValidationError(f"These files do not exist or cannot be read: {', '.join(missing)}.")
    elif not os.access(Path(database["NAME"]).parent, os.W_OK) or Path(database["NAME"]).is_dir():
        raise ValidationError("SQLite needs the name of a file in an existing, writable directory.")


def _secret_key(key: str) -> str:
    if not key and DEBUG:
        return "for-development-only"
    if not key:
        raise ValidationError("Unset or empty.")
    weak = (
        len(key) < SECRET_KEY_MIN_LENGTH
        or len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS
        or key.startswith(SECRET_KEY_INSECURE_PREFIX)
    )
    if RAILWAY_ENVIRONMENT_NAME and weak:
        raise ValidationError(f"Shorter than {SECRET_KEY_MIN_LENGTH} characters, or easy to guess.")
    return key


def _not_debug_on_railway(debug: bool) -> None:
    if debug and RAILWAY_ENVIRONMENT_NAME:
        raise ValidationError("True would show pages with tracebacks to everyone.")


def _long_token(token: str) -> None:
    if token and len(token) < SHORTEST_TOKEN:
        raise ValidationError(f"Shorter than {SHORTEST_TOKEN} characters.")


def _time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError("Unknown time zone. Use a name such as Europe/Vienna or UTC.")


env = Variables(eager=False)
env.add_parser("database", _database)
env.add_parser("direct_database", _direct_database)
env.add_parser("secret_key", _secret_key)
env.add_parser("hosts", lambda value: _parsed(parse_hosts, value))
env.add_parser("origins", lambda value: _parsed(parse_origins, value))

RAILWAY_ENVIRONMENT_NAME: str = env.str("RAILWAY_ENVIRONMENT_NAME", "")
RAILWAY_PUBLIC_DOMAIN: list[str] = env.hosts("RAILWAY_PUBLIC_DOMAIN", "")
DEBUG: bool = env.bool("DEBUG", False, validate=_not_debug_on_railway)
SECRET_KEY: str = env.secret_key("SECRET_KEY", "")
ALLOWED_HOSTS: list[str] = env.hosts("ALLOWED_HOSTS", "")
CORS_ALLOWED_ORIGINS: list[str] = env.origins("CORS_ALLOWED_ORIGINS", "")
PORT: int = env.int("PORT", 8000, validate=validate.Range(1, 65535))
WEB_CONCURRENCY: int = env.int("WEB_CONCURRENCY", 2, validate=validate.Range(1, 64))
LOG_LEVEL: str = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(LOG_LEVELS))
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", 0, validate=validate.Range(0, 10))
READYZ_TOKEN: str = env.str("READYZ_TOKEN", "", validate=_long_token)
TIME_ZONE: str = env.str("TIME_ZONE", "UTC", validate=_time_zone)

RELEASE_DATABASE_WAIT: float = env.float("RELEASE_DATABASE_WAIT", 30, validate=validate.Range(*RANGES["database_wait"]))
RELEASE_LOCK_TIMEOUT: float = env.float("RELEASE_LOCK_TIMEOUT", 1, validate=validate.Range(*RANGES["lock_timeout"]))
RELEASE_BUILD_TIMEOUT: float = env.float("RELEASE_BUILD_TIMEOUT", 60, validate=validate.Range(*RANGES["build_timeout"]))
RELEASE_STALL_BUDGET: float = env.float("RELEASE_STALL_BUDGET", 2, validate=validate.Range(*RANGES["stall_budget"]))
RELEASE_DEADLINE: float = env.float("RELEASE_DEADLINE", 900, validate=validate.Range(*RANGES["deadline"]))

os.environ["PGDATESTYLE"] = "ISO"  # psycopg reads no dates in a style that the role or the database may have
DATABASE_URL: Database = env.database("DATABASE_URL", "")
MIGRATION_DATABASE_URL: Database | None = env.direct_database("MIGRATION_DATABASE_URL", "")

REMEDIES = {
    "DEBUG": "Use True or False; False wherever others can reach it.",
    "SECRET_KEY": "On Railway: railway variable set SECRET_KEY=$(openssl rand -hex 32)",
    "DATABASE_URL": "On Railway: railway variable set 'DATABASE_URL=${{Postgres.DATABASE_URL}}'",
}

try:
    env.seal()
except EnvValidationError as error:
    lines = ["The environment is invalid. Nothing was started and nothing was changed."]
    for name, messages in cast("dict[str, list[str]]", error.error_messages).items():
        lines.append(f"  {name}: {' '.join([*messages, REMEDIES.get(name, '')])}".rstrip())
    raise SystemExit("\n".join(lines)) from None
if MIGRATION_DATABASE_URL:
    DATABASE_URL = behind_pooler(DATABASE_URL)
