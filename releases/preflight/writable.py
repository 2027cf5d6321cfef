"""Whether the database takes changes at all."""

import os
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from django.db.backends.base.base import BaseDatabaseWrapper

from releases.preflight.server import Server

SETTING = "default_transaction_read_only"


def read_only_server(server: Server, variable: str) -> Iterator[str]:
    """A setting that an operator made on purpose is respected, so it is named and not overruled.

    The statement that ends it would itself be refused in a read-only transaction.
    """
    if server.standby:
        yield f"The server is a standby, which takes no changes. Set {variable} to the primary server."
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
            f"{SETTING} is on by ALTER {scope}, so nothing can be changed."
            f" Where that may end, as a superuser: BEGIN READ WRITE; ALTER {scope} RESET {SETTING}; COMMIT;"
        )
    elif server.read_only_source == "client":
        yield f"The options of {variable} set {SETTING}, so nothing can be changed. Remove that from {variable}."
    else:
        yield (
            f"{SETTING} is on for the whole server, so nothing can be changed."
            f" Where that may end, as a superuser: ALTER SYSTEM SET {SETTING} = off; SELECT pg_reload_conf();"
        )


def read_only_file(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """SQLite writes to the file, and to journals that it makes beside it."""
    name = str(connection.settings_dict["NAME"])
    if name == ":memory:" or name.startswith("file:"):
        return
    file = Path(name).resolve()
    directory = file.parent
    if not directory.is_dir():
        yield f"{directory}, where the SQLite file is to be, is no directory. Type: mkdir -p {quote(str(directory))}"
        return
    if os.statvfs(directory).f_flag & os.ST_RDONLY:
        yield f"The file system of {directory} is mounted read-only. Set DATABASE_URL to a file on another one."
        return
    files = [path for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")) if path.exists()]
    closed = [path for path in files if not os.access(path, os.R_OK | os.W_OK)]
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        closed.insert(0, directory)
    if closed:
        paths, user = [str(path) for path in closed], os.geteuid()
        listed = " ".join(map(quote, paths))
        yield (
            f"User {user} may not write to {', '.join(paths)}, and SQLite writes to the file and makes journals beside"
            f" it. As root: chown {user} {listed} && chmod u+rwX {listed}"
        )
