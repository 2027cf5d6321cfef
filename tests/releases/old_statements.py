"""Statements that a version of the code sends to its tables, made from what the catalogue says of them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

COLUMNS = """
SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, atthasdef OR attidentity <> '',
    EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f' AND attnum = ANY (conkey)),
    EXISTS (SELECT 1 FROM pg_index WHERE indrelid = c.oid AND indisunique AND indnkeyatts = 1 AND indkey[0] = attnum)
FROM pg_class c JOIN pg_attribute ON attrelid = c.oid
WHERE relname LIKE 'shop%' AND relkind = 'r' AND attnum > 0 AND NOT attisdropped ORDER BY 1, attnum
"""
UNIQUE = """
SELECT relname, string_agg(quote_ident(attname), ', ')
FROM pg_index i JOIN pg_class c ON c.oid = indrelid, unnest(indkey[0:indnkeyatts - 1]) AS key JOIN pg_attribute ON true
WHERE relname LIKE 'shop%' AND indisunique AND indimmediate AND indpred IS NULL AND indexprs IS NULL
    AND attrelid = c.oid AND attnum = key
GROUP BY c.relname, indexrelid
"""
VALUES = {"boolean": "true", "jsonb": "'{}'", "timestamp with time zone": "'2026-01-01'", "uuid": "gen_random_uuid()"}


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    type: str
    not_null: bool
    has_default: bool
    is_foreign: bool
    is_unique: bool

    def value(self, number: int) -> str:
        """SQL for a value that is different for each number where that is possible."""
        if self.is_foreign:
            return str(number % 900 if self.is_unique else number % 3 + 1)  # rows that are there
        fixed = next((value for name, value in VALUES.items() if self.type == name), None)
        return fixed or (f"'{number}'" if "char" in self.type or self.type == "text" else str(number))


def columns_of(url: str) -> dict[str, list[Column]]:
    """By table."""
    found: dict[str, list[Column]] = {}
    with psycopg.connect(url) as connection:
        for row in connection.execute(COLUMNS).fetchall():
            found.setdefault(row[0], []).append(Column(*row))
    return found


def filling(url: str) -> list[str]:
    """INSERTs for the tables that are empty."""
    statements = []
    with psycopg.connect(url) as connection:
        for table, columns in columns_of(url).items():
            if connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone() is None:
                rows = 1 if sum(column.is_foreign for column in columns) > 1 else 3
                given = [column for column in columns if column.not_null and not column.has_default]
                names = ", ".join(f'"{column.name}"' for column in given)
                for number in range(1, rows + 1):
                    values = ", ".join(column.value(number) for column in given)
                    statements.append(f'INSERT INTO "{table}" ({names}) VALUES ({values})')
    return statements


def statements_of(url: str) -> list[str]:
    """What a version sends that was written for the database at `url`. Each violates nothing there."""
    with psycopg.connect(url) as connection:
        unique: list[Any] = connection.execute(UNIQUE).fetchall()
    found: list[str] = []
    for table, columns in columns_of(url).items():
        found += _of_table(table, columns, [listed for name, listed in unique if name == table])
    random.Random(7).shuffle(found)
    return found


def _of_table(table: str, columns: list[Column], unique: list[str]) -> Iterator[str]:
    names = ", ".join(f'"{column.name}"' for column in columns)
    yield f'SELECT {names} FROM "{table}" LIMIT 5'
    yield f'DELETE FROM "{table}" WHERE "{columns[0].name}" = 1000'
    for values in (
        ", ".join(column.value(1000) for column in columns),
        ", ".join(column.value(1000) if column.not_null else "NULL" for column in columns),
    ):
        yield f'INSERT INTO "{table}" ({names}) VALUES ({values}) ON CONFLICT DO NOTHING'
        for listed in unique:
            update = f'"{columns[-1].name}" = EXCLUDED."{columns[-1].name}"'
            yield f'INSERT INTO "{table}" ({names}) VALUES ({values}) ON CONFLICT ({listed}) DO UPDATE SET {update}'
    for column in columns:
        value = f'"{column.name}"' if column.not_null else "NULL"
        yield f'UPDATE "{table}" SET "{column.name}" = {value}'
