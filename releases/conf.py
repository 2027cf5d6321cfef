"""The setting RELEASES: each key, its type and its default. It is not cached, so tests can override it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

UP_TO_A_DAY = 24 * 60 * 60
# Seconds. For PostgreSQL, 0 would mean no limit.
RANGES = {
    "database_wait": (0, UP_TO_A_DAY),
    "lock_timeout": (0.01, UP_TO_A_DAY),
    "table_lock_timeout": (0.01, UP_TO_A_DAY),
    "build_timeout": (0.01, UP_TO_A_DAY),
    "stall_budget": (0.1, UP_TO_A_DAY),
    "deadline": (1, UP_TO_A_DAY),
}

Database = Mapping[str, Any]
Accepts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Conf:
    """The keys are these names in capitals. One that ends in `_variable` names a variable of the environment."""

    database_wait: float = 30
    """Seconds that a release waits for a database that does not answer yet."""
    lock_timeout: float = 1
    """Seconds that an ordinary statement waits for a lock, usually of a row."""
    table_lock_timeout: float = 0.2
    """The same for a statement that locks a whole table: every other statement on that table queues behind it."""
    build_timeout: float = 60
    """Seconds that a concurrent index build waits for each older transaction."""
    stall_budget: float = 2
    """Seconds that a statement of another session may wait for the release before the release stops itself."""
    deadline: float = 900
    """Seconds after which a release is ended, whatever it is doing."""
    deadline_variable: str = ""
    """The variable that sets the deadline, for messages."""
    database_variable: str = ""
    """The variable that holds the URL of the default database, for messages."""
    direct_database: Database | str | None = None
    """A direct connection for releases, if the default database is behind a pooler: a dictionary like those in
    DATABASES, or an alias."""
    direct_database_variable: str = ""
    """The variable that holds the URL of the direct database, for messages."""
    direct_database_hint: str = ""
    """A sentence that says how the direct database is set on this platform."""
    command: str = "python manage.py migrate"
    """What an operator types to run the release again."""
    commit_variable: str = ""
    """The variable that holds the commit, for the record."""
    deployment_variable: str = ""
    """The variable that holds the platform's id of the deployment, for the record."""
    large_table: int = 2_000_000
    """Bytes from which on a table is large: to scan or index less takes a few hundredths of a second."""
    contract_ignores: tuple[str, ...] = ()
    """Names (application_name) of sessions that do not use the schema, such as a monitor's: the contract does not wait
    for them."""
    unverified_apps: tuple[str, ...] = ()
    """Labels of apps whose tables are left out of the comparison of the schema."""
    accepts: Accepts = field(default_factory=dict)
    """Refusals that are overruled in others' migrations: {"app" or "app.0002_name": {"RenameField": "why"}}."""
    readyz_token: str = ""
    """A request with this bearer token is told by /readyz what is missing, from any address."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with RELEASES, and how to fix it. `code` is the last part of the check's id."""

    code: str
    message: str
    hint: str


TYPES: dict[Any, tuple[tuple[type, ...], str]] = {
    float: ((int, float), "a number of seconds"),
    int: ((int,), "a number of bytes"),
    str: ((str,), "text"),
    tuple[str, ...]: ((list, tuple), "a list of texts"),
    Accepts: ((Mapping,), 'such as {"app": {"RenameField": "why"}}'),
    Database | str | None: ((Mapping, str, type(None)), "a dictionary like those in DATABASES, or an alias"),
}
KEYS = {one.name.upper(): TYPES[one.type] for one in fields(Conf)}


def read() -> Conf:
    """The setting with its defaults. Raises ImproperlyConfigured that names all faults."""
    given = getattr(settings, "RELEASES", {})
    if faults := list(find_faults(given)):
        raise ImproperlyConfigured(" ".join(f"{fault.message} {fault.hint}" for fault in faults))
    return Conf(**{key.lower(): value for key, value in given.items()})


def find_faults(given: Any) -> Iterator[Fault]:
    """Everything that is wrong with `given`, the value of the setting; nothing if it is valid."""
    if not isinstance(given, Mapping):
        yield Fault("E002", "RELEASES is not a dictionary.", "Write RELEASES = {...}.")
        return
    for key, value in given.items():
        if key not in KEYS:
            yield Fault("E003", f"RELEASES has no key {key!r}.", f"The keys are {', '.join(KEYS)}.")
            continue
        types, description = KEYS[key]
        if not isinstance(value, types) or isinstance(value, bool) or not _holds_text(value, key):
            yield Fault("E004", f"RELEASES[{key!r}] is of the wrong type.", f"It must be {description}.")
        elif must_be := _must_be(key.lower(), value):
            yield Fault("E005", f"RELEASES[{key!r}] has a value that cannot work.", f"It must be {must_be}.")


def _holds_text(value: Any, key: str) -> bool:
    if key == "ACCEPTS":
        return all(isinstance(one, Mapping) and _holds_text([*one, *one.values()], "") for one in value.values())
    return not isinstance(value, list | tuple) or all(isinstance(one, str) for one in value)


def _must_be(name: str, value: Any) -> str:
    """What the value must be; empty if it is valid."""
    if name in RANGES:
        least, most = RANGES[name]
        return "" if math.isfinite(value) and least <= value <= most else f"from {least:g} to {most} seconds"
    if name == "large_table":
        return "" if value >= 0 else "0 or more"
    if name == "command" and not value.strip():
        return "a command"
    if name == "direct_database" and isinstance(value, str) and value not in settings.DATABASES:
        return f"one of {', '.join(settings.DATABASES)}, or a dictionary"
    return ""
