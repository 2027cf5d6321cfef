"""Whether the database can be written to."""

import os
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from django.db.backends.base.base import BaseDatabaseWrapper

from releases.messages.naming import Place, place_of
from releases.preflight.server import Server

SETTING = "default_transaction_read_only"


def read_only_server(server: Server, place: Place) -> Iterator[str]:
    """The operator may have set it on purpose, so it is named and not overruled.

    The printed statement begins a transaction, because a read-only one would refuse it.
    """
    if server.standby:
        yield f"The server is a standby, which accepts no changes. Set {place} to the primary server."
        return
    if not server.read_only:
        return
    scope = {
        "user": f"ROLE {server.role}",
        "database": f"DATABASE {server.database}",
        "database user": f"ROLE {server.role} IN DATABASE {server.database}",
        "global": "ROLE ALL",
    }.get(server.read_only_source)
    if scope:
        yield (
            f"{SETTING} is on by ALTER {scope}, so nothing can be changed. To end that, as a superuser: BEGIN READ"
            f" WRITE; ALTER {scope} RESET {SETTING}; COMMIT;"
        )
    elif server.read_only_source == "client":
        yield f"The options of {place} set {SETTING}, so nothing can be changed. Remove that from {place}."
    else:
        yield (
            f"{SETTING} is on for the whole server, so nothing can be changed. To end that, as a superuser: ALTER"
            f" SYSTEM SET {SETTING} = off; SELECT pg_reload_conf();"
        )


def is_file(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database is an SQLite file on a disk."""
    name = str(connection.settings_dict["NAME"])
    return connection.vendor == "sqlite" and name != ":memory:" and not name.startswith("file:")


def read_only_file(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """SQLite writes to the file, and to journals beside it."""
    if not is_file(connection):
        return
    file = Path(str(connection.settings_dict["NAME"])).resolve()
    directory = file.parent
    if not directory.is_dir():
        yield f"{directory}, where the SQLite file belongs, is not a directory. Type: mkdir -p {quote(str(directory))}"
        return
    if hasattr(os, "statvfs") and os.statvfs(directory).f_flag & os.ST_RDONLY:
        place = place_of(connection)
        yield f"The file system of {directory} is mounted read-only. Set {place} to a file on another one."
        return
    files = [path for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")) if path.exists()]
    closed = [path for path in files if not os.access(path, os.R_OK | os.W_OK)]
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        closed.insert(0, directory)
    if closed:
        yield _closed([str(path) for path in closed])


def _closed(paths: list[str]) -> str:
    why = f"may not write to {', '.join(paths)}, and SQLite writes to the file and creates journals beside it."
    if not hasattr(os, "geteuid"):  # on Windows
        return f"This user {why} Allow it to write there."
    user, listed = os.geteuid(), " ".join(map(quote, paths))
    return f"User {user} {why} As root: chown {user} {listed} && chmod u+rwX {listed}"
