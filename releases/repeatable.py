"""Concurrent index statements, and check constraints, repeatable after a crash at any point.

A concurrent statement commits in parts. One that fails leaves an INVALID index; one whose client was killed goes on in
the server for as long as it has other sessions to wait for.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error, ProgrammingError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.statements import IDENTIFIER

EXISTS = "SELECT to_regclass(%s)::text"
TABLE_OF = "SELECT indrelid::regclass::text FROM pg_index WHERE indexrelid = to_regclass(%s)"
LOCKABLE = "SELECT relkind IN ('r', 'p') FROM pg_class WHERE oid = to_regclass(%s)"

# What has the name: is it an index of the table, and may it be used?
STANDING = """
SELECT c.oid::regclass::text, coalesce(c.relkind = 'i' AND i.indrelid = to_regclass(%(table)s), false),
    i.indisvalid AND i.indisready AND i.indislive,
    concat('ALTER ', CASE c.relkind WHEN 'i' THEN 'INDEX ' ELSE 'TABLE ' END, c.oid::regclass, ' RENAME TO ',
        quote_ident(c.relname || '_old'))
FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.relname = (parse_ident(%(name)s))[1]::name
    AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass(%(table)s))
"""
# All that tells apart two indexes of a table, as the server itself writes it.
DEFINITION = """
SELECT quote_ident(c.relname), concat_ws(' ', CASE WHEN indisunique THEN 'UNIQUE' END, 'INDEX',
    CASE WHEN indisexclusion THEN 'of an exclusion constraint' WHEN NOT indimmediate THEN 'that is deferrable' END,
    substr(pg_get_indexdef(indexrelid), strpos(pg_get_indexdef(indexrelid), ' USING ') + 1))
FROM pg_index JOIN pg_class c ON c.oid = indexrelid
"""
# https://www.postgresql.org/docs/18/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
LEFT_BY_REINDEX = """
SELECT c.oid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
    AND i.indrelid IN (SELECT unnest(ARRAY[oid, reltoastrelid]) FROM pg_class WHERE oid = to_regclass(%s))
"""
CONSTRAINT = """
SELECT quote_ident(conname), conrelid::regclass::text, pg_get_constraintdef(oid), convalidated,
    concat('ALTER TABLE ', conrelid::regclass, ' RENAME CONSTRAINT ', quote_ident(conname), ' TO ',
        quote_ident(conname || '_old'))
