"""Which version of the code a process is. Each session of it says so in its application_name."""

import hashlib
import os
import re
import socket
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.utils import load_backend

from releases.conf import find_faults
from releases.sessions import commit, deployment

LONGEST = 63  # bytes of an application_name
POSTGRESQL = "django.db.backends.postgresql"
SAID = re.compile(r"\bversion (\S+)$")


@cache
def this_version() -> str:
    """The commit; where the platform names none, a digest of the names of all migrations."""
    return of_commit(commit()) or f"migrations-{_migrations()}"


def of_commit(commit: str) -> str:
    """The version of a commit: what fits into the name of a session."""
    return commit[:40]


def version_of(application_name: str) -> str:
    """What a session said; empty if it is not one of ours."""
    found = SAID.search(application_name)
    return found[1] if found else ""


def name_of_this_release() -> str:
    """The application_name of the companion session."""
    return _with_version(f"release {os.getpid()} {deployment() or socket.gethostname()}")


def name_sessions() -> None:
    """From now on, sessions on PostgreSQL are named after the version: `version 1f0a…`, after a given name if any."""
    if list(find_faults(getattr(settings, "RELEASES", {}))):
        return  # the system checks say what is wrong
    for database in connections.settings.values():
        if is_postgresql(database["ENGINE"]):
            name = _with_version(str(database["OPTIONS"].get("application_name", "")))
            database["OPTIONS"] = {**database["OPTIONS"], "application_name": name}


def _with_version(name: str) -> str:
    """As much of the name as the server keeps, and the version."""
    said = f"version {this_version()}"
    return f"{name.encode()[: LONGEST - len(said) - 1].decode(errors='ignore').strip()} {said}".strip()


def is_postgresql(engine: str) -> bool:
    """Also for a backend that builds on Django's. Without psycopg, which the system checks ask for, only of that."""
    try:
        return bool(load_backend(engine).DatabaseWrapper.vendor == "postgresql")
    except ImproperlyConfigured:
        return engine == POSTGRESQL


def _migrations() -> str:
    names = [f"{config.label}.{name}" for config in apps.get_app_configs() for name in _migrations_of(config.label)]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]


def _migrations_of(app_label: str) -> list[str]:
    """The names of the modules where Django looks for them, which imports none; none where there is nothing."""
    package, _ = MigrationLoader.migrations_module(app_label)
    spec = None
    with suppress(ImportError, ValueError):  # which Django raises, where it looks for migrations
        spec = find_spec(package) if package else None
    folders = spec and spec.submodule_search_locations
    return sorted(one.name for one in iter_modules(folders or []) if not one.ispkg and one.name[0] not in "_~")
