"""Builds what a migration made and is missing now, with the statements that a migration would use.

Values are not made up: a table or a column is empty afterwards. What cannot be built is named with the reason.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import DatabaseError, IntegrityError
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.messages.errors import reason
from releases.repair.refusal import CannotBuildError
from releases.repair.sqlite import SqliteBuilder
from releases.running.retry import is_transient
from releases.schema import verify
from releases.schema.declared import declare
from releases.schema.differences import Difference

if TYPE_CHECKING:
    from releases.repair.postgresql import PostgresqlBuilder

# Tables before their columns, keys before what refers to them, sequences last.
ORDER = ("table", "column", "type", "default", "automatic", "null", "primary key", "unique", "index", "check")
EMPTY = {
    "table": " It is empty: restore its rows from a backup.",
    "column": " It is empty, or has its default: restore its values from a backup.",
}


def repair(connection: BaseDatabaseWrapper, say: Callable[[str], None]) -> list[str]:
    """Builds one thing after another, and compares again after each. Returns what cannot be built, with the reasons.

    It does not build what no migration makes. The caller holds the migration lock, makes concurrent statements
    repeatable (releases.repeatable.hook), and repeats after a transient error.
    """
    builder = _builder(connection)
    refused: dict[str, str] = {}
    unfixed: dict[str, str] = {}
    damaged = _damaged(connection)
    named = set(map(str, damaged))  # a new column may be nullable in between, which is not reported
    while following := next((one for one in damaged if str(one) not in refused | unfixed), None):
        try:
            builder.build(following, declare(connection, apps).models[following.table])
        except (CannotBuildError, DatabaseError) as error:
            if is_transient(error):
                raise
            refused[str(following)] = _reason(error)
            continue
        left = _damaged(connection)
        for one in damaged:
            if str(one) in named.difference(map(str, left)):
                say(f"Repaired: {one}.{EMPTY.get(one.kind, '')}")
        unfixed[str(following)] = "it was built, but is still not as declared"
        refused.clear()  # another may have needed what was built
        damaged = left
    return [*(f"{one}: {(refused | unfixed)[str(one)]}" for one in damaged), *verify(connection).beyond_repair]


def _builder(connection: BaseDatabaseWrapper) -> "PostgresqlBuilder | SqliteBuilder":
    if connection.vendor != "postgresql":
        return SqliteBuilder(connection)
    from releases.repair.postgresql import PostgresqlBuilder  # needs the packages of the extra

    return PostgresqlBuilder(connection)


def _damaged(connection: BaseDatabaseWrapper) -> list[Difference]:
    return sorted(verify(connection).damaged, key=_place)


def _place(difference: Difference) -> int:
    what = getattr(difference.wanted, "kind", "") if difference.kind == "rule" else difference.kind
    return ORDER.index(what) if what in ORDER else len(ORDER)


def _reason(error: Exception) -> str:
    if isinstance(error, CannotBuildError):
        return str(error)
    return "rows violate it" if isinstance(error, IntegrityError) else reason(error).rstrip(".")
