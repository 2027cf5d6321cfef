"""DATABASE_URL to what Django's DATABASES wants. Pure: reads no environment, opens nothing."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

Database = dict[str, Any]

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_HOSTS = {"", "localhost", "127.0.0.1", "::1"}
SHAPE = "Use postgresql://USER:PASSWORD@HOST:PORT/NAME, or sqlite:////absolute/path."


def parse_database_url(url: str) -> Database:
    """The Django settings of the database behind `url`; of db.sqlite3 beside manage.py when it is empty.

    Raises ValueError, without the URL (it holds a password), for anything but PostgreSQL and SQLite.
    """
    if not url:
        return _sqlite(str(BASE_DIR / "db.sqlite3"))
    try:
        scheme = urlsplit(url).scheme
        database: Database = dict(dj_database_url.parse(url))
    except ValueError:
        raise ValueError(f"Not a database URL. {SHAPE}") from None
    if scheme in ("postgres", "postgresql"):
        return _postgresql(database)
    if scheme == "sqlite" and database["NAME"] != ":memory:":
        return _sqlite(database["NAME"])
    raise ValueError(f"Only PostgreSQL and SQLite files are supported. {SHAPE}")


def _sqlite(name: str) -> Database:
    """WAL lets readers go on while one writes; IMMEDIATE makes writers queue instead of failing halfway."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }


def _postgresql(database: Database) -> Database:
    """Persistent connections, checked before use; TLS unless the URL says otherwise or the host is this machine."""
    if not database["NAME"]:
        raise ValueError(f"The URL names no database. {SHAPE}")
    options = {"connect_timeout": 10, **database.get("OPTIONS", {})}
    host = str(options.get("host", database["HOST"]))
    if host not in LOCAL_HOSTS and not host.startswith("/"):
        options.setdefault("sslmode", "require")
    return {**database, "OPTIONS": options, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
