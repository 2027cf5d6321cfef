"""On PostgreSQL: a trigger does to what others write what the backfill does to the rows that exist.

Without it the backfill would end stale: until it has gone, the old version inserts rows without the new values, and
changes columns from which these were computed. Then the contract drops the trigger.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.management import CommandError
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet
from django.db.models.sql import Query

from releases import contract
from releases.backfill.new_values import columns_read, new_values
from releases.judge.declared import unquoted
from releases.judge.verdict import Deferral, Step

DEFAULT = """
SELECT coalesce(pg_get_expr(adbin, adrelid), 'NULL'), format_type(atttypid, atttypmod)
FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = %s::regclass AND attname = %s
"""
# Of rows, as they are stored: json and point have no operator =, and to others 'Ada' is equal to 'ada'.
SAME, DIFFERENT = "*=", "*<>"
FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $backfill$
DECLARE
    sent {table} := NEW;
    written {table} := NEW;
    computed record;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- A writer that does not set the new columns does not know them. The values of others are kept.
        IF ({outdated}) AND ({unchanged}) THEN
            {forget}
        END IF;
    END IF;
    IF {unset} THEN
        BEGIN
            {select} INTO computed;
            IF FOUND THEN
                {take}
            END IF;
        EXCEPTION WHEN data_exception THEN
            -- A value that cannot be computed, or does not fit, is no reason to refuse what the writer writes.
            NEW := sent;
        END;
    END IF;
    RETURN NEW;
END
$backfill$
"""
TRIGGER = "CREATE OR REPLACE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
DROP = "DROP TRIGGER IF EXISTS {name} ON {table}; DROP FUNCTION IF EXISTS {name}()"


@dataclass
class Trigger:
    """Of the backfill of `rows` that is operation `number` of `migration`."""

    rows: QuerySet[Any]
    update: Mapping[str, Any]
    where: Q | None
    migration: str
    number: int

    def __post_init__(self) -> None:
        self._connection = connections[self.rows.db]
        self._quote = self._connection.ops.quote_name
        self._meta = self.rows.model._meta
        self._table = self._quote(self._meta.db_table)
        self.name = _name(self.migration, self.number)
        self._fields: dict[str, Any] = {name: self._meta.get_field(name) for name in self.update}
        self._set = [field.column for field in self._fields.values()]

    def create(self) -> None:
        """Enters the end of it in the contract. Does nothing if it could do nothing right.

        An interrupted release may have left one of a backfill that was edited since then: it is dropped.
        """
        query = new_values(self.rows, self.update, self.where)
        read = columns_read(query)
        is_of_use = self._is_of_use(read)
        dropped = Step(DROP.format(name=self.name, table=self._table))
        columns = f"{unquoted(self._meta.db_table)}.{', '.join(self._set)}"
        what = f"drop the trigger that fills {columns}"
        with transaction.atomic(using=self.rows.db), self._connection.cursor() as cursor:
            drop_those_of(self._connection, self.migration, kept=self.number)
            if not is_of_use:
                return
            cursor.execute(self._function(query, read))
            deferral = Deferral("trigger", self._table, self.name, what, (dropped,))
            contract.enter(self._connection, self.migration, [deferral])
            cursor.execute(TRIGGER.format(name=self.name, table=self._table))  # last: it locks the table

    def check(self) -> None:
        """Raises what create() would, without a server."""
        query = new_values(self.rows, self.update, self.where)
        if self._is_of_use(columns_read(query)):
            self._select(query)

    def _is_of_use(self, read: Mapping[str, Any]) -> bool:
        """Not where the new value depends on the old one: whether a writer has it already cannot be told.

        Nor where a column is that of a parent model, in another table.
        """
        if any(field.model is not self.rows.model for field in self._fields.values()):
            return False
        if generated := [field.name for field in read.values() if field.generated]:
            raise CommandError(
                f"Backfill of {unquoted(self._meta.db_table)} reads {', '.join(generated)}, which the database"
                " computes too late for the rows that the old version writes. Write the expression of that field"
                " instead."
            )
        return self.where is not None or not read.keys() & set(self._set)

    def _function(self, query: Query, read: Mapping[str, Any]) -> str:
        defaults = {column: self._default(column) for column in self._set}
        others = [] if read.keys() & set(self._set) else list(read)
        written = self._row("written", self._set)
        return FUNCTION.format(
            name=self.name,
            table=self._table,
            outdated=f"{self._row('NEW', others)} {DIFFERENT} {self._row('OLD', others)}",
            unchanged=f"{self._row('NEW', self._set)} {SAME} {self._row('OLD', self._set)}",
            forget=" ".join(f"written.{self._quote(column)} := {value};" for column, value in defaults.items()),
            unset="TRUE" if self.where else f"{written} {SAME} {_row(defaults.values())}",
            select=self._connection.ops.compose_sql(*self._select(query)),  # type: ignore[attr-defined]
            take=" ".join(
                f"NEW.{self._quote(column)} := computed.value_{number};" for number, column in enumerate(self._set)
            ),
        )

    def _select(self, query: Query) -> tuple[str, Any]:
        sql, parameters = query.get_compiler(connection=self._connection, elide_empty=False).as_sql()
        return sql, parameters

    def _row(self, record: str, columns: Iterable[str]) -> str:
        return _row(f"{record}.{self._quote(column)}" for column in columns)

    def _default(self, column: str) -> str:
        """What an INSERT writes that does not name the column."""
        with self._connection.cursor() as cursor:
            cursor.execute(DEFAULT, [self._table, column])
            return "CAST({} AS {})".format(*cursor.fetchone())


def drop_those_of(connection: BaseDatabaseWrapper, migration: str, kept: int = 0) -> None:
    """Drops the triggers of a migration that wait for that in the contract, but for those of its first operations."""
    names = {_name(migration, number) for number in range(kept)}
    for item in contract.pending(connection):
        kind, table, name = item.key
        if kind == "trigger" and item.entry.migration == migration and name not in names:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute(DROP.format(name=name, table=table))
                contract.cancel(connection, [item.key])


def _row(values: Iterable[str]) -> str:
    return f"ROW({', '.join(values)})::record"


def _name(migration: str, number: int) -> str:
    return f"releases_backfill_{hashlib.sha256(f'{migration} {number}'.encode()).hexdigest()[:12]}"
