"""Builds what a migration had made and what is gone, with the statements that a migration would use.

Values are not made up: a table or a column comes back empty. What cannot be built so is named with the reason.
"""

from collections.abc import Callable

from django.apps import apps
from django.db import DatabaseError, IntegrityError
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.errors import reason
from releases.repair.postgresql import PostgresqlBuilder
from releases.repair.refusal import CannotBuildError
from releases.repair.sqlite import SqliteBuilder
from releases.retry import is_passing
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

    What no migration makes is not its business. The caller holds the migration lock, makes concurrent statements
    repeatable (releases.indexes), and repeats after an error that passes.
    """
    builder = PostgresqlBuilder(connection) if connection.vendor == "postgresql" else SqliteBuilder(connection)
    refused: dict[str, str] = {}
    built: set[str] = set()
    while True:
        damaged = sorted(verify(connection).damaged, key=_place)
        for one in damaged:
            if str(one) in built:
                refused[str(one)] = "it was built, and is still not as declared"
        following = next((one for one in damaged if str(one) not in refused), None)
        if following is None:
            return [f"{one}: {refused[str(one)]}" for one in damaged]
        try:
            builder.build(following, declare(connection, apps).models[following.table])
        except (CannotBuildError, DatabaseError) as error:
            if is_passing(error):
                raise
            refused[str(following)] = _reason(error)
        else:
            built.add(str(following))
            refused.clear()  # what was built may be what another waited for
            say(f"Mended: {following}.{EMPTY.get(following.kind, '')}")


def _place(difference: Difference) -> int:
    what = getattr(difference.wanted, "kind", "") if difference.kind == "rule" else difference.kind
    return ORDER.index(what) if what in ORDER else len(ORDER)


def _reason(error: Exception) -> str:
    if isinstance(error, CannotBuildError):
        return str(error)
    return "rows stand against it" if isinstance(error, IntegrityError) else reason(error).rstrip(".")
