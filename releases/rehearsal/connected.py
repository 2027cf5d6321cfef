"""Which databases the settings of a version name: each must be the throwaway server's, or nothing is released."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from releases.rehearsal.scenario import CannotRehearseError
from releases.rehearsal.version import DeployError, Version

DEFAULT = "default"
# What libpq prefers to the host, in options or the environment, counts as the host. No password is printed.
PROBE = """
import json, os
from django.conf import settings
from django.db import connections
from django.db.utils import ConnectionHandler

def place(connection):
    given = connection.settings_dict
    host, name = given["HOST"], str(given["NAME"])
    if connection.vendor == "postgresql":
        options = connection.get_connection_params()
        places = [options.get(one) or os.environ.get("PG" + one.upper()) for one in ("service", "hostaddr", "host")]
        host = next(filter(None, places), "")
    return [connection.vendor, host, str(given["PORT"]), name]

databases = dict(connections.settings)
direct = getattr(settings, "RELEASES", {}).get("DIRECT_DATABASE")
if isinstance(direct, dict) and direct:
    databases['RELEASES["DIRECT_DATABASE"]'] = {**databases["default"], **direct}
handler = ConnectionHandler(databases)
print(json.dumps({alias: place(handler[alias]) for alias in databases}))
"""


def refuse_other_databases(version: Version) -> None:
    """Otherwise the release could change a real one. Sends no statement. Raises CannotRehearseError."""
    wanted = urlsplit(version.variables[version.database_variable])
    server = ["postgresql", wanted.hostname, str(wanted.port)]
    try:
        found: dict[str, list[str]] = json.loads(version.shell(PROBE))
    except DeployError as error:
        raise CannotRehearseError(f"{version.name} does not start: {error}") from error
    for alias, place in found.items():
        is_ours = place == [*server, wanted.path[1:]]
        if not is_ours and (alias == DEFAULT or (place[:3] != server and not _is_file_in(version.root, place))):
            raise CannotRehearseError(
                f"The settings of {version.name} have a database, {alias}, which is not the rehearsal's:"
                f" {_shown(place)}. Nothing was released. Let them give it the URL of {version.database_variable} in a"
                " rehearsal, or leave it out. --variable names another variable."
            )


def _is_file_in(root: Path, place: list[str]) -> bool:
    """Of SQLite, whose names may be URIs; or in memory."""
    vendor, *_, name = place
    path = name.removeprefix("file:").partition("?")[0]
    return vendor == "sqlite" and (root / path).resolve().is_relative_to(root.resolve())


def _shown(place: list[str]) -> str:
    vendor, host, port, name = place
    return f"the file {name}" if vendor == "sqlite" else f"{host}:{port}".strip(":") or f"this machine's {vendor}"
