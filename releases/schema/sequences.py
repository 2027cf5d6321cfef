"""Sequences that lag behind their column: the next insert would get a number that is taken.

A dump restored without its sequences leaves them so, and so do rows inserted with explicit ids.
"""

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from releases.schema.description import Column, Table
from releases.schema.differences import Difference

STATE = """
SELECT {number}, (SELECT max({column}) FROM {table}),
    (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {sequence})
"""
READABLE = "SELECT name FROM unnest(%s::text[]) AS given (name) WHERE has_sequence_privilege(name, 'SELECT')"


def lagging(connection: BaseDatabaseWrapper, tables: dict[str, Table]) -> Iterator[Difference]:
    """Runs one statement for all of `tables`, without the sequences that this user may not read.

    SQLite has no sequences: it reads the table itself.
    """
    readable = _readable(connection, [column.sequence for table in tables.values() for column in table.sequences])
    drawn = [(table, column) for table in tables.values() for column in table.sequences if column.sequence in readable]
    if not drawn:
        return
    quote = connection.ops.quote_name
    statement = " UNION ALL ".join(
        STATE.format(number=number, column=quote(column.name), table=quote(table.name), sequence=column.sequence)
        for number, (table, column) in enumerate(drawn)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for number, highest, following in cursor.fetchall():
            if highest is not None and highest >= following:
                table, column = drawn[number]
                yield _difference(table.name, column, highest, following)


def _readable(connection: BaseDatabaseWrapper, sequences: list[Any]) -> set[Any]:
    """An application with a role of its own uses an identity column without any right on its sequence."""
    if not sequences:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(READABLE, [sequences])
        return {name for (name,) in cursor.fetchall()}


def _difference(table: str, column: Column, highest: int, following: int) -> Difference:
    sentence = f"{column.sequence} would give {following} next, but {table}.{column.name} goes up to {highest}"
    return Difference(table, "sequence", sentence, column)


def set_sequence(connection: BaseDatabaseWrapper, table: str, column: str, sequence: str | None) -> None:
    """Sets it to the highest number, in the caller's transaction, whose lock blocks inserts. None: the column's own."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {quote(table)} IN SHARE ROW EXCLUSIVE MODE")
        if sequence is None:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quote(table), column])
            (sequence,) = cursor.fetchone()
        cursor.execute(f"SELECT max({quote(column)}) FROM {quote(table)}")
        cursor.execute("SELECT setval(%s, %s)", [sequence, *cursor.fetchone()])
