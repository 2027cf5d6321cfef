"""Builds what a migration had made and what is gone, with the statements that a migration would use.

Values are not made up: a table or a column comes back empty. What cannot be built so is named with the reason.
"""

from collections.abc import Callable

from django.apps import apps
from django.db import DatabaseError, IntegrityError
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.repair.postgresql import PostgresqlBuilder
from releases.repair.refusal import CannotBuildError
from releases.repair.sqlite import SqliteBuilder
from releases.schema import verify
from releases.schema.declared import declare
from releases.schema.differences import Difference

# Tables before their columns, keys before what refers to them, numbers at the end.
ORDER = ("table", "column", "type", "default", "automatic", "null", "primary key", "unique", "index", "check")
EMPTY = {
    "table": " It is empty: restore its rows from a backup.",
    "column": " It is empty, or has its default: restore its values from a backup.",
}


def repair(connection: BaseDatabaseWrapper, say: Callable[[str], None]) -> list[str]:
    """Builds one thing after the other, and looks again after each. Returns what cannot be built, with the reasons.

    What no migration makes is not its business. The caller holds the migration lock.
    """
    builder = PostgresqlBuilder(connection) if connection.vendor == "postgresql" else SqliteBuilder(connection)
    refused: dict[str, str] = {}
    while True:
        damaged = sorted(verify(connection).damaged, key=_place)
        following = next((one for one in damaged if str(one) not in refused), None)
        if following is None:
            return [f"{one}: {refused[str(one)]}" for one in damaged]
        refused[str(following)] = "it was built, and is still not as declared"
        try:
            builder.build(following, declare(connection, apps).models[following.table])
        except (CannotBuildError, DatabaseError) as error:
            refused[str(following)] = _reason(error)
        else:
            say(f"Mended: {following}.{EMPTY.get(following.kind, '')}")


def _place(difference: Difference) -> int:
    what = getattr(difference.wanted, "kind", "") if difference.kind == "rule" else difference.kind
    return ORDER.index(what) if what in ORDER else len(ORDER)


def _reason(error: Exception) -> str:
    """Without the server's detail, which holds values of rows."""
    if isinstance(error, IntegrityError):
        return "rows stand against it"
    return str(error).partition("\n")[0].rstrip(".")
