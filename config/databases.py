"""From a database URL to an entry of Django's DATABASES. Pure: reads no environment, opens nothing."""

import re
from pathlib import Path
from typing import Any

import dj_database_url

from config.libpq import parse_address

Database = dict[str, Any]

BASE_DIR = Path(__file__).resolve().parent.parent
POSTGRESQL = "workouts.postgresql"
LOCAL_HOSTS = {"", "localhost", "127.0.0.1", "::1"}
SHAPE = "Use postgresql://USER:PASSWORD@HOST:PORT/NAME, or sqlite:////absolute/path."
SCHEME = re.compile(r"([a-z]+)(\+\w+)?://", re.IGNORECASE)  # SQLAlchemy adds its driver: postgresql+psycopg2


def parse_database_url(url: str) -> Database:
    """The Django settings for the database at `url`, or for db.sqlite3 beside manage.py if it is empty.

    Raises ValueError for a URL that would fail or could point elsewhere. Its message says what to write, and contains
    no part of a password.
    """
    if not url:
        return _sqlite(BASE_DIR / "db.sqlite3")
    scheme = SCHEME.match(url)
    if not scheme:
        raise ValueError(f"Not a database URL. {SHAPE}")
    match scheme[1].lower():
        case "postgres" | "postgresql":
            return _postgresql(url[scheme.end() :])
        case "sqlite":
            return _sqlite(_sqlite_file(url, url[scheme.end() :]))
    raise ValueError(f"Only PostgreSQL and SQLite files are supported. {SHAPE}")


def behind_pooler(database: Database) -> Database:
    """Without server-side cursors: one can outlive its transaction, after which the pooler reassigns the session."""
    return {**database, "DISABLE_SERVER_SIDE_CURSORS": True}


def _sqlite_file(url: str, address: str) -> Path:
    """The file: relative to manage.py unless absolute, independent of the working directory."""
    if re.search("[?#]", address):
        raise ValueError("SQLite takes no parameters. In the path write ? as %3F and # as %23.")
    if address in ("", "/", ":memory:", "/:memory:"):
        raise ValueError(f"Only PostgreSQL and SQLite files are supported. {SHAPE}")
    if not address.startswith("/"):
        raise ValueError(
            "Write sqlite:////absolute/path with four slashes, sqlite:///path beside manage.py with three."
        )
    return BASE_DIR / dj_database_url.parse(url)["NAME"]


def _sqlite(file: Path) -> Database:
    """WAL lets readers continue during a write; IMMEDIATE makes writers queue instead of failing halfway."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }


def _postgresql(address: str) -> Database:
    """Persistent connections that the engine checks; TLS unless the URL says otherwise or the host is this machine."""
    options: dict[str, Any] = parse_address(address)
    if not options.get("dbname"):
        raise ValueError(f"The URL names no database. {SHAPE}")
    if "@" in address and not options.get("user"):
        raise ValueError(f"The URL names no user. {SHAPE}")
    hosts = options.get("hostaddr", options.get("host", "")).split(",")
    if not all(host in LOCAL_HOSTS or host.startswith(("/", "@")) for host in hosts):
        options.setdefault("sslmode", "verify-full" if options.get("sslrootcert") == "system" else "require")
    if len(hosts) > 1:
        options.setdefault("target_session_attrs", "read-write")
    return {
        "ENGINE": POSTGRESQL,
        "NAME": options.pop("dbname"),
        "USER": options.pop("user", ""),
        "PASSWORD": options.pop("password", ""),
        "HOST": options.pop("host", ""),
        "PORT": options.pop("port", ""),
        "CONN_MAX_AGE": int(options.pop("conn_max_age", "600")),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": options.pop("pgbouncer", "false") == "true",
        "OPTIONS": {**options, "connect_timeout": int(options.get("connect_timeout", 10))},
    }