FROM pg_constraint WHERE conrelid = to_regclass(%s) AND conname = (parse_ident(%s))[1]::name
"""


class RepeatableStatements:
    """Takes a statement as releases.statements matched it, and `run` to run it. `tell` takes a line for the operator.

    Raises ProgrammingError where the name belongs to something else.
    """

    def __init__(self, connection: BaseDatabaseWrapper, tell: Callable[[str], None]) -> None:
        self._connection, self._tell = connection, tell

    def create_index(self, wanted: re.Match[str], run: Callable[[], None]) -> None:
        """Leaves a valid index of exactly this definition."""
        table = wanted["table"]
        if not self._rows(EXISTS, [table])[0][0]:
            run()  # the server says so
            return
        name = wanted["name"] or self._wanted_index(wanted)[0]
        if standing := self._settled(name, table):
            self._accept_index(standing, wanted)
            return
        try:
            run()
        except BaseException:
            self._clean_up(lambda: self._settled(name, table))
            raise

    def drop_index(self, wanted: re.Match[str], run: Callable[[], None]) -> None:
        for (table,) in self._rows(TABLE_OF, [wanted["name"]]):
            self._wait_for_others(table)
        if self._rows(EXISTS, [wanted["name"]])[0][0]:
            run()
        else:
            self._tell(f"There is no index {wanted['name']}: nothing to drop.")

    def reindex(self, wanted: re.Match[str], run: Callable[[], None]) -> None:
        """One that failed leaves INVALID indexes named _ccnew or _ccold, which cost every write: they are dropped."""
        kind, table = wanted["kind"].upper(), wanted["name"]
        if kind == "INDEX":
            table = next((table for (table,) in self._rows(TABLE_OF, [table])), None)
        if kind not in ("INDEX", "TABLE") or not table:
            run()
            return
        self._drop_left_by_reindex(table)
        try:
            run()
        except BaseException:
            self._clean_up(lambda: self._drop_left_by_reindex(table))
            raise

    def add_check(self, wanted: re.Match[str], run: Callable[[], None]) -> None:
        """Leaves this constraint, valid or, where it is wanted NOT VALID, perhaps not yet."""
        standing = self._rows(CONSTRAINT, [wanted["table"], wanted["name"]])
        definition = self._wanted_check(wanted) if standing else ""
        if not definition:
            run()
            return
        name, table, stands, valid, rename = standing[0]
        if stands.removesuffix(" NOT VALID") != definition or not (valid or wanted["not_valid"]):
            raise taken(name, stands, f"{definition}{wanted['not_valid'] or ''}", table, rename)
        self._tell(f"Constraint {name} stands already, as it is wanted.")

    def _settled(self, name: str, table: str) -> tuple[str, bool, str] | None:
        """What has the name, once nobody else is at work on the table, and its INVALID index of that name dropped."""
        self._wait_for_others(table)
        for index, ours, valid, rename in self._rows(STANDING, {"name": name, "table": table}):
            if not ours or valid:
                return index, ours, rename
            self._execute(f"DROP INDEX CONCURRENTLY {index}")
        return None

    def _wait_for_others(self, table: str) -> None:
        """Every concurrent statement holds this lock of the table to its end, also when its client is gone.

        Waiting for it takes no snapshot, so that such a statement does not wait for us.
        """
        if self._rows(LOCKABLE, [table]) == [(True,)]:
            with transaction.atomic(using=self._connection.alias):
                self._execute(f"LOCK TABLE ONLY {table} IN SHARE UPDATE EXCLUSIVE MODE")

    def _accept_index(self, standing: tuple[str, bool, str], wanted: re.Match[str]) -> None:
        index, ours, rename = standing
        definition = self._wanted_index(wanted)[1]
        stands = self._rows(f"{DEFINITION} WHERE indexrelid = to_regclass(%s)", [index])
        if ours and stands[0][1] == definition:
            self._tell(f"Index {index} stands already, as it is wanted.")
            return
        what = f"{stands[0][1]}{'' if ours else ' of another table'}" if stands else "something that is no index"
        raise taken(index, what, definition, self._rows(EXISTS, [wanted["table"]])[0][0], rename)

    def _wanted_index(self, wanted: re.Match[str]) -> tuple[str, str]:
        """Name and definition that the statement comes to."""
        with self._copy(wanted["table"]) as copy:
            self._execute(f"CREATE {wanted['unique'] or ''} INDEX {wanted['name'] or ''} ON {copy} {wanted['rest']}")
            (found,) = self._rows(f"{DEFINITION} WHERE indrelid = to_regclass(%s)", [copy])
        return found

    def _wanted_check(self, wanted: re.Match[str]) -> str:
        """Nothing where the statement goes on with more than the constraint."""
        constraint = f", CONSTRAINT {wanted['name']} {wanted['check']}"
        try:
            with self._copy(wanted["table"], constraint) as copy:
                ((_, _, definition, _, _),) = self._rows(CONSTRAINT, [copy, wanted["name"]])
        except ProgrammingError:
            return ""
        return str(definition)

    @contextmanager
    def _copy(self, table: str, constraint: str = "") -> Iterator[str]:
        """The name of an empty copy of `table`, in a transaction that is rolled back.

        It has the table's own name, which expressions may mention.
        """
        copy = f"pg_temp.{re.findall(IDENTIFIER, table)[-1]}"
        with transaction.atomic(using=self._connection.alias):
            self._execute(f"CREATE TEMPORARY TABLE {copy} (LIKE {table}{constraint})")
            yield copy
            transaction.set_rollback(True, using=self._connection.alias)

    def _drop_left_by_reindex(self, table: str) -> None:
        self._wait_for_others(table)
        for (index,) in self._rows(LEFT_BY_REINDEX, [table]):
            self._execute(f"DROP INDEX CONCURRENTLY {index}")

    def _clean_up(self, drop: Callable[[], object]) -> None:
        """At once: an INVALID index may already reject writes."""
        try:
            if self._connection.is_usable():
                drop()
        except Error:
            self._tell("The INVALID index that this left could not be dropped yet. The next release drops it.")

    def _execute(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    def _rows(self, sql: str, parameters: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())


def taken(name: str, stands: str, wanted: str, table: str, rename: str) -> ProgrammingError:
    return ProgrammingError(
        f"{name} exists with another definition: it is {stands}, and wanted on {table} is {wanted}. Rename what stands,"
        f" with this SQL: {rename}; or rename the wanted one in the migration."
    )
